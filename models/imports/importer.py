"""What a room declares to import its records: columns, how rows make a record, what a record would do, how it is saved.

An importer is about thirty lines beside its model (models/catalog/product_importer.py is one):

    register(Importer(
        kind="prices", title=say("Prices"), permission="prices.edit", event="prices_imported", fields=FIELDS,
        key=lambda row: row["sku"], planner=PricePlanner, columns=lambda reach: ["sku", "price:EUR"]))
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from models.imports.fields import Field
from models.support.errors import Refused
from models.support.words import Words, say

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

    `columns(reach)` is what the empty file to fill in has; `named` and `shown` word a difference's name and values. An importer
    whose files need more than their columns has a page of its own where they are chosen (`door`), finds what was said there by
    the import (`of_file`), and may do something at its end (`ending`). `verbs` and `offer` say what new and changed mean.
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
    door: str = ""
    of_file: Callable[[Any, frozenset[str]], Planner] | None = None
    ending: Callable[[Any], None] = lambda batch: None
    verbs: Mapping[str, Words] = field(
        default_factory=lambda: {"new": say("New"), "created": say("Created"), "changed": say("Changed")}
    )
    offer: Words = field(default_factory=lambda: say("Import %(new)s new and %(changed)s changed"))

    def planner_of(self, batch: Any) -> Planner:
        """The planner of a file that is looked at or applied."""
        columns = frozenset(column for column in batch.mapping if column)
        return self.of_file(batch, columns) if self.of_file else self.planner(batch.team, columns)

    def offer_of(self, planned: Mapping[str, int]) -> Words:
        """What the button that applies a file says."""
        return Words(self.offer.message, new=planned.get("new", 0), changed=planned.get("changed", 0))


IMPORTERS: dict[str, Importer] = {}


def register(importer: Importer) -> Importer:
    """Called by each room beside its model."""
    IMPORTERS[importer.kind] = importer
    return importer
