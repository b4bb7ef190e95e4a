"""A tracking service's account: who is asked where parcels are. A team's own, or the operator's shared with all teams.

The secret is sealed, and no page ever shows it again. Without an account nobody is asked: events are entered by hand.
"""

from __future__ import annotations

from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.freight.carrier import Carrier
from models.people.person import Person
from models.people.reach import OutOfReach
from models.people.team import Team
from models.shipping.account_health import Health
from models.support.connection import STATES
from models.support.db import after_commit, write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.fields import JsonField, SealedField, StatusField, UidField, UtcField
from models.support.job_run import wake
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.vault import data_key
from models.vault.seal import Sealed

JOB, FOLLOW = "shipping.track", "shipping.follow"
SEVENTEEN, YUNEXPRESS, MANUAL = "seventeen", "yunexpress", "manual"
KINDS = {
    SEVENTEEN: say("17TRACK"),
    YUNEXPRESS: say("A carrier's own service (YunExpress type)"),
    MANUAL: say("By hand"),
}
# Where the news came from that a parcel left or ended.
SOURCES = {
    **KINDS,
    "person": say("By hand"),
    "confirm": say("The shipment told to Amazon"),
    "scale": say("The operator's scale"),
    "import": say("An imported file"),
}
tell("tracking_account_saved.kind", KINDS)
for _event in ("parcel_shipped", "parcel_ended"):
    tell(f"{_event}.source", SOURCES)
declare("tracking_account_removed", say("%(actor)s removed the tracking service %(object)s and destroyed its secret"))


class TrackingAccount(Health, Sealed, TeamRecord):
    """With a `carrier` it is asked about that carrier's parcels alone. `code` and `base_url` are those of a carrier's own service.
    `hook` names the account in the address to which a service sends messages by itself; nobody can guess it."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    kind = StatusField(*KINDS)
    name = peewee.CharField(max_length=80)
    carrier = peewee.ForeignKeyField(Carrier, null=True, on_delete="RESTRICT", backref="tracking_accounts")
    base_url = peewee.CharField(max_length=200, default="")
    code = peewee.CharField(max_length=80, default="")
    secret = SealedField(null=True)
    last4 = peewee.CharField(max_length=4, default="")
    secret_set_at = UtcField(null=True)
    is_shared = peewee.BooleanField(default=False)
    state = StatusField(*STATES, default="checking")
    problem = peewee.TextField(default="")
    problem_at = UtcField(null=True)
    failures = peewee.IntegerField(default=0)
    good_at = UtcField(null=True)
    rest_until = UtcField(null=True)
    register_after = UtcField(null=True)
    quota = JsonField(default=dict)
    quota_at = UtcField(null=True)
    hook = peewee.CharField(max_length=64, unique=True)
    hook_at = UtcField(null=True)
    hook_refused_at = UtcField(null=True)
    made_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="+")
    created_at: UtcField = created_at()

    about = About(
        why="asks where parcels are, and gets carriers' labels", keep="while in use",
        plain="id uid team kind name carrier base_url secret_set_at is_shared state problem problem_at failures good_at rest_until "
        "register_after quota quota_at hook_at hook_refused_at created_at",
        secret="secret last4 code hook", staff="made_by",
    )  # fmt: skip

    @property
    def label(self) -> str:
        return self.name

    def seal_subject(self) -> str:
        return f"tracking:{self.uid}"

    @property
    def kind_words(self) -> Words:
        return KINDS[self.kind]

    @property
    def asks(self) -> bool:
        """Somebody is asked at all."""
        return self.kind != MANUAL

    @property
    def first_state(self) -> str:
        return "checking" if self.asks else "active"

    # Its life

    def start(self) -> None:
        """Has the jobs look at it soon. Inside a transaction."""
        wake(FOLLOW)
        if self.asks:
            wake(JOB, str(self.uid))

    def try_again(self) -> None:
        """Asks the service now whether it lets us in, and what is left of the quota. Raises Refused where nobody is asked."""
        if not self.asks:
            raise Refused("Nobody is asked: what is heard of these parcels is written down by hand.")
        with write_txn():
            self.move(("active", "refused", "checking"), "checking", rest_until=None, register_after=None)
            wake(JOB, str(self.uid))

    def remove(self, *, by: Any = None) -> None:
        """Destroys the secret and the row. What was learnt of parcels stays with them."""
        with write_txn():
            if not TrackingAccount.delete().where(TrackingAccount.id == self.id).execute():
                raise AlreadyDecided()
            track("tracking_account_removed", self, by=by)
            after_commit(self._destroy_key)
            wake(FOLLOW)

    def _destroy_key(self) -> None:
        data_key.destroy([self.seal_subject()])

    def open_secret(self) -> str:
        """For the job that calls the service, and for whoever checks what it signed."""
        return self.unseal("secret") or ""

    # Asking

    @classmethod
    def of_uid(cls, uid: Any) -> TrackingAccount | None:
        return cls.get_or_none(cls.uid == uid)

    @classmethod
    def seen_by(cls, team: Team | int) -> list[TrackingAccount]:
        """A team's own accounts, then the operator's shared ones."""
        query = cls.select(cls, Team).join(Team).where((cls.team == team) | cls.is_shared)
        return list(query.order_by(cls.team != team, cls.carrier.is_null(), cls.id))

    @classmethod
    def get_own(cls, reach: Any, uid: Any) -> TrackingAccount:
        """An account of the person's own team. Raises OutOfReach."""
        account = cls.get_or_none(cls.uid == uid, cls.team == reach.team_id)
        if account is None:
            raise OutOfReach
        return account

    @classmethod
    def to_mend_count(cls, reach: Any) -> int:
        """How many of a team's services do not let us in."""
        return cls.select().where(cls.team == reach.team_id, cls.state == "refused").count()

    @classmethod
    def of_hook(cls, hook: str) -> TrackingAccount | None:
        """Whose messages come to this address; only while the account is in use."""
        return cls.get_or_none(cls.hook == hook, cls.kind == SEVENTEEN, cls.state != "paused")

    @classmethod
    def for_carrier(cls, team_id: int, carrier_id: int | None) -> TrackingAccount | None:
        """Who is asked about a team's parcels of a carrier; None: nobody, their events come by hand."""
        return chosen(cls.seen_by(team_id), team_id, carrier_id)

    @classmethod
    def own_service(cls, team_id: int, carrier_id: int | None) -> TrackingAccount | None:
        """The carrier's own service that makes labels for a team's parcels, if it works."""
        account = cls.for_carrier(team_id, carrier_id)
        return account if account is not None and account.kind == YUNEXPRESS and account.is_working else None


def chosen(accounts: list[TrackingAccount], team_id: int, carrier_id: int | None) -> TrackingAccount | None:
    """Of the accounts a team sees: the one for the carrier before the one for all, its own before the operator's."""
    fitting = [one for one in accounts if one.carrier_id in (None, carrier_id) and one.state != "paused"]
    fitting.sort(key=lambda one: (one.carrier_id is None, one.team_id != team_id, one.id))
    return fitting[0] if fitting and fitting[0].asks else None


TrackingAccount.add_index(
    TrackingAccount.index(
        TrackingAccount.team, unique=True, where=TrackingAccount.carrier.is_null(), name="tracking_account_for_all"
    )
)
TrackingAccount.add_index(
    TrackingAccount.index(
        TrackingAccount.team, TrackingAccount.carrier, unique=True, where=TrackingAccount.carrier.is_null(False),
        name="tracking_account_for_carrier",
    )
)  # fmt: skip
