"""The rows of a file, put aside on disk record by record, so that a file of any size takes little memory.

What is held are the places of the rows; their text is read back a few records at a time.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import IO, Self

from models.imports.cells import CellRefused, bare, clean
from models.imports.importer import CellError, Importer, Record, Row
from models.imports.reading import Shape, rows
from models.support.errors import FieldRefused, Refused


class Spool:
    """Rows grouped by the record they belong to, in the order in which the records begin."""

    def __init__(self, importer: Importer, folder: Path):
        self.importer = importer
        self.errors: list[CellError] = []
        self.row_count = 0
        self._places: dict[str, list[int]] = {}
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (closed by the context)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._places)

    def fill(self, path: Path, shape: Shape, mapping: Sequence[str], only: Collection[str] | None = None) -> Self:
        """Reads the file. `only` names the records that are wanted; without it all are."""
        columns = [(place, column) for place, column in enumerate(mapping) if column]
        text_of = (lambda cell: bare(clean(cell))) if shape.format == "csv" else clean
        for number, cells in rows(path, shape):
            self.row_count += 1
            values = {column: text_of(cells[place]) if place < len(cells) else "" for place, column in columns}
            row = Row(number, values)
            try:
                key = self.importer.key(row)
            except (CellRefused, FieldRefused) as refused:
                self.errors.append(_unnamed(refused, row, self.importer.key_column))
                continue
            if only is None or key in only:
                self._places.setdefault(key, []).append(self._file.tell())
                self._file.write(json.dumps([number, values], ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        return self

    def records(self, most: int) -> Iterator[list[Record]]:
        """Bundles of so many records."""
        keys = list(self._places)
        for start in range(0, len(keys), most):
            yield [Record(key, [self._row(place) for place in self._places[key]]) for key in keys[start : start + most]]

    def _row(self, place: int) -> Row:
        self._file.seek(place)
        number, values = json.loads(self._file.readline())
        return Row(number, values)


def _unnamed(refused: Refused, row: Row, column: str) -> CellError:
    column = refused.field if isinstance(refused, FieldRefused) else column
    return CellError(row.number, column, row[column][:80], refused.words)
