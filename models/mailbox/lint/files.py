"""What may go along with an answer: PDF, JPG, PNG and TXT, 10 MB together (docs/domain.md §5.5)."""

from __future__ import annotations

from collections.abc import Iterator

from models.mailbox.lint.codes import Attached, Finding

MOST_BYTES = 10 * 1024 * 1024
KINDS = {
    "pdf": {"application/pdf", "application/x-pdf"}, "jpg": {"image/jpeg", "image/jpg", "image/pjpeg"}, "jpeg": {"image/jpeg", "image/jpg", "image/pjpeg"},
    "png": {"image/png", "image/x-png"}, "txt": {"text/plain"},
}  # fmt: skip
ANY_KIND = {"", "application/octet-stream", "binary/octet-stream"}


def attachments(files: list[Attached]) -> Iterator[Finding]:
    if any(not is_allowed(file) for file in files):
        yield Finding("ATTACH_TYPE")
    if sum(file.size for file in files) > MOST_BYTES:
        yield Finding("ATTACH_SIZE")


def is_allowed(file: Attached) -> bool:
    """By the last ending of its name, and by its type where one is told; both have to agree."""
    kind = file.content_type.partition(";")[0].strip().lower()
    _, dot, ending = file.filename.strip().lower().rpartition(".")
    if not dot:
        return any(kind in kinds for kinds in KINDS.values())
    return ending in KINDS and (kind in KINDS[ending] or kind in ANY_KIND)
