"""A parcel on the operator's scale: weighed and measured once, and priced anew by the very price sheet, day and place of its label.

What the channel does not take is kept as measured, with the reason and without a price; then a person decides what it costs. No
buyer's data are opened: zone and remoteness are those that the label's quote found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.audit.telling import tell
from models.freight.answering import answer_of, plain
from models.freight.batch.reasons import REASONS
from models.freight.channel import Channel
from models.freight.day_rate import rates_on
from models.freight.engine.card import Between
from models.freight.engine.parcel import Parcel as Asked
from models.freight.engine.quoting import Quote, quote
from models.freight.explaining import WARNINGS, reason_words
from models.freight.kept_quote import FreightQuote
from models.freight.offering import Beside, Offered
from models.freight.origin import today
from models.freight.rate_card import RateCard
from models.people.person import Person
from models.people.team import Team
from models.shipping import moments
from models.shipping.parcel import Parcel
from models.support import clock
from models.support.bulk import among
from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.fields import JsonField, UtcField
from models.support.money import Money
from models.support.record import About, TeamRecord
from models.support.words import Words, say

MOST_GRAMS, MOST_MM = 1_000_000, 10_000
FUEL_MISSING = "FUEL_RATE_MISSING"
ON_ITS_WAY, ARRIVED = ("labelled", "shipped"), ("delivered", "returned")

declare("parcel_weighed", say("%(actor)s weighed the parcel %(object)s in for the operator: %(grams)s g"),
        "grams", "sides_mm", "quote", "difference_minor", "currency", "problems")  # fmt: skip
declare("parcel_weighed_late", say("%(actor)s entered what the parcel %(object)s weighed, after it had arrived: %(grams)s g"),
        "grams", "sides_mm", "quote", "difference_minor", "currency", "problems")  # fmt: skip
declare("weighing_kept", say("%(actor)s weighed %(object)s of %(owner)s in: %(grams)s g"), "owner", "grams", "channel")
tell("parcel_weighed.problems", REASONS)
tell("parcel_weighed_late.problems", REASONS)
measure("parcels_weighed_in", say("Parcels weighed in"), "weighing_kept")


class Weighing(TeamRecord):
    """`team` is the parcel's. `quote` is the new price, `difference_minor` what it is more than the label's; both are empty where
    `reasons` (as in an answer, models/freight/answering.py) say why there is none."""

    team = peewee.ForeignKeyField(Team, index=False, on_delete="RESTRICT")
    parcel = peewee.ForeignKeyField(Parcel, unique=True, backref="weighings", on_delete="CASCADE")
    grams = peewee.IntegerField(constraints=[peewee.Check("grams > 0")])
    length_mm = peewee.IntegerField(default=0)
    width_mm = peewee.IntegerField(default=0)
    height_mm = peewee.IntegerField(default=0)
    quote = peewee.ForeignKeyField(FreightQuote, null=True, unique=True, on_delete="RESTRICT", backref="weighings")
    difference_minor = peewee.BigIntegerField(null=True)
    currency = peewee.CharField(max_length=3)
    reasons = JsonField(default=list)
    weighed_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="weighings")
    weighed_at = UtcField(default=clock.now)

    about = About(
        why="what a parcel weighed at the operator's scale, and what it costs by that", keep="as the parcel",
        plain="id team parcel grams length_mm width_mm height_mm quote difference_minor currency reasons weighed_at",
        staff="weighed_by",
    )  # fmt: skip

    @property
    def sides_mm(self) -> tuple[int, int, int]:
        return self.length_mm, self.width_mm, self.height_mm

    @property
    def size(self) -> str:
        return size_text(*self.sides_mm)

    @property
    def difference(self) -> Money | None:
        return None if self.difference_minor is None else Money(self.difference_minor, self.currency)

    @property
    def problems(self) -> list[Words]:
        """Why it has no price, in sentences."""
        return [
            WARNINGS[one["code"]] if one["code"] in WARNINGS else reason_words(one, one["unit"]) for one in self.reasons
        ]

    @classmethod
    def of(cls, parcel: Parcel) -> Weighing | None:
        return cls.get_or_none(cls.parcel == parcel)

    @classmethod
    def of_parcels(cls, parcels: Iterable[int]) -> dict[int, Weighing]:
        """By the parcel's id."""
        return {one.parcel_id: one for one in cls.select().where(among(cls.parcel, list(parcels)))}


Weighing.add_index(Weighing.index(Weighing.parcel, where=Weighing.quote.is_null(), name="weighing_without_price"))


def size_text(length: int, width: int, height: int) -> str:
    """Centimetres as people write them: 20.5 × 15 × 9; nothing where nobody measured."""
    return " × ".join(plain(Decimal(side) / 10) for side in (length, width, height)) if length else ""


def weigh(
    parcel: Parcel, *, grams: int, sides_mm: tuple[int, int, int] = (0, 0, 0), is_late: bool = False, by: Any = None
) -> Weighing:
    """Keeps what the scale says, prices it anew and says that the parcel has left its seller; once. `is_late`: also where it arrived
    without having been on the scale, by the weight its carrier billed. Raises FieldRefused, Refused, AlreadyDecided."""
    length, width, height = _sides(sides_mm)
    if not 0 < grams <= MOST_GRAMS:
        raise FieldRefused("grams", "Between 1 and 1,000,000 grams.")
    with write_txn():
        Team.take_turn(parcel.team_id)  # As everybody does who keeps a quote, before the parcel.
        now = parcel.locked()
        label = _label_of(now, is_late)
        offered, asked, found = priced(label, now, grams, (length, width, height))
        reasons = _reasons(offered, asked, found, label)
        now.leave(clock.now(), source="scale", by=by)
        new = None if reasons else FreightQuote.keep(now.team, offered, asked, found, by=by, corrects=label)
        difference = new.total_minor - label.total_minor if new else None
        kept = _keep(
            team=now.team_id, parcel=now, grams=grams, length_mm=length, width_mm=width, height_mm=height, quote=new,
            difference_minor=difference, currency=label.currency, reasons=reasons, weighed_by=by,
        )  # fmt: skip
        _tell(now, kept, offered.channel, by)
        moments.come("weigh", now, by=by, weighing=kept)
    return kept


def _sides(sides_mm: tuple[int, int, int]) -> tuple[int, int, int]:
    if any(not 0 <= side <= MOST_MM for side in sides_mm):
        raise FieldRefused("length", "Between 0 and 10,000 millimetres.")
    if any(sides_mm) and not all(sides_mm):
        raise FieldRefused("length", "Give all three sides, or none.")
    length, width, height = sorted(sides_mm, reverse=True)
    return length, width, height


def _label_of(parcel: Parcel, is_late: bool) -> FreightQuote:
    """The quote its label fixed. Raises Refused for a parcel that is not to be weighed in."""
    if parcel.state == "draft":
        raise Refused("The parcel has no label yet.")
    if parcel.state == "void":
        raise Refused("The parcel was voided: its label is worth nothing any more.")
    if Weighing.of(parcel) is not None:
        raise AlreadyDecided("This parcel was weighed in already.")
    if parcel.state not in (ON_ITS_WAY + ARRIVED if is_late else ON_ITS_WAY):
        raise Refused("The parcel has ended; there is nothing left to weigh.")
    charge = moments.Charge.of(parcel)
    if charge is None or not Team.get_by_id(charge.owner_id).is_operator:
        raise Refused("Only parcels with a label of the operator's channels are weighed in.")
    return charge.quote


def priced(
    label: FreightQuote, parcel: Parcel, grams: int, sides_mm: tuple[int, int, int]
) -> tuple[Offered, Asked, Quote]:
    """What the label's price sheet says to these figures, for the same day, place, goods and value. Raises FieldRefused."""
    channel: Channel = label.channel
    version = RateCard.select(*RateCard.without_content()).where(RateCard.id == label.rate_card_id).get()
    version.channel = channel
    card = Beside([channel], label.ship_date).composed(version, channel)
    if not card.dates.holds(
        label.ship_date
    ):  # A later version took the day over; what the label was priced by still counts.
        card = replace(card, dates=Between())
    if card.volume_mode != "NONE" and not all(sides_mm):
        raise FieldRefused("length", "This channel counts volume: measure all three sides.")
    length, width, height = (str(Decimal(side) / 10) for side in sides_mm)
    box = {"kg": str(Decimal(grams) / 1000), "l": length, "w": width, "h": height}
    asked = Asked.read({**label.asked, "boxes": [box]})
    place = label.answer["zone"], label.answer.get("remoteness", "")
    rates = rates_on(parcel.team_id, min(label.ship_date, today()))
    return Offered(channel, version, card), asked, quote(card, asked, rates, place)


def _reasons(offered: Offered, asked: Asked, found: Quote, label: FreightQuote) -> list[dict[str, Any]]:
    """Why the measured parcel has no price that could be charged, as an answer tells it."""
    unit = offered.card.unit
    if not found.is_ok:
        return [{**one, "unit": unit} for one in answer_of(offered, asked, found)["reasons"]]
    is_lost = FUEL_MISSING in found.warnings and FUEL_MISSING not in label.answer["warnings"]
    return [{"code": FUEL_MISSING, "unit": unit}] if is_lost else []


def _keep(**values: Any) -> Weighing:
    try:
        with db.atomic():
            return Weighing.create(**values)
    except peewee.IntegrityError:
        raise AlreadyDecided("This parcel was weighed in already.") from None


def _tell(parcel: Parcel, kept: Weighing, channel: Channel, by: Any) -> None:
    """Both logs hold it: the seller's with what it costs, the operator's with whose parcel it was."""
    name = "parcel_weighed_late" if parcel.state in ARRIVED else "parcel_weighed"
    track(name, parcel, by=by, grams=kept.grams, sides_mm=list(kept.sides_mm),
          quote=kept.quote.label if kept.quote else "", difference_minor=kept.difference_minor, currency=kept.currency,
          problems=[one["code"] for one in kept.reasons])  # fmt: skip
    track("weighing_kept", kept, by=by, team=channel.team_id, label=parcel.tracking_number, owner=parcel.team.name,
          grams=kept.grams, channel=channel.code)  # fmt: skip
