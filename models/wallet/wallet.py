"""A wallet: a team's prepaid freight money in one currency, kept by the operator. Its balance moves only with a transfer.

`balance` is what was posted; `held` is promised to parcels that have a label and were not weighed in yet. A hold never takes more than
balance − held + credit limit; a capture may, because the parcel has left. `moved_at` never goes back, though a clock may: the order of its
transfers' moments is the order of their balances.
"""

from __future__ import annotations

from typing import Any

import peewee

from models.audit.event import declare, track
from models.people.team import Team
from models.support import clock
from models.support.db import db, is_sqlite, write_txn
from models.support.errors import FieldRefused
from models.support.fields import EPOCH, StatusField, UidField, UtcField
from models.support.money import Money
from models.support.prepared import Prepared
from models.support.record import About, TeamRecord, created_at
from models.support.words import Words, say
from models.wallet.refusals import InsufficientFunds, LedgerRefused, WalletBlocked, WalletClosed, WalletFrozen

STATES = {"active": say("In use"), "blocked": say("Blocked"), "frozen": say("Frozen"), "closed": say("Closed")}
CURRENCIES = (
    "CNY",
    "USD",
    "EUR",
    "GBP",
    "JPY",
    "HKD",
    "CAD",
    "AUD",
    "MXN",
    "SGD",
    "AED",
    "SAR",
    "TRY",
    "PLN",
    "SEK",
    "INR",
    "BRL",
    "EGP",
    "ZAR",
    "KRW",
    "KWD",
    "BHD",
)
MOVING = ("active", "blocked")  # What was promised is settled in a blocked wallet, too.
MOST = 10**14
LEAST_REASON = 5

declare("wallet_opened", say("%(actor)s opened the wallet %(object)s"), "currency")
declare("wallet_terms_changed", say("%(actor)s changed the terms of the wallet %(object)s"),
        "credit_limit", "alert_below", "was_credit_limit", "was_alert_below")  # fmt: skip
declare("wallet_blocked", say("%(actor)s blocked the wallet %(object)s: %(reason)s"), "reason")
declare("wallet_unblocked", say("%(actor)s unblocked the wallet %(object)s"), "reason")
declare(
    "wallet_low",
    say("The wallet %(object)s has fallen below its alert level"),
    "left",
    "alert_below",
)


class Wallet(TeamRecord):
    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT", backref="wallets")
    currency = peewee.CharField(max_length=3)
    balance_minor = peewee.BigIntegerField(default=0)
    held_minor = peewee.BigIntegerField(default=0, constraints=[peewee.Check("held_minor >= 0")])
    credit_limit_minor = peewee.BigIntegerField(default=0, constraints=[peewee.Check("credit_limit_minor >= 0")])
    alert_below_minor = peewee.BigIntegerField(null=True)
    is_low = peewee.BooleanField(default=False)
    state = StatusField(*STATES, default="active")
    reason = peewee.CharField(max_length=200, default="")
    version = peewee.IntegerField(default=0)
    moved_at = UtcField(default=EPOCH, constraints=[peewee.SQL("DEFAULT '1970-01-01 00:00:00'")])
    created_at: UtcField = created_at()

    about = About(
        why="prepaid freight money of a team", keep="10 years, as the law wants of accounts",
        plain="id uid team currency balance_minor held_minor credit_limit_minor alert_below_minor is_low state reason version "
        "moved_at created_at",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "currency"), True),)

    @property
    def label(self) -> str:
        """The account number that statements carry."""
        return f"W{self.id:05d}-{self.currency}"

    @property
    def balance(self) -> Money:
        return Money(self.balance_minor, self.currency)

    @property
    def held(self) -> Money:
        return Money(self.held_minor, self.currency)

    @property
    def left(self) -> Money:
        """Its own money that nothing was promised: judged against the alert level."""
        return Money(self.balance_minor - self.held_minor, self.currency)

    @property
    def available(self) -> Money:
        """What a hold may take, the credit included."""
        return Money(self.balance_minor - self.held_minor + self.credit_limit_minor, self.currency)

    @property
    def credit_limit(self) -> Money:
        return Money(self.credit_limit_minor, self.currency)

    @property
    def alert_below(self) -> Money | None:
        return None if self.alert_below_minor is None else Money(self.alert_below_minor, self.currency)

    @property
    def state_words(self) -> Words:
        return STATES[self.state]

    def told(self, amount_minor: int | None) -> str:
        """An amount in its currency, as events tell it."""
        return "" if amount_minor is None else f"{Money(amount_minor, self.currency).text()} {self.currency}"

    # Its terms, which the operator sets

    @classmethod
    def open_for(cls, team: Team, currency: str, *, by: Any = None) -> Wallet:
        """A new, empty wallet. Raises FieldRefused for a currency nobody prepays in, or one that the team has."""
        if currency not in CURRENCIES:
            raise FieldRefused("currency", "Choose a currency.")
        with write_txn():
            try:
                with db.atomic():
                    wallet = cls.create(team=team, currency=currency)
            except peewee.IntegrityError:
                raise FieldRefused("currency", "The team has a wallet in this currency.") from None
            track("wallet_opened", wallet, by=by, currency=currency)
        return wallet

    @classmethod
    def of(cls, team_id: int, currency: str) -> Wallet | None:
        return cls.get_or_none(cls.team == team_id, cls.currency == currency)

    @classmethod
    def of_team(cls, team_id: int) -> list[Wallet]:
        return list(cls.select().where(cls.team == team_id).order_by(cls.currency))

    def set_terms(self, *, credit_limit_minor: int, alert_below_minor: int | None, by: Any = None) -> None:
        """How far it may be overdrawn by holds, and when to warn. Raises FieldRefused."""
        if not 0 <= credit_limit_minor <= MOST:
            raise FieldRefused("credit_limit", "A credit limit is nothing or more.")
        if alert_below_minor is not None and abs(alert_below_minor) > MOST:
            raise FieldRefused("alert_below", "This level is too far away.")
        with write_txn():
            now = self.require_open()
            self.change(credit_limit_minor=credit_limit_minor, alert_below_minor=alert_below_minor)
            track(
                "wallet_terms_changed", self, by=by, credit_limit=self.told(credit_limit_minor), alert_below=self.told(alert_below_minor),
                was_credit_limit=self.told(now.credit_limit_minor), was_alert_below=self.told(now.alert_below_minor),
            )  # fmt: skip
            self.locked().notice_level()

    def block(self, *, reason: str, by: Any = None) -> None:
        """Nothing new is held; what has left is still charged."""
        if len(reason.strip()) < LEAST_REASON:
            raise FieldRefused("reason", "Say why, in at least %(least)s characters.", least=LEAST_REASON)
        with write_txn():
            self.move("active", "blocked", reason=reason.strip()[:200])
            track("wallet_blocked", self, by=by, reason=self.reason)

    def unblock(self, *, reason: str = "", by: Any = None) -> None:
        with write_txn():
            self.move("blocked", "active", reason="")
            track("wallet_unblocked", self, by=by, reason=reason.strip()[:200])

    def locked(self) -> Wallet:
        """As it stands, while others wait."""
        query: Any = Wallet.select().where(Wallet.id == self.id)
        return (query if is_sqlite() else query.for_update("FOR NO KEY UPDATE")).get()

    def require_open(self) -> Wallet:
        """As it stands, while others wait: whoever asks for something comes before its closing, or not at all. Raises WalletClosed."""
        now = self.locked()
        if now.state == "closed":
            raise WalletClosed()
        return now

    # What the ledger does with it, in one statement each

    def shift(
        self, *, balance: int = 0, held: int = 0, keeps_available: bool = False, allowed: tuple[str, ...]
    ) -> Wallet:
        """Adds to balance and held if the wallet's state allows it and, with `keeps_available`, if what is available stays
        at nothing or more. The wallet as it stands then; whoever moves it next waits. Raises LedgerRefused."""
        now = (_SHIFT_WITHIN if keeps_available else _SHIFT).first(self.id, clock.now(), balance, held, allowed)
        if now is None:
            raise self.refusal(allowed)
        now.notice_level()
        return now

    def refusal(self, allowed: tuple[str, ...]) -> LedgerRefused:
        """Why it was not moved."""
        return self.reload()._refusal(allowed)

    def _refusal(self, allowed: tuple[str, ...]) -> LedgerRefused:
        if self.state == "frozen":
            return WalletFrozen()
        if self.state == "closed":
            return WalletClosed()
        if self.state not in allowed:
            return (
                WalletBlocked(say("The wallet is blocked: %(reason)s", reason=self.reason))
                if self.reason
                else WalletBlocked()
            )
        left = f"{self.available.text()} {self.currency}"
        return InsufficientFunds(say("The wallet has only %(left)s available. Recharge it first.", left=left))

    def notice_level(self) -> None:
        """Tells once when what is left falls below the alert level, and again only after it was above."""
        is_low = self.alert_below_minor is not None and self.left.amount_minor < self.alert_below_minor
        if is_low == self.is_low:
            return
        Wallet.update(is_low=is_low).where(Wallet.id == self.id).execute()
        self.is_low = is_low
        if is_low:
            track(
                "wallet_low",
                self,
                left=self.told(self.left.amount_minor),
                alert_below=self.told(self.alert_below_minor),
            )


def shifted(wallet_id: Any, at: Any, balance: Any, held: Any, allowed: Any, *conditions: Any) -> Any:
    later = peewee.fn.MAX if is_sqlite() else peewee.fn.GREATEST
    changed = Wallet.update(
        balance_minor=Wallet.balance_minor + balance, held_minor=Wallet.held_minor + held, version=Wallet.version + 1,
        moved_at=later(Wallet.moved_at, at),
    )  # fmt: skip
    return changed.where(Wallet.id == wallet_id, Wallet.state.in_(allowed), *conditions).returning(
        *Wallet._meta.sorted_fields
    )


def shifted_within(wallet_id: Any, at: Any, balance: Any, held: Any, allowed: Any, *conditions: Any) -> Any:
    after = Wallet.balance_minor + balance - Wallet.held_minor - held + Wallet.credit_limit_minor
    return shifted(wallet_id, at, balance, held, allowed, after >= 0, *conditions)


_SHIFT, _SHIFT_WITHIN = Prepared(shifted), Prepared(shifted_within)
