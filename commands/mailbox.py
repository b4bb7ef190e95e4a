"""What is in buyers' mails, and what Amazon would mind in an answer, without a database: files or JSON lines in, JSON lines out
(docs/mailbox.md).

./portolan mailbox read mail.eml other.eml
printf '{"id": 1, "text": "Write to me at a@b.example"}\n' | ./portolan mailbox lint
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from commands.support import EXIT_IO
from models.mailbox.lint import Attached, lint
from models.mailbox.reading import Mail, read
from models.mailbox.reading.reader import MOST_BYTES
from models.support.errors import Refused

MOST_LINE = 4 * 1024 * 1024
MOST_TEXT = 100_000


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    reading = verbs.add_parser("read", help="one JSON object for each mail")
    reading.add_argument("files", nargs="+", metavar="FILE.eml", help="a mail as it came in; “-” is the standard input")
    verbs.add_parser("lint", help="one JSON object a line on stdin, the codes of what is wrong a line on stdout")


def run(args) -> int:
    return read_files(args.files) if args.verb == "read" else lint_lines(sys.stdin.buffer)


def told(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


# read


def read_files(names: list[str]) -> int:
    """A line for each file in its order. One that cannot be opened is told there and on stderr, and the others are read."""
    code = 0
    for name in names:
        try:
            raw = bytes_of(name)
        except (OSError, ValueError) as error:
            problem = getattr(error, "strerror", None) or "it cannot be opened"
            told({"file": name, "error": problem})
            print(f"portolan: {name}: {problem}.".encode("utf-8", "replace").decode(), file=sys.stderr)
            code = EXIT_IO
        else:
            told(shown(read(raw)))
    return code


def bytes_of(name: str) -> bytes:
    """The file, as far as the reader looks."""
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(name).open("rb") as file:
        return file.read(MOST_BYTES + 1)


def shown(mail: Mail) -> dict[str, Any]:
    """The fields of docs/mailbox.md, in plain data."""
    return {
        "subject": mail.subject,
        "from_name": mail.from_name,
        "from_addr": mail.from_addr,
        "buyer_key": mail.buyer_key,
        "case_key": mail.case_key,
        "marketplace": mail.marketplace,
        "order_ids": list(mail.order_ids),
        "asins": list(mail.asins),
        "references": list(mail.references),
        "type": mail.type,
        "starts_sla": mail.starts_sla,
        "buyer_text": mail.buyer_text,
        "attachments": [
            {"filename": one.filename, "content_type": one.content_type, "size": one.size, "sha256": one.sha256}
            for one in mail.attachments
        ],
        "warnings": sorted(mail.warnings),
    }


# lint


def lint_lines(lines: BinaryIO) -> int:
    for answer in answers(lines):
        told(answer)
    return 0


def answers(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """An answer for each line that holds anything; a bad line is answered with its number and its error, and the run goes on."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        asked: Any = None
        try:
            asked = _object(line)
            yield {"id": asked.get("id"), "codes": [finding.code for finding in _findings(asked)]}
        except Refused as refused:
            known = {"id": asked["id"]} if isinstance(asked, dict) and "id" in asked else {}
            yield {**known, "line": number, "error": str(refused)}


def _object(line: bytes) -> dict[str, Any]:
    try:
        if len(line) > MOST_LINE:
            raise ValueError
        asked = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refused("This line is no JSON object.") from None
    if not isinstance(asked, dict):
        raise Refused("This line is no JSON object.")
    return asked


def _findings(asked: dict[str, Any]):
    text = asked.get("text")
    if not isinstance(text, str):
        raise Refused("“text” is missing or no text.")
    if len(text) > MOST_TEXT:
        raise Refused("The text is longer than %(most)s characters.", most=MOST_TEXT)
    proactive = asked.get("proactive", False)
    if proactive not in (True, False, None):
        raise Refused("“proactive” is either true or false.")
    return lint(text, proactive=bool(proactive), order_id=_word(asked, "order_id"), buyer_language=_word(asked, "buyer_language"),
                attachments=_attached(asked.get("attachments")))  # fmt: skip


def _word(asked: dict[str, Any], name: str) -> str | None:
    value = asked.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused("“%(name)s” is no text.", name=name)
    return value


def _attached(files: Any) -> list[Attached]:
    """Names alone, or objects with filename, content_type and size in bytes."""
    if files is None:
        return []
    if not isinstance(files, list):
        raise Refused("“attachments” is no list.")
    return [_file(one) for one in files]


def _file(one: Any) -> Attached:
    if isinstance(one, str):
        return Attached(one)
    if not isinstance(one, dict):
        raise Refused("An attachment is a name, or an object with “filename”, “content_type” and “size”.")
    name, kind = one.get("filename", one.get("name")), one.get("content_type", one.get("type"))
    size = one.get("size", 0)
    if not isinstance(name or "", str) or not isinstance(kind or "", str):
        raise Refused("“filename” and “content_type” of an attachment are texts.")
    if isinstance(size, bool) or not isinstance(size, int | None) or (size or 0) < 0:
        raise Refused("“size” of an attachment is its number of bytes.")
    return Attached(name or "", kind or "", size or 0)
