"""An alert: one thing that is wrong with one parcel, as long as it is wrong. A person may let it rest for some days, with a note; it
wakes by itself, or when something new happens.

The rows are found anew every few minutes (finding.py); what a label, a void or an end settles is taken off at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.audit.telling import tell
from models.people.person import Person
from models.people.team import Team
from models.shipping.alerts.kinds import KINDS, NO_SCAN, NOT_FOUND, SHIP_BY, TITLES, TROUBLE, Kind, sentence
from models.shipping.moments import at
from models.shipping.parcel import Parcel
from models.stores.store import Store
from models.support import clock
from models.support.bulk import among, raw_rows
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused
from models.support.fields import StatusField, UtcField
from models.support.record import About, TeamRecord
from models.support.words import Words, say

MOST_DAYS, LEAST_NOTE, MOST_NOTE = 30, 3, 200
PERMISSION = "parcels.view"

declare("alert_rested", say("%(actor)s lets the alert “%(kind)s” of %(object)s rest for %(days)s days: %(note)s"),
        "kind", "days", "note")  # fmt: skip
declare("alert_woken", say("%(actor)s woke the alert “%(kind)s” of %(object)s"), "kind")
measure("alerts_rested", say("Alerts of parcels looked after"), "alert_rested")
for _event in ("alert_rested", "alert_woken"):
    tell(f"{_event}.kind", TITLES)


class ParcelAlert(TeamRecord):
    """`since` is when it began to be wrong, or for a parcel to ship when it has to leave. `days` and `sample` say of a silent one after
    how many days it counts as silent, and from how many parcels that was learned (0: the team's fixed days)."""

    store_column = "store"

    id = peewee.BigAutoField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, index=False, on_delete="RESTRICT")
    parcel = peewee.ForeignKeyField(Parcel, index=False, backref="alerts", on_delete="CASCADE")
    kind = StatusField(*KINDS)
    since = UtcField()
    days = peewee.IntegerField(default=0)
    sample = peewee.IntegerField(default=0)
    found_at = UtcField(default=clock.now)
    rests_until = UtcField(null=True)
    note = peewee.CharField(max_length=MOST_NOTE, default="")
    rested_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="+")

    about = About(
        why="what is wrong with a parcel now, and who looks after it", keep="as long as it is wrong",
        plain="id team store parcel kind since days sample found_at rests_until note", staff="rested_by",
    )  # fmt: skip

    class Meta:
        indexes = ((("parcel", "kind"), True), (("team", "kind", "since", "id"), False))

    @property
    def of_kind(self) -> Kind:
        return KINDS[self.kind]

    @property
    def sentence(self) -> Words:
        return sentence(self.kind, self, self.parcel)

    @property
    def is_resting(self) -> bool:
        return self.rests_until is not None and self.rests_until > clock.now()

    # Asking

    @classmethod
    def awake(cls) -> Any:
        return cls.rests_until.is_null() | (cls.rests_until <= clock.now())

    @classmethod
    def of_team(cls, reach: Any, permission: str = PERMISSION) -> Any:
        """Those that wait for somebody, of the stores for which this person holds the permission."""
        stores = reach.by_permission.get(permission, frozenset())
        query = cls.select().where(cls.team == reach.team_id, cls.awake())
        return query if stores is None else query.where(cls.store.in_(sorted(stores)))

    @classmethod
    def counts(cls, reach: Any) -> dict[str, int]:
        """How many of each kind wait, in the order in which they hurt; kinds without any are there with 0."""
        count = peewee.fn.COUNT(cls.id)
        rows = cls.of_team(reach).select(cls.kind, count).group_by(cls.kind)
        return dict.fromkeys(KINDS, 0) | dict(raw_rows(rows))

    @classmethod
    def parcels_waiting(cls, reach: Any) -> int:
        """How many parcels this person could do something about."""
        mine = cls.of_team(reach, "parcels.edit")
        return mine.select(peewee.fn.COUNT(peewee.fn.DISTINCT(cls.parcel))).scalar() or 0

    @classmethod
    def first(cls, reach: Any, kind: str, most: int) -> list[ParcelAlert]:
        """The oldest of a kind, with their parcels."""
        query = cls.of_team(reach).select(cls, Parcel).join(Parcel).where(cls.kind == kind)
        return list(query.order_by(cls.since, cls.id).limit(most))

    @classmethod
    def of_parcel(cls, parcel: Parcel) -> list[ParcelAlert]:
        """Resting ones too, in the order in which they hurt."""
        found = {alert.kind: alert for alert in cls.select().where(cls.parcel == parcel)}
        for alert in found.values():
            alert.parcel = parcel
        return [found[kind] for kind in KINDS if kind in found]

    @classmethod
    def kinds_of(cls, parcels: Iterable[int]) -> dict[int, list[str]]:
        """What waits of each of these parcels (parcel id → kinds, in the order in which they hurt)."""
        rows = raw_rows(cls.select(cls.parcel, cls.kind).where(among(cls.parcel, parcels), cls.awake()))
        found: dict[int, list[str]] = {}
        for kind in KINDS:
            for parcel, one in rows:
                if one == kind:
                    found.setdefault(parcel, []).append(kind)
        return found

    @classmethod
    def parcels_of(cls, team_id: int, *kinds: str) -> Any:
        """The ids of the team's parcels of which something waits, as a question for others."""
        return cls.select(cls.parcel).where(cls.team == team_id, cls.kind.in_(kinds or tuple(KINDS)), cls.awake())

    @classmethod
    def resting_of(cls, team_id: int) -> Any:
        return cls.select(cls.parcel).where(cls.team == team_id, cls.rests_until > clock.now())

    # Looking after it

    def rest(self, days: int, note: str, *, by: Any = None) -> None:
        """Somebody looks after it: it is not told again for so many days. Raises FieldRefused."""
        note = note.strip()[:MOST_NOTE]
        if not 1 <= days <= MOST_DAYS:
            raise FieldRefused("days", "Between 1 and %(most)s days.", most=MOST_DAYS)
        if len(note) < LEAST_NOTE:
            raise FieldRefused("note", "Say in a few words what is being done.")
        with write_txn():
            self._set(rests_until=clock.now() + timedelta(days=days), note=note, rested_by=by)
            track("alert_rested", self.parcel, by=by, kind=self.kind, days=days, note=note)

    def wake(self, *, by: Any = None) -> None:
        with write_txn():
            self._set(rests_until=None)
            track("alert_woken", self.parcel, by=by, kind=self.kind)

    def _set(self, **values: Any) -> None:
        """As long as it still stands; what was settled meanwhile cannot rest."""
        if not ParcelAlert.update(**values).where(ParcelAlert.id == self.id).execute():
            raise AlreadyDecided("This is settled already. Reload the page.")
        for name, value in values.items():
            setattr(self, name, value)


def _settled(parcel: Parcel, *kinds: str) -> None:
    ParcelAlert.delete().where(ParcelAlert.parcel == parcel, ParcelAlert.kind.in_(kinds)).execute()


@at("label")
@at("leave")
def _labelled(parcel: Parcel, **_: Any) -> None:
    _settled(parcel, SHIP_BY)


@at("number")
def _numbered(parcel: Parcel, **_: Any) -> None:
    _settled(parcel, NOT_FOUND, NO_SCAN)


@at("void")
def _voided(parcel: Parcel, **_: Any) -> None:
    _settled(parcel, *KINDS)


@at("end")
def _ended(parcel: Parcel, **_: Any) -> None:
    """That it is lost or came back stays to be told."""
    _settled(parcel, *(kind for kind in KINDS if kind != TROUBLE))
