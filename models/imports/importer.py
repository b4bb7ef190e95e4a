"""What a room declares to import its records: columns, how rows make a record, what a record would do, how it is saved.

An importer is about thirty lines beside its model (models/catalog/product_importer.py is one):

    register(Importer(
        kind="prices", title=say("Prices"), permission="prices.edit", event="prices_imported", fields=FIELDS,
        key=lambda row: row["sku"], planner=PricePlanner, columns=lambda reach: ["sku", "price:EUR"]))
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from models.imports.fields import Field
from models.support.errors import Refused
from models.support.words import Words

MOST_VALUE = 80


@dataclass(frozen=True)
class Row:
    """A row of the sheet: its number as a spreadsheet counts, and the text of each column that is mapped."""

    number: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass(frozen=True)
class CellError:
    """What is wrong with a cell. `column` is the importer's name of it; people see the heading of their file."""

    row: int
    column: str
    value: str
    words: Words


@dataclass
class Record:
    """The rows that make one record of the file."""

    key: str
    rows: list[Row]


@dataclass
class Planned:
    """What a record would do. `differences` map a name to (old, new); `carry` is the planner's own."""

    record: Record
    verb: str
    differences: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)
    carry: Any = None

    @property
    def digest(self) -> str:
        """Says whether a later plan would do what a person saw in the dry run."""
        text = json.dumps([self.verb, self.differences], ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


class Planner(Protocol):
    """Made once for a file; it may remember what earlier records of the file said."""

    def plan(self, records: Sequence[Record]) -> list[Planned]:
        """What these records would do to what is stored now. Stores nothing."""

    def save(self, planned: Planned, *, by: Any) -> None:
        """Carries a plan out, inside the open transaction. Raises Refused (FieldRefused where a column is known)."""

    def place(self, refused: Refused, planned: Planned) -> CellError:
        """A refusal of saving, at the row and column it came from."""


@dataclass(frozen=True)
class Importer:
    """`planner(team, columns)` gets the columns the file has. `key(row)` names a row's record; it raises CellRefused.

    `columns(reach)` is what the empty file to fill in has; `named` and `shown` word a difference's name and values.
    """

    kind: str
    title: Words
    permission: str
    event: str
    fields: tuple[Field, ...]
    key: Callable[[Row], str]
    planner: Callable[[Any, frozenset[str]], Planner]
    columns: Callable[[Any], Iterable[str]]
    key_column: str = "code"
    help: Words | None = None
    back: str = ""
    named: Callable[[str], str] = str
    shown: Callable[[str, Any], str] = lambda _name, value: "—" if value in (None, "", [], {}) else str(value)


IMPORTERS: dict[str, Importer] = {}


def register(importer: Importer) -> Importer:
    """Called by each room beside its model."""
    IMPORTERS[importer.kind] = importer
    return importer
