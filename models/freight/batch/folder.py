"""Files of batches: what was uploaded and what came of it. Postcodes stand in them, so nobody else may read them, their names
say nothing, and all of a batch goes when the batch goes."""

from __future__ import annotations

import os
import secrets
import shutil
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from models.exports.files import ABANDONED_SECONDS, keep_for_good
from models.support.errors import Refused

RESULTS = {"xlsx": "result.xlsx", "csv": "result.csv", "lines": "lines.csv"}


class FileGone(Refused):
    def __init__(self) -> None:
        super().__init__("This file is not there any more. Ask for the prices again.")


class BatchFolder:
    """`<data>/batches`: for each batch files that begin with its stem."""

    def __init__(self, data: Path):
        self.path = data / "batches"
        self.path.mkdir(mode=0o700, exist_ok=True)

    def new_stem(self) -> str:
        return secrets.token_hex(16)

    def take(self, content: Path, stem: str, ending: str) -> None:
        """Keeps an uploaded file."""
        with self._create(self.path / f"{stem}.{ending}") as file, content.open("rb") as source:
            shutil.copyfileobj(source, file)
            keep_for_good(file)

    def original(self, stem: str, ending: str) -> Path:
        return self.path / f"{stem}.{ending}"

    def write(self, stem: str, result: str, fill: Callable[[IO[bytes]], object]) -> int:
        """Writes a result under a passing name and puts it in its place when it is whole. Returns its size."""
        fresh = self.path / f"{stem}.{uuid.uuid4().hex}.new"
        try:
            with self._create(fresh) as file:
                fill(file)
                keep_for_good(file)
            fresh.replace(self.path / f"{stem}.{RESULTS[result]}")
        finally:
            fresh.unlink(missing_ok=True)
        return (self.path / f"{stem}.{RESULTS[result]}").stat().st_size

    def result(self, stem: str, result: str) -> Path:
        """Raises FileGone."""
        path = self.path / f"{stem}.{RESULTS[result]}"
        if not path.is_file():
            raise FileGone()
        return path

    def remove(self, stem: str) -> None:
        for path in self.path.glob(f"{stem}.*"):
            path.unlink(missing_ok=True)

    def sweep(self, stems: Iterable[str]) -> int:
        """Removes what no batch names: files of those that went, and what killed ones left over."""
        keep, now, swept = set(stems), time.time_ns() // 10**9, 0
        for path in list(self.path.iterdir()):
            is_passing = path.suffix == ".new"
            is_young = now - int(path.stat().st_mtime) < ABANDONED_SECONDS
            if is_young or (path.name.partition(".")[0] in keep and not is_passing):
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            swept += 1
        return swept

    @staticmethod
    def _create(path: Path) -> IO[bytes]:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        return os.fdopen(handle, "w+b")
