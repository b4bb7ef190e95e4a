"""The file as it came: kept under its hash, called by its own name only where people read it."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

from models.imports.cells import clean


def keep(content: Path, target: Path) -> None:
    """Keeps an original under its hash."""
    target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    if not target.exists():
        fresh = target.with_name(f"{uuid.uuid4().hex}.new")
        fresh.write_bytes(content.read_bytes())
        fresh.replace(target)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def shown_name(name: str) -> str:
    """What a person's machine calls the file, to show; never a path of ours."""
    return (clean(name).replace("\n", " ").rpartition("/")[2].rpartition("\\")[2] or "file")[:200]
