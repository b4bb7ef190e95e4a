"""An uploaded file on the disk, under a name of our own, for as long as it is looked at."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def saved(sent: Any, folder: Path) -> Iterator[Path]:
    """Lies in `folder`, which is made where it is not there yet, so that keeping it is a matter of renaming."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}.upload"
    try:
        with path.open("wb") as file:
            shutil.copyfileobj(sent.stream, file)
        yield path
    finally:
        path.unlink(missing_ok=True)
