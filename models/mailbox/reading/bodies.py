"""Which part is the body, and which of its lines the buyer wrote (docs/domain.md §5.3 point 4)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.mailbox.reading import html_text
from models.mailbox.reading.charsets import clean, decode
from models.mailbox.reading.parts import Part

MOST_TEXT = 1_000_000
MARKER = re.compile(r"^[ \t]*-{5,}[ \t]*(?=[^\s-])(?P<words>.{1,200}?)-{5,}[ \t]*$", re.M)
HISTORY = re.compile(
    r"^[ \t]*-{2,}[ \t]*(?:Original[ -]?(?:Message|Nachricht|mail|bericht)|Originalnachricht|Ursprüngliche (?:Nachricht|E-?Mail)|Message d['’]origine|Message original"
    r"|Mensaje original|Mensagem original|Messaggio originale|Oorspronkelijk bericht|Wiadomość oryginalna|Oryginalna wiadomość"
    r"|Ursprungligt meddelande|Orijinal (?:mesaj|ileti)|元のメッセージ|原始邮件|原始郵件|الرسالة الأصلية)[ \t]*-{2,}[ \t]*$",
    re.M | re.I,
)
WHO_WROTE = re.compile(
    r"wrote|schrieb|écrit|escribió|ha scritto|escreveu|schreef|skrev|napisał|yazdı|写道|寫道|書きました|のメール|كتب|@|\d{4}",
    re.I,
)
OPENS = re.compile(r"^(?:On|Am|Le|El|Il|Em|Op|W dniu|Den|Dnia|Från|De|Em)\b.*\d", re.I)


@dataclass(frozen=True)
class Body:
    """`text` is the whole text, `buyer_text` what the buyer wrote of it, `html` the HTML part as it came."""

    text: str = ""
    buyer_text: str = ""
    html: str | None = None


def body_of(parts: list[Part], warnings: set[str]) -> tuple[Body, Part | None, Part | None]:
    """The body, and the plain and the HTML part it was made of. The first plain text with anything in it wins."""
    texts = [part for part in parts if part.is_text]
    plain = next((part for part in texts if part.kind == "text/plain" and part.raw.strip()), None)
    html = next((part for part in texts if part.kind == "text/html" and part.raw.strip()), None)
    odd: set[str] = set()
    markup = None if html is None else _decoded(html, odd if plain else warnings)
    text = _decoded(plain, warnings) if plain else html_text.text_of(markup) if markup else ""
    if not text.strip() and plain and markup:
        warnings |= odd
        text = html_text.text_of(markup)
    if len(text) > MOST_TEXT or (markup and not plain and len(markup) > html_text.MOST):
        warnings.add("TEXT_CUT")
    text = tidy(text[:MOST_TEXT])
    return Body(text, buyer_text(text), markup), plain, html


def _decoded(part: Part, warnings: set[str]) -> str:
    return decode(part.content(warnings), part.params.get("charset"), warnings)


def tidy(text: str) -> str:
    """NFC, one kind of line end, no blanks around it."""
    return clean(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def buyer_text(text: str) -> str:
    """Between the marker lines, and before what was quoted."""
    return _before_history(_between_markers(text)).strip()


def _between_markers(text: str) -> str:
    """Between the first two lines of five dashes, some words, five dashes; without two of them the whole text. A line that opens
    quoted history closes a message but never opens one."""
    lines = MARKER.finditer(text)
    first = next((line for line in lines if not HISTORY.match(line[0])), None)
    second = next(lines, None) if first else None
    return text[first.end() : second.start()] if first and second else text


def _before_history(text: str) -> str:
    """Up to the first line that starts with >, or the line before it that says who wrote. Where nothing stands before, what was
    written below or between the quoted lines is kept."""
    lines = text.split("\n")
    quoted = next((place for place, line in enumerate(lines) if line.startswith(">")), None)
    kept = text if quoted is None else "\n".join(lines[: _attribution(lines, quoted)])
    found = HISTORY.search(kept)
    if found and kept[: found.start()].strip():
        kept = kept[: found.start()]
    if quoted is not None and not kept.strip():
        return "\n".join(line for line in lines[quoted:] if not line.startswith(">"))
    return kept


def _attribution(lines: list[str], quoted: int) -> int:
    """Where the history begins: at the quoted line or at the one or two lines that say whose words follow."""
    place = quoted - 1
    if place >= 0 and not lines[place].strip():
        place -= 1
        if place < 0 or not WHO_WROTE.search(lines[place]):
            return quoted
    if place < 0 or not lines[place].rstrip().endswith((":", "：")):
        return quoted
    if (
        place
        and lines[place - 1].strip()
        and OPENS.match(lines[place - 1].strip())
        and not OPENS.match(lines[place].strip())
    ):
        return place - 1
    return place
