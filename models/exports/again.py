"""A list as a file to change and import again: its columns are the importer's, and a record may take several rows.

A room declares how, beside its importer (models/catalog/product_exporter.py is one).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from models.support.sheets import SheetColumn

AGAIN = ["import"]  # What an export keeps as its columns then.
AT_ONCE = 200


@dataclass(frozen=True)
class Again:
    """permission: that of the import. columns: those of the importer, from what the rows hold; rows: of records of the list,
    each a value by the name of its column."""

    permission: str
    columns: Callable[[Any, Iterator[dict[str, str]]], list[str]]
    rows: Callable[[Sequence[Any]], Iterator[dict[str, str]]]

    def all_rows(self, records: Iterator[Any]) -> Iterator[dict[str, str]]:
        """Of a few records at a time, however many there are."""
        while chunk := list(islice(records, AT_ONCE)):
            yield from self.rows(chunk)

    def sheet_columns(self, reach: Any, records: Iterator[Any]) -> list[SheetColumn]:
        """Headed as the importer calls them, in every language. Looks at all records, for what each of them fills."""
        return [_column(name) for name in self.columns(reach, self.all_rows(records))]


DECLARED: dict[str, Again] = {}


def declare_again(list_name: str, again: Again) -> None:
    """Says how a list is written to be imported again. Called by the room beside its importer."""
    DECLARED[list_name] = again


def may_import_again(reach: Any, list_name: str) -> bool:
    """May this person have the list as a file to import again?"""
    return list_name in DECLARED and reach.may(DECLARED[list_name].permission)


def _column(name: str) -> SheetColumn:
    return SheetColumn(name, lambda row: row.get(name, ""))
