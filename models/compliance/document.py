"""The signed record of a closed review: its content in one spelling, the sha256 and signature over it, and the PDF in each language.

A PDF carries the portal's signature over its own bytes in its last line, so that a file kept elsewhere can be checked alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.signature import fingerprint, is_signed, sign
from models.compliance.line import ReviewLine
from models.compliance.review import AccessReview
from models.people.person import Person
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided
from models.support.fields import UtcField
from models.support.record import About, Record
from models.support.words import say

LANGUAGES = ("en", "zh_Hans")
MARK = b"\n%portolan "
Render = Callable[[dict[str, Any], Sequence[str]], dict[str, bytes]]

declare("review_closed", say("The access review of %(object)s is done: %(kept)s kept, %(reduced)s reduced, "
        "%(removed)s removed, %(suspended)s suspended"), "kept", "reduced", "removed", "suspended", "sha256")  # fmt: skip


class ReviewDocument(Record):
    """`content` is what was signed, `pdf` how it reads in one language. Never changed (triggers guard it)."""

    review = peewee.ForeignKeyField(AccessReview, backref="documents", on_delete="RESTRICT")
    language = peewee.CharField(max_length=12)
    content = peewee.TextField()
    sha256 = peewee.CharField(max_length=64)
    root_version = peewee.IntegerField()
    signature = peewee.CharField(max_length=100)
    pdf = peewee.BlobField()
    file_sha256 = peewee.CharField(max_length=64)
    made_at = UtcField(default=clock.now)

    about = About(why="what an auditor is shown, and what people sign", keep="as its review",
                  plain="id review language sha256 root_version signature file_sha256 made_at", staff="content pdf")  # fmt: skip

    class Meta:
        indexes = ((("review", "language"), True),)

    @classmethod
    def of(cls, review: AccessReview, language: str) -> ReviewDocument | None:
        """In this language, or in English."""
        found = {row.language: row for row in cls.select().where(cls.review == review)}
        return found.get(language) or found.get("en")

    @property
    def bytes(self) -> bytes:
        return bytes(self.pdf)

    @property
    def file_name(self) -> str:
        return f"access-review-{self.review.team.slug}-{self.made_at:%Y-%m-%d}.pdf"


def content_of(review: AccessReview) -> dict[str, Any]:
    """Everything that was reviewed and decided, as plain values. No buyers' data is in any of it."""
    lines = ReviewLine.of_review(review)
    opened_by, closed_by = review.opened_by, review.closed_by
    return {
        "document": "access review", "version": 1, "uid": str(review.uid), "number": review.number,
        "team": {"name": review.team.name, "slug": review.team.slug, "zone": review.team.timezone},
        "opened_at": _iso(review.opened_at), "opened_by": _who(opened_by), "due_at": _iso(review.due_at),
        "done_at": _iso(clock.now()), "closed_by": _who(closed_by), "is_overdue": review.is_overdue,
        "totals": totals_of(lines), "lines": [_line(line) for line in lines],
    }  # fmt: skip


def totals_of(lines: list[ReviewLine]) -> dict[str, int]:
    counts = {"lines": len(lines), "people": sum(line.is_person for line in lines)}
    for name in ("kept", "reduced", "removed", "suspended", "gone", "refused", "undecided"):
        counts[name] = sum(line.outcome == name for line in lines)
    return counts


def _line(line: ReviewLine) -> dict[str, Any]:
    return {
        "position": line.position, "kind": line.kind, "title": line.title, "before": line.before, "decision": line.decision,
        "reason": line.reason, "decided_by": _who(line.decided_by), "decided_at": _iso(line.decided_at),
        "is_solo": line.is_solo, "outcome": line.outcome, "problem": line.problem, "after": line.after,
        "applied_at": _iso(line.applied_at),
    }  # fmt: skip


def _who(person: Person | None) -> str:
    return f"{person.name} ({person.login})" if person else ""


def _iso(moment: Any) -> str:
    return clock.iso(moment.replace(microsecond=0)) if moment else ""


def canonical(content: dict[str, Any]) -> str:
    """One spelling for what is signed."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def finish(review: AccessReview, render: Render) -> None:
    """Signs what was done, has it printed in each language, and closes the review for good. `render` is never called inside
    a transaction; killed before the end, it begins again."""
    content = content_of(review)
    text = canonical(content)
    digest = hashlib.sha256(text.encode()).hexdigest()
    version, signature = sign(_message(str(review.uid), digest))
    proof = {"sha256": digest, "signature": signature, "key": fingerprint(version)}
    printed = render({**content, **proof}, LANGUAGES)
    files = {language: _sealed(pdf, review, digest) for language, pdf in printed.items()}
    with write_txn():
        try:
            review.move("closing", "closed", closed_at=clock.now())
        except AlreadyDecided:  # Another run was faster.
            return
        for language, pdf in files.items():
            ReviewDocument.create(
                review=review, language=language, content=text, sha256=digest, root_version=version, signature=signature,
                pdf=pdf, file_sha256=hashlib.sha256(pdf).hexdigest(),
            )  # fmt: skip
        counts = {name: content["totals"][name] for name in ("kept", "reduced", "removed", "suspended")}
        track("review_closed", review, sha256=digest, **counts)


def _message(uid: str, digest: str) -> bytes:
    return f"portolan document 1\naccess review\n{uid}\n{digest}".encode()


def _file_message(uid: str, content: str, file: str) -> bytes:
    return f"portolan file 1\naccess review\n{uid}\n{content}\n{file}".encode()


def _sealed(pdf: bytes, review: AccessReview, content: str) -> bytes:
    """The file with its own signature in the last line, which readers of PDF pass over."""
    file = hashlib.sha256(pdf).hexdigest()
    version, signature = sign(_file_message(str(review.uid), content, file))
    told = {"review": str(review.uid), "content": content, "file": file, "key": version, "signature": signature}
    return pdf + MARK + json.dumps(told).encode() + b"\n"


# Checking


@dataclass(frozen=True)
class Finding:
    """What a file turned out to be. `fault` is empty for one that this portal signed and nobody changed."""

    fault: str = ""
    review: str = ""
    content: str = ""
    is_stored: bool = False


def check_file(data: bytes) -> Finding:
    """Checks a PDF against its own last line and this portal's key, and against what is stored here."""
    pdf, mark, last = data.rpartition(MARK)
    if not mark:
        return Finding("This file carries no signature of a portal.")
    try:
        told = json.loads(last)
        uid, content, file = str(told["review"]), str(told["content"]), str(told["file"])
        signed = is_signed(_file_message(uid, content, file), int(told["key"]), str(told["signature"]))
    except (ValueError, KeyError, TypeError):
        return Finding("The signature of this file cannot be read.")
    if not signed:
        return Finding("This portal's key did not sign this file.", uid, content)
    if hashlib.sha256(pdf).hexdigest() != file:
        return Finding("The file was changed after it was signed.", uid, content)
    stored = ReviewDocument.get_or_none(ReviewDocument.file_sha256 == hashlib.sha256(data).hexdigest())
    if stored is not None and not holds(stored):
        return Finding("The file is as it was signed, but the review stored in the portal was changed.", uid, content)
    return Finding("", uid, content, stored is not None)


def holds(document: ReviewDocument) -> bool:
    """Is the stored content what was signed?"""
    digest = hashlib.sha256(document.content.encode()).hexdigest()
    uid = json.loads(document.content)["uid"]
    return digest == document.sha256 and is_signed(_message(uid, digest), document.root_version, document.signature)
