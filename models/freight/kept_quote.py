"""A kept quote: the price one channel gave for one parcel, frozen with everything that explains it. It is never changed.

What may still be said of it is under which tracking number the parcel left (`book`, once; `rebook` where that number is corrected).
A carrier's bill is compared with it. The postcode of a quote is a place that somebody typed, never kept together with a name; where a quote belongs to an order,
the buyer's postcode is left out and the zone alone is kept.
"""

from __future__ import annotations

import re
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.freight.answering import answer_of, asked_of, six
from models.freight.channel import Channel
from models.freight.day_rate import HOME
from models.freight.engine.parcel import Parcel
from models.freight.engine.quoting import Quote
from models.freight.offering import Offered
from models.freight.rate_card import RateCard
from models.people.person import Person
from models.people.team import Team
from models.support import clock
from models.support.bulk import among
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.fields import ExactDecimalField, JsonField, UidField, UtcField
from models.support.matching import begins
from models.support.money import Money
from models.support.record import About, TeamRecord, created_at
from models.support.words import say

WAYBILL = re.compile(r"[A-Z0-9][A-Z0-9\-]{4,39}")

declare("quote_kept", say("%(actor)s kept the quote %(object)s: %(channel)s to %(country)s for %(total)s"),
        "channel", "version", "country", "total")  # fmt: skip
declare("quote_booked", say("%(actor)s booked the quote %(object)s under %(waybill)s"), "waybill")
declare(
    "quote_rebooked",
    say("%(actor)s booked the quote %(object)s under %(waybill)s instead of %(was)s"),
    "waybill",
    "was",
)
measure("quotes_kept", say("Freight quotes kept"), "quote_kept")
measure("parcels_booked", say("Parcels booked"), "quote_booked")


class FreightQuote(TeamRecord):
    """`asked` and `answer` are plain data (models/freight/answering.py). `waybill` is empty until the parcel is booked. A quote for
    what a parcel measured at the operator's scale `corrects` the booked one: it is what the parcel costs in the end."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    number = peewee.IntegerField()
    channel = peewee.ForeignKeyField(Channel, on_delete="RESTRICT", backref="quotes")
    rate_card = peewee.ForeignKeyField(RateCard, on_delete="RESTRICT", backref="quotes")
    asked = JsonField()
    answer = JsonField()
    ship_date = peewee.DateField()
    country = peewee.CharField(max_length=2)
    postcode = peewee.CharField(max_length=40, default="")
    chargeable = ExactDecimalField()
    unit = peewee.CharField(max_length=3)
    total_minor = peewee.BigIntegerField()
    currency = peewee.CharField(max_length=3)
    home_minor = peewee.BigIntegerField(null=True)
    order_id = peewee.IntegerField(null=True, index=True)
    made_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL", backref="quotes_kept")
    created_at: UtcField = created_at()
    waybill = peewee.CharField(max_length=40, default="")
    booked_at = UtcField(null=True)
    booked_by = peewee.ForeignKeyField(Person, null=True, on_delete="SET NULL", backref="quotes_booked")
    corrects = peewee.ForeignKeyField("self", null=True, unique=True, on_delete="RESTRICT", backref="corrections")

    about = About(
        why="what a channel asked for a parcel, as it was shown", keep="10 years: bills and deductions are compared with it",
        plain="id uid team number channel rate_card asked answer ship_date country postcode chargeable unit total_minor currency "
        "home_minor order_id created_at waybill booked_at corrects",
        staff="made_by booked_by",
    )  # fmt: skip

    class Meta:
        indexes = (
            (("team", "number"), True),
            (("team", "created_at", "id"), False),
            (("team", "channel", "created_at", "id"), False),
            (("team", "country", "created_at", "id"), False),
        )

    @property
    def label(self) -> str:
        return f"Q-{self.number}"

    @property
    def is_booked(self) -> bool:
        return bool(self.waybill)

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def home(self) -> Money | None:
        """The total in CNY, where the day had a rate."""
        return None if self.home_minor is None else Money(self.home_minor, HOME)

    # Keeping

    @classmethod
    def keep(
        cls, team: Team, offered: Offered, parcel: Parcel, quote: Quote, *, by: Any = None, order: Any = None,
        corrects: FreightQuote | None = None,
    ) -> FreightQuote:  # fmt: skip
        """Freezes a price that was given. Raises Refused for a rejected parcel."""
        if not quote.is_ok or quote.total is None or quote.weighed is None:
            raise Refused("This channel does not take the parcel, so there is no price to keep.")
        card = offered.card
        with write_txn():
            kept = cls.create(
                team=team, number=cls._next(team), channel=offered.channel, rate_card=offered.rate_card,
                asked=asked_of(parcel), answer=answer_of(offered, parcel, quote), ship_date=parcel.ship_date,
                country=parcel.country, postcode="" if order else parcel.postcode.strip().upper(),
                chargeable=six(quote.weighed.chargeable), unit=card.unit,
                total_minor=Money.of(quote.total, card.currency).amount_minor, currency=card.currency,
                home_minor=None if quote.total_home is None else Money.of(quote.total_home, HOME).amount_minor,
                order_id=corrects.order_id if corrects else order.id if order else None, made_by=by, corrects=corrects,
            )  # fmt: skip
            track("quote_kept", kept, by=by, channel=offered.channel.code, version=offered.rate_card.version,
                  country=parcel.country, total=f"{kept.total.text()} {kept.currency}")  # fmt: skip
        return kept

    @classmethod
    def _next(cls, team: Team) -> int:
        Team.take_turn(team.id)  # Two at once wait here.
        return (cls.select(peewee.fn.MAX(cls.number)).where(cls.team == team).scalar() or 0) + 1

    # Booking

    def book(self, waybill: str, *, by: Any = None) -> None:
        """Says under which tracking number the parcel left; once. Raises FieldRefused, AlreadyDecided, Refused."""
        if self.corrects_id is not None:
            raise Refused("The parcel is booked with the quote that this one corrects.")
        self._book_as(waybill_of(waybill), "quote_booked", "", by=by)

    def rebook(self, waybill: str, *, by: Any = None) -> None:
        """The parcel's number was changed after its label: the booking follows. Raises FieldRefused, AlreadyDecided."""
        if (waybill := waybill_of(waybill)) != self.waybill:
            self._book_as(waybill, "quote_rebooked", self.waybill, by=by)

    def _book_as(self, waybill: str, event: str, old: str, *, by: Any) -> None:
        """Only while it still is booked as it was."""
        with write_txn():
            booked = FreightQuote.update(waybill=waybill, booked_at=clock.now(), booked_by=by)
            try:
                with db.atomic():
                    is_mine = booked.where(FreightQuote.id == self.id, FreightQuote.waybill == old).execute()
            except peewee.IntegrityError:
                raise FieldRefused("waybill", "Another quote is booked under this number.") from None
            if not is_mine:
                raise AlreadyDecided("This quote is booked already, under %(waybill)s.", waybill=self.reload().waybill)
            track(event, self, by=by, waybill=waybill, **({"was": old} if old else {}))
        self.waybill = waybill

    # Asking

    @classmethod
    def get_visible(cls, reach: Any, uid: Any) -> FreightQuote:
        """The team's quote with its channel and version. Raises OutOfReach."""
        kept = reach.get(cls, uid)
        kept.rate_card = RateCard.select(*RateCard.without_content()).where(RateCard.id == kept.rate_card_id).get()
        return kept

    @classmethod
    def countries_of(cls, team_id: int) -> list[str]:
        """Where the team's kept quotes go."""
        rows = cls.select(cls.country).where(cls.team == team_id).distinct().order_by(cls.country)
        return [row.country for row in rows]

    @classmethod
    def found(cls, team_id: int, text: str, most: int) -> list[int]:
        """The ids of quotes whose number or tracking number a text is; of a tracking number the beginning is enough."""
        text = text.strip().upper()
        mine = cls.select(cls.id).where(cls.team == team_id)
        number = text.removeprefix("Q-")
        if number.isascii() and number.isdecimal() and len(number) < 10:
            rows = list(mine.where(cls.number == int(number)))
            if rows or text.startswith("Q-"):
                return [row.id for row in rows]
        return [row.id for row in mine.where(begins(cls.waybill, text), cls.waybill != "").limit(most)] if text else []

    @classmethod
    def looked_up(cls, reach: Any, text: str, most: int) -> list[FreightQuote]:
        """The team's quotes a number finds, the newest first."""
        ids = cls.found(reach.team_id, text, most)
        rows = reach.query(cls).where(among(cls.id, ids)) if ids else []
        return sorted(rows, key=lambda quote: -quote.number)[:most]


# A tracking number is of one quote of a team; the operator finds it whoever's quote it is.
FreightQuote.add_index(
    FreightQuote.index(
        FreightQuote.team,
        FreightQuote.waybill,
        unique=True,
        where=FreightQuote.waybill != "",
        name="freight_quote_booked",
    )
)
FreightQuote.add_index(
    FreightQuote.index(FreightQuote.waybill, where=FreightQuote.waybill != "", name="freight_quote_waybill")
)


def waybill_of(text: str) -> str:
    """A tracking number as it is compared: in capitals, without spaces. Raises FieldRefused."""
    waybill = "".join(text.split()).upper()
    if not WAYBILL.fullmatch(waybill):
        raise FieldRefused("waybill", "A tracking number has 5 to 40 letters, digits or hyphens.")
    return waybill
