"""A wallet that somebody should look at: low, overdrawn, frozen. An alert is raised once and stands until it is over; only then can it be
raised again. Who may see the whole wallet is told, here and by mail; of holds near their end once for each lot (models/wallet/expiry.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import peewee
from babel.numbers import format_currency

from models.audit.event import declare, track
from models.notices.address import NoticeAddress
from models.notices.kinds import told
from models.notices.muted import MutedNotice
from models.notices.notice import Notice
from models.people.person import Person
from models.people.reach import Reach
from models.people.role import Grant
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.fields import StatusField, UtcField
from models.support.money import Money
from models.support.record import About, TeamRecord
from models.support.words import Words, say, speaking
from models.wallet.reaching import ALL, VIEW
from models.wallet.wallet import Wallet

KINDS = ("low", "overdrawn", "frozen")

declare("wallet_overdrawn", say("The wallet %(object)s is overdrawn by %(amount)s"), "amount")
told("wallet_low", say("A wallet falls below its alert level"), VIEW)
told("wallet_overdrawn", say("A wallet is overdrawn"), VIEW)
told("wallet_frozen", say("A wallet is frozen because its books do not add up"), VIEW)
told("wallet_holds", say("Amounts on hold end within days"), VIEW)


class WalletAlert(TeamRecord):
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    wallet = peewee.ForeignKeyField(Wallet, index=False, on_delete="RESTRICT", backref="alerts")
    kind = StatusField(*KINDS)
    began_at = UtcField(default=clock.now)
    ended_at = UtcField(null=True)

    about = About(why="that a team is told once", keep="as the wallet", plain="id team wallet kind began_at ended_at")


WalletAlert.add_index(
    WalletAlert.index(
        WalletAlert.wallet,
        WalletAlert.kind,
        unique=True,
        where=WalletAlert.ended_at.is_null(),
        name="wallet_alert_open",
    )
)


def stands(wallet: Wallet) -> set[str]:
    """What is to be told of a wallet as it is."""
    found = {"low": wallet.is_low, "overdrawn": wallet.balance_minor < 0, "frozen": wallet.state == "frozen"}
    return {kind for kind, is_so in found.items() if is_so and wallet.state != "closed"}


def watch(step: Callable[[], Any] = lambda: None) -> int:
    """Raises what began and ends what is over. How many were raised."""
    return sum(_settle(wallet, step) for wallet in _changed())


def has_changed() -> bool:
    return bool(_changed())


def _changed() -> list[Wallet]:
    """Wallets whose alerts are not what they should be: few are in trouble, and few have open alerts."""
    known: dict[int, set[str]] = {}
    for one in WalletAlert.select().where(WalletAlert.ended_at.is_null()):
        known.setdefault(one.wallet_id, set()).add(one.kind)
    trouble = (Wallet.is_low == True) | (Wallet.balance_minor < 0) | (Wallet.state == "frozen")  # noqa: E712
    found = Wallet.select().where(trouble | Wallet.id.in_(list(known)))
    return [one for one in found if stands(one) != known.get(one.id, set())]


def _settle(wallet: Wallet, step: Callable[[], Any]) -> int:
    with write_txn():
        step()
        now = wallet.locked()
        is_open = (WalletAlert.wallet == now) & WalletAlert.ended_at.is_null()
        known = {one.kind for one in WalletAlert.select().where(is_open)}
        over, new = known - stands(now), stands(now) - known
        if over:
            WalletAlert.update(ended_at=clock.now()).where(is_open, WalletAlert.kind.in_(sorted(over))).execute()
        for kind in sorted(new):
            WalletAlert.create(team=now.team_id, wallet=now, kind=kind)
            _tell(now, kind)
        return len(new)


def _tell(wallet: Wallet, kind: str) -> None:
    if kind == "overdrawn":
        track("wallet_overdrawn", wallet, amount=wallet.told(-wallet.balance_minor))
    facts: dict[str, Any] = {
        "left": wallet.left,
        "level": wallet.alert_below,
        "owed": Money(-wallet.balance_minor, wallet.currency),
    }
    subject, body = _SAID[kind]
    tell_team(wallet, f"wallet_{kind}", subject, body, **facts)
    operator = Team.operator()
    if kind == "frozen" and operator is not None and operator.id != wallet.team_id:
        path = f"/t/{operator.slug}/wallet/all/{wallet.uid}"
        _mail(wallet, people_of(operator, ALL), "wallet_frozen", subject, body, path, facts)


_SAID: dict[str, tuple[Words, Words]] = {
    "low": (
        say("%(wallet)s: only %(left)s left"),
        say("%(wallet)s of %(team)s has %(left)s of its own money left, less than %(level)s. Recharge it in time: without money there are no labels."),
    ),
    "overdrawn": (
        say("%(wallet)s is overdrawn by %(owed)s"),
        say("%(wallet)s of %(team)s is overdrawn by %(owed)s: parcels cost more than was there. Please recharge it."),
    ),
    "frozen": (
        say("%(wallet)s is frozen"),
        say("A check found that the books of %(wallet)s of %(team)s do not add up. Nothing moves in it until the operator has looked at it."),
    ),
}  # fmt: skip


def tell_ending(wallet: Wallet, count: int, amount_minor: int) -> None:
    """That so many amounts on hold end within four days."""
    tell_team(
        wallet, "wallet_holds", say("%(wallet)s: %(amount)s on hold ends soon"),
        say("In %(wallet)s of %(team)s %(amount)s on hold for parcels (%(count)s) is released within four days, because they were not weighed in yet. Void those that were never sent; the others are charged when they are weighed in."),
        query="holds/", count=count, amount=Money(amount_minor, wallet.currency),
    )  # fmt: skip


def tell_team(wallet: Wallet, kind: str, subject: Words, body: Words, *, query: str = "", **facts: Any) -> None:
    team = wallet.team
    path = f"/t/{team.slug}/wallet/{query}" if query else f"/t/{team.slug}/wallet/?wallet={wallet.currency}"
    _mail(wallet, people_of(team, VIEW), kind, subject, body, path, facts)


def people_of(team: Team, permission: str) -> list[Person]:
    """Who sees all of it: a role for some stores shows parts of a wallet alone."""
    ids = Grant.select(Grant.person).where(Grant.team == team)
    found = Person.select().where(Person.id.in_(ids), Person.state == "active").order_by(Person.id)
    reaches = [(one, Reach.of(one, team)) for one in found if one.is_active]
    return [
        one for one, reach in reaches if reach and reach.may(permission) and reach.by_permission[permission] is None
    ]


def _mail(
    wallet: Wallet, people: Iterable[Person], kind: str, subject: Words, body: Words, path: str, facts: dict[str, Any]
) -> None:  # fmt: skip
    """To those who have an address and did not switch this kind off, each in their language."""
    for person in people:
        address = NoticeAddress.of(person)
        if address is None or not address.is_confirmed or kind in MutedNotice.of(person):
            continue
        with speaking(person.language):
            values = {name: _worded(value, person.language) for name, value in facts.items() if value is not None}
            values |= {"wallet": wallet.label, "team": wallet.team.name}
            Notice.queue(
                person, kind, str(Words(subject.message, **values)), str(Words(body.message, **values)), path=path
            )


def _worded(value: Any, language: str) -> Any:
    return format_currency(value.amount, value.currency, locale=language) if isinstance(value, Money) else value
