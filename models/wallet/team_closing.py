"""A team leaves: what stands in the way, then one decision of two people that pays the rest of every wallet out and closes them all for
good. Until it is decided the wallets are blocked, so that what is agreed to is what is paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import peewee

from models.audit.event import declare, track
from models.freight.bills.line import BillLine
from models.freight.channel import Channel
from models.people.deciding import Decided, reason_of
from models.people.person import Person
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.shipping.weighing import ON_ITS_WAY
from models.support import clock
from models.support.db import db, retrying, write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.wallet.adjustment import Adjustment
from models.wallet.closing import require_settled, shut
from models.wallet.hold import Hold
from models.wallet.mending import pay_out
from models.wallet.recharge import Recharge
from models.wallet.redress import Redress
from models.wallet.refusals import SelfApproval
from models.wallet.statements.monthly import language_of
from models.wallet.statements.statement import Statement
from models.wallet.wallet import Wallet

STATES = ("waiting", "approved", "rejected")

declare(
    "team_closing_proposed",
    say("%(actor)s proposed to close all wallets of %(object)s: %(reason)s"),
    "reason",
    "payouts",
)
declare("team_closing_approved", say("%(actor)s agreed to close all wallets of %(object)s"), "payouts")
declare("team_closing_rejected", say("%(actor)s rejected to close the wallets of %(object)s: %(note)s"), "note")


@dataclass(frozen=True)
class InTheWay:
    """`stops` the closing; else it is something to know, and somebody says that it is known."""

    kind: str
    words: Words
    stops: bool = True


class TeamClosing(Decided, TeamRecord):
    """`payouts` is what each wallet held when it was proposed, by the wallet's id (minor units)."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    reason = peewee.CharField(max_length=200)
    payouts = JsonField(default=dict)
    blocked = JsonField(default=list)
    state = StatusField(*STATES, default="waiting")
    requested_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="closings")
    decided_by = peewee.ForeignKeyField(
        Person, null=True, index=False, on_delete="SET NULL", backref="closings_decided"
    )
    decided_at = UtcField(null=True)
    note = peewee.CharField(max_length=200, default="")
    created_at: UtcField = created_at()

    about = About(
        why="that all wallets of a team were closed, and the two people behind it", keep="10 years, as the law wants of accounts",
        plain="id uid team reason payouts blocked state decided_at note created_at",
        staff="requested_by decided_by",
    )  # fmt: skip

    @property
    def label(self) -> str:
        return self.team.name

    @classmethod
    def last_of(cls, team: Team) -> TeamClosing | None:
        return cls.select().where(cls.team == team).order_by(cls.id.desc()).first()

    @classmethod
    def waiting_count(cls) -> int:
        return cls.select().where(cls.state == "waiting").count()

    @classmethod
    def first_waiting(cls) -> TeamClosing:
        return cls.select().where(cls.state == "waiting").order_by(cls.id).get()

    # Its life

    @classmethod
    def propose(cls, team: Team, *, reason: str, by: Any, is_sure: bool = False) -> TeamClosing:
        """Blocks the team's wallets. Raises Refused for what stands in the way, FieldRefused."""
        reason = reason_of("reason", reason)
        with write_txn():
            wallets = _locked(team)
            _require_free(team, wallets, is_sure)
            made = cls._keep(team=team, reason=reason, payouts={str(one.id): one.balance_minor for one in wallets}, requested_by=by,
                             blocked=[one.id for one in wallets if one.state == "active"])  # fmt: skip
            for one in wallets:
                if one.state == "active":
                    one.block(reason=reason, by=by)
            track("team_closing_proposed", made, by=by, team=Team.operator(), reason=reason, payouts=_told(wallets))
        return made

    @classmethod
    def _keep(cls, **values: Any) -> TeamClosing:
        try:
            with db.atomic():
                return cls.create(**values)
        except peewee.IntegrityError:
            raise AlreadyDecided("Somebody proposed to close these wallets already.") from None

    @retrying
    def approve(self, *, by: Person) -> None:
        """Pays out and closes. Raises SelfApproval, AlreadyDecided, Refused where something has moved meanwhile."""
        self.require_another(by)
        with write_txn():
            wallets = _locked(self.team)
            _require_free(self.team, wallets, True)
            if {str(one.id): one.balance_minor for one in wallets} != self.payouts:
                raise Refused("A balance has changed since this was proposed. Reject it, and propose it again.")
            self.decide("approved", by=by)
            for one in wallets:
                self._close(one, by)
            track("team_closing_approved", self, by=by, team=Team.operator(), payouts=_told(wallets))

    def reject(self, *, note: str, by: Person) -> None:
        """The wallets that it blocked are open again."""
        self.require_another(by)
        note = reason_of("note", note)
        with write_txn():
            self.decide("rejected", by=by, note=note)
            mine = (Wallet.state == "blocked") & (
                Wallet.reason == self.reason
            )  # Not what somebody blocked for another reason since.
            for one in Wallet.select().where(Wallet.id.in_(self.blocked), mine):
                one.unblock(reason=note, by=by)
            track("team_closing_rejected", self, by=by, team=Team.operator(), note=note)

    def self_decided(self) -> SelfApproval:
        return SelfApproval(say("Somebody else has to decide on a closing you proposed."))

    def _close(self, wallet: Wallet, by: Person) -> None:
        if wallet.balance_minor:
            pay_out(wallet, wallet.balance_minor, key=f"closing:{self.uid}:{wallet.id}", memo=self.reason, by=by,
                    ref_kind="closing", ref_id=self.id)  # fmt: skip
        shut(wallet, reason=self.reason, by=by)
        today = clock.local(clock.now(), self.team.timezone).date()
        Statement.ask(wallet, today.replace(day=1), today, language=language_of(self.team), by=by)


TeamClosing.add_index(
    TeamClosing.index(
        TeamClosing.team, unique=True, where=TeamClosing.state == "waiting", name="team_closing_waits_once"
    )
)


def in_the_way(team: Team) -> list[InTheWay]:
    """What keeps a team's wallets from being closed, and what one should know before."""
    found = []
    for wallet in open_wallets(team):
        if wallet.balance_minor < 0:
            found.append(
                InTheWay(
                    "owed",
                    say(
                        "%(wallet)s is overdrawn by %(amount)s.",
                        wallet=wallet.label,
                        amount=wallet.told(-wallet.balance_minor),
                    ),
                )
            )
        if wallet.state == "frozen":
            found.append(InTheWay("frozen", say("%(wallet)s is frozen: its books do not add up.", wallet=wallet.label)))
    counts = (
        ("holds", say("On hold for parcels: %(count)s. They are weighed in, voided or released first."), True, _waiting(Hold, team, "pending")),
        ("recharges", say("Recharges that wait for a decision: %(count)s."), True, _waiting(Recharge, team)),
        ("changes", say("Changes by hand that wait for a decision: %(count)s."), True, _waiting(Adjustment, team)),
        ("redresses", say("Refunds and claims that wait for a decision: %(count)s."), True, _waiting(Redress, team)),
        ("bills", say("Agreed differences of carriers' bills that are not posted: %(count)s."), True, _unposted(team)),
        ("parcels", say("Parcels with a label or on their way: %(count)s. Nothing can be charged for them any more, nor given back."), False, _on_their_way(team)),
    )  # fmt: skip
    return found + [
        InTheWay(kind, Words(words.message, count=count), stops) for kind, words, stops, count in counts if count
    ]


def open_wallets(team: Team) -> list[Wallet]:
    return [one for one in Wallet.of_team(team.id) if one.state != "closed"]


def _waiting(model: Any, team: Team, state: str = "waiting") -> int:
    return model.select().where(model.team == team, model.state == state).count()


def _unposted(team: Team) -> int:
    operator = Team.operator()
    return BillLine.agreed_for_wallet(operator.id if operator else 0).where(BillLine.parcel_team == team).count()


def _on_their_way(team: Team) -> int:
    ours = Channel.select(Channel.id).where(Channel.team == Team.operator())
    return Parcel.select().where(Parcel.team == team, Parcel.state.in_(ON_ITS_WAY), Parcel.channel.in_(ours)).count()


def _locked(team: Team) -> list[Wallet]:
    """All of the team's that are not closed, in one order, while others wait."""
    found = [one.locked() for one in sorted(open_wallets(team), key=lambda one: one.id)]
    if not found:
        raise Refused("All wallets of this team are closed.")
    return found


def _require_free(team: Team, wallets: list[Wallet], is_sure: bool) -> None:
    for wallet in wallets:
        require_settled(wallet)
    found = in_the_way(team)
    for one in found:
        if one.stops:
            raise Refused(one.words)
    if found and not is_sure:
        raise FieldRefused("is_sure", "Say that you know of the parcels on their way.")


def _told(wallets: list[Wallet]) -> str:
    return ", ".join(f"{one.label}: {one.told(one.balance_minor)}" for one in wallets)
