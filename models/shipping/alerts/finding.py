"""Finding what is wrong, for all parcels of a team at once: what the questions find is compared with what is known.

Run twice it changes nothing; killed anywhere, the next run goes on. What rested wakes when something new happened.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.people.team import Team
from models.shipping.alerts.alert import ParcelAlert
from models.shipping.alerts.kinds import KINDS
from models.shipping.alerts.lane import Lane
from models.shipping.alerts.questions import FINDERS, Asking, Figures, moment_of
from models.shipping.alerts.rules import AlertRules
from models.support import clock
from models.support.bulk import among, insert_rows, raw_rows, update_rows
from models.support.db import retrying, write_txn

AT_ONCE = 500


@retrying
def refresh(team: Team, step: Any = None) -> int:
    """Brings a team's alerts up to date. How many there are."""
    rules = AlertRules.of(team.id)
    asking = Asking(team.id, rules, clock.now(), Lane.of_team(team.id) if rules.is_learning else {})
    total = 0
    for kind in KINDS:
        found = FINDERS[kind](asking)
        _compare(team.id, kind, found, step)
        total += len(found)
    return total


def _compare(team_id: int, kind: str, found: dict[int, Figures], step: Any) -> None:
    known = _known(team_id, kind)
    gone = [number for parcel, (number, _figures) in known.items() if parcel not in found]
    new = [
        (team_id, figures[0], parcel, kind, *figures[1:], clock.now(), "")
        for parcel, figures in found.items()
        if parcel not in known
    ]
    other = [
        (parcel, known[parcel])
        for parcel, figures in found.items()
        if parcel in known and known[parcel][1] != figures[1:]
    ]
    for start in range(0, max(len(gone), len(new), len(other)), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        with write_txn():
            if step:
                step()
            ParcelAlert.delete().where(among(ParcelAlert.id, gone[part])).execute()
            insert_rows(ParcelAlert, ("team", "store", "parcel", "kind", "since", "days", "sample", "found_at", "note"), new[part],
                        ignore=True)  # fmt: skip
            for parcel, (number, figures) in other[part]:
                _renew(number, figures, found[parcel][1:])


def _renew(number: int, old: tuple[datetime, int, int], figures: tuple[datetime, int, int]) -> None:
    update_rows(ParcelAlert, ("since", "days", "sample"), [(*figures, number)])
    if figures[0] > old[0]:
        ParcelAlert.update(rests_until=None).where(ParcelAlert.id == number).execute()


def _known(team_id: int, kind: str) -> dict[int, tuple[int, tuple[datetime, int, int]]]:
    query = ParcelAlert.select(
        ParcelAlert.parcel, ParcelAlert.id, ParcelAlert.since, ParcelAlert.days, ParcelAlert.sample
    )
    rows = raw_rows(query.where(ParcelAlert.team == team_id, ParcelAlert.kind == kind))
    return {parcel: (number, (moment_of(since), days, sample)) for parcel, number, since, days, sample in rows}
