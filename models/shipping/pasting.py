"""Many tracking numbers at once: what each line of a pasted text would do, and doing it.

A line names a parcel (`P-12` or an order's id) and its number; numbers alone belong to the chosen parcels, in their order. What is
doubtful is taken only where somebody ticked it and gave a reason; what cannot be is refused by its line and spoils no other.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from models.people.team import Team
from models.shipping.number import BETWEEN
from models.shipping.numbering import LEAST_REASON, doubts, read_number
from models.shipping.parcel import Parcel
from models.shipping.targets import parcels_meant, target_of
from models.support.bulk import among
from models.support.db import db, retrying, write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import Words, say

MOST = 500  # More than that is a file's work.
AT_ONCE = 50
FIRST = re.compile(r"[\s,;，；、|｜]+")
NEW, CHANGED, SAME, DOUBTFUL, REFUSED, GIVEN = "new", "changed", "same", "doubtful", "refused", "given"


@dataclass(frozen=True)
class Pair:
    """What a line says: for which parcel (empty: the next of the chosen ones) which number."""

    line: int
    target: str
    text: str


@dataclass(frozen=True)
class Row:
    """What a line does. `seen` says whether its parcel still is as it was when somebody looked."""

    line: int
    text: str
    verb: str
    parcel: Parcel | None = None
    number: str = ""
    words: Words | None = None

    @property
    def seen(self) -> str:
        return seen_of(self.parcel) if self.parcel else ""

    def refused(self, words: Words) -> Row:
        return replace(self, verb=REFUSED, words=words)


def seen_of(parcel: Parcel) -> str:
    return f"{parcel.number}:{parcel.tracking_number}"


def pairs_of(text: str) -> list[Pair]:
    """The lines of a pasted text. A first line without a digit is taken for headings. Raises FieldRefused for too many."""
    found: list[Pair] = []
    for line, written in enumerate(text.splitlines(), 1):
        if not written.strip() or (not found and not any(sign.isdecimal() for sign in written)):
            continue
        head, *rest = FIRST.split(written.strip(), maxsplit=1)
        if target := target_of(head):
            found.append(Pair(line, target, rest[0].strip() if rest else ""))
        else:
            found += [Pair(line, "", part.strip()) for part in BETWEEN.split(written) if part.strip()]
        if len(found) > MOST:
            raise FieldRefused("pasted", "At most %(most)s numbers at once. Import a file instead.", most=MOST)
    return found


def planned(
    reach: Any, pairs: Sequence[Pair], chosen: Sequence[Parcel] = (), *, known: dict[str, int] | None = None
) -> list[Row]:
    """What each line would do. Nothing is changed. `known` remembers the lines of numbers where a text comes in portions."""
    meant = parcels_meant(reach, {pair.target for pair in pairs if pair.target})
    waiting = iter(chosen)
    rows = []
    for pair in pairs:
        parcel = meant[pair.target] if pair.target else next(waiting, None)
        rows.append(_read(pair, parcel, has_chosen=bool(chosen)))
    return _compared(reach.team_id, rows, {} if known is None else known)


def _read(pair: Pair, parcel: Parcel | Words | None, *, has_chosen: bool) -> Row:
    row = Row(pair.line, pair.text, NEW)
    if parcel is None and has_chosen:
        return row.refused(say("There are more numbers than parcels chosen."))
    if not isinstance(parcel, Parcel):
        return row.refused(parcel or say("Write the parcel's number or the order's id in front of it."))
    row = replace(row, parcel=parcel)
    if not pair.text:
        return row.refused(say("There is no tracking number in this line."))
    if not parcel.takes_numbers:
        return row.refused(say("The parcel %(parcel)s has ended; its number stays.", parcel=parcel.label))
    try:
        number = read_number(pair.text).normalized
    except FieldRefused as refused:
        return row.refused(refused.words)
    if number == parcel.tracking_number:
        return replace(row, verb=SAME, number=number, words=say("It has this number already."))
    if not parcel.tracking_number:
        return replace(row, number=number)
    return replace(row, verb=CHANGED, number=number, words=say("Instead of %(number)s.", number=parcel.tracking_number))


def _compared(team_id: int, rows: list[Row], numbers: dict[str, int]) -> list[Row]:
    """With what only shows when numbers are compared: with each other, and with those of all parcels."""
    others: dict[str, list[Parcel]] = {}
    held = Parcel.select().where(
        Parcel.team == team_id, among(Parcel.tracking_number, {row.number for row in rows if row.number}),
        Parcel.tracking_number != "", Parcel.state != "void",
    )  # fmt: skip
    for parcel in held.order_by(Parcel.id):
        others.setdefault(parcel.tracking_number, []).append(parcel)
    parcels: dict[int, int] = {}
    found = []
    for row in rows:
        if row.verb in (NEW, CHANGED, SAME) and row.parcel is not None:
            row = _beside(row, row.parcel, parcels, numbers, others.get(row.number, ()))
        found.append(row)
    return found


def _beside(
    row: Row, parcel: Parcel, parcels: dict[int, int], numbers: dict[str, int], others: Sequence[Parcel]
) -> Row:
    if (line := parcels.setdefault(parcel.id, row.line)) != row.line:
        return row.refused(
            say("The parcel %(parcel)s stands in line %(line)s already.", parcel=parcel.label, line=line)
        )
    if row.verb == SAME:
        return row
    if (line := numbers.setdefault(row.number, row.line)) != row.line:
        return replace(row, verb=DOUBTFUL, words=say("Line %(line)s has this number too. Say why both do.", line=line))
    doubt = next(iter(doubts(parcel, read_number(row.text), others)), None)
    return row if doubt is None else replace(row, verb=DOUBTFUL, words=doubt)


def give(
    rows: Sequence[Row], *, seen: Mapping[int, str], ticked: Collection[int] = (), reason: str = "", by: Any = None
) -> list[Row]:
    """Gives the numbers, each row by itself; doubtful ones where they are ticked (by their place), with the reason. `seen` is what a
    person saw of each row. Raises FieldRefused without a reason for what is ticked."""
    willing = [
        place
        for place, row in enumerate(rows)
        if row.verb in (NEW, CHANGED) or (row.verb == DOUBTFUL and place in ticked)
    ]
    if len(reason.strip()) < LEAST_REASON and any(rows[place].verb == DOUBTFUL for place in willing):
        raise FieldRefused("reason", "Say why, in at least %(least)s characters.", least=LEAST_REASON)
    done = list(rows)
    for start in range(0, len(willing), AT_ONCE):
        _give([(place, rows[place]) for place in willing[start : start + AT_ONCE]], done, seen, reason, by)
    return done


@retrying
def _give(part: Sequence[tuple[int, Row]], done: list[Row], seen: Mapping[int, str], reason: str, by: Any) -> None:
    """Some rows in one transaction; others write in between."""
    with write_txn():
        for team in {row.parcel.team_id for _place, row in part if row.parcel}:
            Team.take_turn(team)  # Before any parcel's, as whoever gives a single number does.
        for place, row in part:
            done[place] = _given(row, seen.get(place), reason, by)


def _given(row: Row, seen: str | None, reason: str, by: Any) -> Row:
    if row.parcel is None:
        return row
    now = row.parcel.locked()
    if seen != seen_of(now):
        return row.refused(say("Somebody changed it meanwhile. Look again."))
    try:
        with db.atomic():
            now.give_number(row.text, carrier=now.usual_carrier, reason=reason, by=by)
    except Refused as refused:
        return row.refused(refused.words)
    return replace(row, verb=GIVEN, parcel=now, words=None)
