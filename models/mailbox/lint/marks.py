"""What is wrong with the form of a text: placeholders, tags, emoji, capitals, empty lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.mailbox.lint.codes import Finding
from models.mailbox.lint.folded import Folded

NAMES = "buyer_name|order_id|item_title|tracking_number|carrier|eta|store_name|return_address"
PLACEHOLDER = re.compile(
    rf"[{{｛]\s?[{{｛][^{{}}\n｛｝]{{0,80}}(?:[}}｝]\s?[}}｝]|$)?|[}}｝][}}｝]|[{{｛\[<%]\(?\s?(?:{NAMES})\s?\)?[}}｝\]>%]",
    re.I | re.M,
)
TAGS = (
    "a|abbr|b|big|blockquote|body|br|button|center|code|div|dl|em|embed|font|footer|form|frame|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|label"
    "|li|link|marquee|meta|object|ol|p|pre|s|script|section|select|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|u|ul|video|audio|picture|source"
)
HTML = re.compile(
    rf"</?(?:{TAGS})\s{{0,3}}/?>|<(?:{TAGS})\s[^<>]{{0,500}}=[^<>]{{0,2000}}>|<(?:script|img|iframe|style|svg|object|embed|link|meta|form)\b|</[a-z][a-z0-9]{{0,20}}\s?>|<!--|<!doctype"
    r"|\[/?(?:img|url|color|size|font)(?:=[^\]]{0,300})?\]|!\[[^\]\n]{0,100}\]\(|&(?:nbsp|lt|gt|amp|quot|#\d{2,6}|#x[0-9a-f]{2,6});",
    re.I,
)
EMOJI = re.compile(
    "[\U0001f000-\U0001f0ff\U0001f170-\U0001f19a\U0001f1e6-\U0001f1ff\U0001f201-\U0001f265\U0001f300-\U0001faff"
    "\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea"
    "\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55"
    "\u2639\u263a\u2665\u2763\u2764\u261d\u270c\u270d]"
)
MADE_EMOJI = re.compile("[\u0023\u002a\u0030-\u0039\u00a9\u00ae\u2000-\u3300]\ufe0f|[\u0023\u002a\u0030-\u0039]\u20e3")
BLANK_LINES = re.compile(r"\n[ \t\u00a0\u3000]*\n[ \t\u00a0\u3000]*\n")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
ROW = re.compile(r"C(?:[CI]*C)?")
LEAST_LETTERS, LEAST_WORDS, LONG_WORD = 10, 3, 5


def placeholders(text: Folded) -> Iterator[Finding]:
    if any(sign in text.typed for sign in "{｛}｝[<%"):
        yield from _all("PLACEHOLDER_LEFT", PLACEHOLDER, text.typed)


def html(text: Folded) -> Iterator[Finding]:
    if "<" in text.typed or "[" in text.typed or "&" in text.typed:
        yield from _all("HTML", HTML, text.typed)
    elif "<" in text.plain:
        yield from (Finding("HTML", *text.span(found.start(), found.end())) for found in HTML.finditer(text.plain))


def emoji(text: Folded) -> Iterator[Finding]:
    if not text.typed.isascii():
        yield from _all("EMOJI", EMOJI, text.typed)
        if "\ufe0f" in text.typed or "\u20e3" in text.typed:
            yield from _all("EMOJI", MADE_EMOJI, text.typed)


def blank_lines(text: Folded) -> Iterator[Finding]:
    typed = text.typed.replace("\r\n", " \n").replace("\r", "\n").rstrip()
    start = len(typed) - len(typed.lstrip())
    yield from (Finding("BLANK_LINES", found.start(), found.end()) for found in BLANK_LINES.finditer(typed, start))


def capitals(text: Folded) -> Iterator[Finding]:
    """Three or more words in capitals in a row, of which one is long; or a whole text of them. Short forms alone are none."""
    words = WORD.findall(text.typed)
    rows = [row.span() for row in ROW.finditer("".join(map(_loudness, words)))]
    loud = [(start, end) for start, end in rows if _shouts(words[start:end], len(words))]
    if loud:
        places = list(WORD.finditer(text.typed))
        yield from (Finding("ALL_CAPS", places[start].start(), places[end - 1].end()) for start, end in loud)


def _loudness(word: str) -> str:
    """C for a word in capitals; I for a single one, as in “I”, which counts for nothing and breaks no row."""
    if not word.isupper():
        return "-"
    return "C" if len(word) > 1 and word.lower() != word else "I"


def _shouts(row: list[str], words: int) -> bool:
    loud = [word for word in row if _loudness(word) == "C"]
    letters = sum(map(len, loud))
    is_all = len(loud) == words and letters >= LEAST_LETTERS
    return is_all or (len(loud) >= LEAST_WORDS and letters >= LEAST_LETTERS and max(map(len, loud)) >= LONG_WORD)


def _all(code: str, pattern: re.Pattern[str], typed: str) -> Iterator[Finding]:
    return (Finding(code, found.start(), found.end()) for found in pattern.finditer(typed))
