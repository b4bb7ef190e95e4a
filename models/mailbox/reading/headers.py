"""The headers of a mail or part, from raw bytes. Names are compared in small letters; values stay bytes until they are asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from models.mailbox.reading import transfer
from models.mailbox.reading.charsets import clean, codecs_of, decode, guessed

MOST_HEAD = 512 * 1024
MOST_FIELDS = 2_000
MOST_VALUE = 64 * 1024
NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
BLANK_LINE = re.compile(rb"\n\r?\n")
WORD = re.compile(r"=\?([^?\s]{1,64})\?([BbQq])\?([^?]*)\?=")
BLANKS = re.compile(r"\s+")


@dataclass
class Head:
    """The fields in their order."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)

    def all(self, name: str) -> list[bytes]:
        return [value for known, value in self.fields if known == name]

    def get(self, name: str) -> bytes | None:
        return next((value for known, value in self.fields if known == name), None)

    def text(self, name: str, warnings: set[str]) -> str:
        """The first field of this name with its encoded words read, on one line; empty where there is none."""
        raw = self.get(name)
        return "" if raw is None else one_line(words(letters(raw, warnings), warnings))

    def plain(self, name: str) -> str:
        """The first field of this name where only plain signs matter."""
        return one_line((self.get(name) or b"").decode("latin-1"))


def split(raw: bytes, warnings: set[str]) -> tuple[Head, bytes]:
    """The head of a mail, and what follows it. A line that is no field is taken for one that was folded badly where fields follow,
    else for the first line of a body whose empty line is missing."""
    head, at, loose = Head(), 0, -1
    chunks: list[bytes] = []
    while at < len(raw):
        end = raw.find(b"\n", at)
        after = len(raw) if end < 0 else end + 1
        line = raw[at : min(after, at + MOST_VALUE)].rstrip(b"\r\n")
        if not line.strip():
            at = after
            break
        found = NAME.match(line)
        if found is None and chunks and (line[:1] in b" \t" or line.startswith(b"=?")):
            chunks.append(line)
        elif found is None:
            loose = at if loose < 0 else loose
        else:
            _keep(head, chunks)
            chunks, loose = [found[1].lower(), line[found.end() :]], -1
        at = after
        if at > MOST_HEAD or len(head.fields) > MOST_FIELDS:
            warnings.add("TOO_MANY_PARTS")
            gap = BLANK_LINE.search(raw, at - 1)
            at = gap.end() if gap else len(raw)
            break
    _keep(head, chunks)
    return head, raw[at if loose < 0 else loose :]


def _keep(head: Head, chunks: list[bytes]) -> None:
    if chunks:
        head.fields.append((chunks[0].decode("ascii"), b"".join(chunks[1:])[:MOST_VALUE].strip()))


# From bytes to text


def letters(raw: bytes, warnings: set[str]) -> str:
    """A header as letters, its encoded words still encoded. Raw signs beyond ASCII: UTF-8, else GB18030, else Windows-1252."""
    if not raw.isascii():
        warnings.add("HEADER_RAW_8BIT")
        return guessed(raw)
    if b"\x1b$" in raw or b"\x1b(" in raw:
        return decode(raw, "iso-2022-jp", set())
    return raw.decode("ascii")


def words(text: str, warnings: set[str]) -> str:
    """Encoded words read wherever they stand, also inside quotes. Neighbours of one charset are joined as bytes first, because senders
    cut letters in two; blanks between neighbours vanish."""
    pieces: list[str] = []
    run: list[tuple[str, str, str]] = []
    last = 0
    for found in WORD.finditer(text):
        gap = text[last : found.start()]
        if gap.strip() or (gap and not run):
            pieces += [_joined(run, warnings), gap]
            run = []
        label = found[1].partition("*")[0]
        if run and _charset(run[-1][0]) != _charset(label):
            pieces.append(_joined(run, warnings))
            run = []
        run.append((label, found[2].upper(), found[3]))
        last = found.end()
    return "".join([*pieces, _joined(run, warnings), text[last:]])


def _charset(label: str) -> tuple[str, ...]:
    return codecs_of(label) or (label.lower(),)


def _joined(run: list[tuple[str, str, str]], warnings: set[str]) -> str:
    if not run:
        return ""
    raw, held = bytearray(), b""
    for place, (_, kind, text) in enumerate(run):
        signs = guess_bytes(text)
        if kind == "Q":
            raw += transfer.q_word(signs)
            continue
        signs = held + signs
        is_cut = len(signs) % 4 and not signs.endswith(b"=") and place + 1 < len(run) and run[place + 1][1] == "B"
        if is_cut:  # Somebody encoded the whole and cut it afterwards.
            held = signs
        else:
            raw, held = raw + transfer.base64(signs, warnings), b""
    return decode(bytes(raw), run[0][0], warnings)


def guess_bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def one_line(text: str) -> str:
    """Clean, on one line, without blanks around it."""
    text = clean(text)
    return (
        " ".join(text.split("\n")).replace("\r", " ").replace("\t", " ").strip()
        if not text.isprintable()
        else text.strip()
    )
