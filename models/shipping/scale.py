"""The weigh-in of the operator's warehouse: a number, a weight and three sides in one go, a parcel every few seconds.

Who weighs looks at the box and not at the screen. So what is unclear, or far from what the label says, is refused in a sentence at its
field and changes nothing; nothing doubtful is ever taken by what is scanned next.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import peewee

from models.freight.kept_quote import FreightQuote
from models.imports.cells import decimal
from models.people.person import Person
from models.people.team import Team
from models.shipping.number import normalized
from models.shipping.numbering import read_number
from models.shipping.parcel import Parcel
from models.shipping.scale_photo import weigh_with
from models.shipping.warehouse import SHOWN, entrusted
from models.shipping.weighing import MOST_GRAMS, MOST_MM, ON_ITS_WAY, Weighing
from models.support.bulk import among
from models.support.errors import FieldRefused, Refused
from models.support.words import Words, say

SIDES = ("length", "width", "height")
UNITS = {"": 1, "g": 1, "克": 1, "kg": 1000, "公斤": 1000, "千克": 1000}
FAR = 20  # So many times lighter or heavier than the label says is grams taken for kilograms, or another box.
RECENT, MOST_FOUND = 20, 20
WEIGHT = re.compile(r"(.*?)\s*(kg|g|克|公斤|千克)?", re.IGNORECASE)
OWN_NUMBER = re.compile(r"(?:([A-Z0-9-]{1,40}?)[ /:]{1,3})?P-?(\d{1,9})", re.ASCII)
BETWEEN_SIDES = re.compile(r"\s*[x×*X]\s*")


class FarOff(FieldRefused):
    """A weight so far from the label's that it is taken only with a tick."""


class AlreadyWeighed(FieldRefused):
    """Its only parcel was weighed in before; `last` is what the scale said then."""

    def __init__(self, number: str, last: Weighing):
        self.last = last
        words = say(
            "%(number)s was weighed in already, with %(grams)s g. It is weighed once.", number=number, grams=last.grams
        )
        super().__init__("code", words)


def put_on(
    reach: Any, code: str, weight: str, sides: Sequence[str] = ("", "", ""), *, unit: str = "", is_sure: bool = False, photo: bytes | None = None,
    by: Any = None,
) -> Weighing:  # fmt: skip
    """Weighs in the parcel of a scanned or typed number. Raises FieldRefused at `code`, `weight`, a side or `photo`; FarOff."""
    parcel = meant(reach, code)
    grams, sides_mm = grams_of(weight, unit), sides_of(sides)
    if not is_sure:
        require_near(parcel, grams)
    try:
        return weigh_with(photo, parcel, grams=grams, sides_mm=sides_mm, by=by)
    except FieldRefused:
        raise
    except Refused as refused:
        raise FieldRefused("code", refused.words) from refused


def meant(reach: Any, code: str) -> Parcel:
    """The one parcel of a number that can be weighed in now. Raises FieldRefused at `code`."""
    rows = _found(reach, code)
    weighed = Weighing.of_parcels(row.id for row in rows)
    ready = [row for row in rows if row.state in ON_ITS_WAY and row.id not in weighed]
    if weighed and not ready:
        raise AlreadyWeighed(code.strip()[:64], max(weighed.values(), key=lambda one: one.id))
    if len(ready) != 1:
        words = _why_not(code, rows, ready)
        raise FieldRefused("code", words)
    return ready[0]


def _found(reach: Any, code: str) -> list[Parcel]:
    """By its tracking number, by what its carrier calls it, or by its own number (`P-12`, `lotus/P-12`)."""
    plain = unicodedata.normalize("NFKC", code[:120]).strip().upper()
    if own := OWN_NUMBER.fullmatch(plain):
        teams = Team.select(Team.id)
        teams = teams.where(Team.slug == own[1].lower()) if own[1] else teams
        here = Parcel.team.in_(teams) & (Parcel.number == int(own[2]))
    elif number := normalized(code):
        here = among(Parcel.tracking_number, sorted({number, _core(code)})) & (Parcel.tracking_number != "")
    else:
        return []
    return list(Parcel.select(*SHOWN, Parcel.number).where(here, entrusted(reach.team_id)).limit(MOST_FOUND))


def _core(code: str) -> str:
    try:
        return read_number(code).core
    except Refused:  # Not how a number looks.
        return normalized(code)


def _why_not(code: str, rows: list[Parcel], ready: list[Parcel]) -> Words:
    written = code.strip()[:64]
    if ready and len({row.team_id for row in ready}) == len(ready) and OWN_NUMBER.fullmatch(written.upper()):
        return say(
            "Several teams have a parcel %(number)s. Write the team before it, such as lotus/P-12.", number=written
        )
    if ready:
        return say(
            "%(count)s parcels have the number %(number)s. Weigh the right one in from the list.",
            count=len(ready),
            number=written,
        )
    if any(row.state == "void" for row in rows):
        return say("%(number)s was voided: its label is worth nothing any more. Keep the box aside.", number=written)
    if rows:
        return say("%(number)s has ended; there is nothing left to weigh.", number=written)
    return say("No parcel with a label of your channels has the number %(number)s.", number=written)


def grams_of(text: str, unit: str = "") -> int:
    """Whole grams from `800`, `800 g` or `0.8 kg`; the unit counts where none is written. Raises FieldRefused at `weight`."""
    found = WEIGHT.fullmatch(unicodedata.normalize("NFKC", text[:40]).strip())
    written = (found[2] or "").lower() if found else ""
    value = _decimal("weight", found[1] if found else text)
    if value is None:
        raise FieldRefused("weight", "Weigh the parcel.")
    grams = value * UNITS[written or unit]
    if grams != grams.to_integral_value():
        raise FieldRefused("weight", "A scale says whole grams: write 800, or 0.8 kg.")
    if not 0 < grams <= MOST_GRAMS:
        raise FieldRefused("weight", "Between 1 and 1,000,000 grams.")
    return int(grams)


def sides_of(texts: Sequence[str]) -> tuple[int, int, int]:
    """Millimetres from centimetres; `20x15x5` in the first field means all three. Raises FieldRefused at a side."""
    parts = BETWEEN_SIDES.split(unicodedata.normalize("NFKC", texts[0][:40]).strip())
    if len(parts) == 3 and not any(texts[1:]):
        texts = parts
    length, width, height = (_millimetres(name, text) for name, text in zip(SIDES, texts, strict=True))
    missing = next((name for name, side in zip(SIDES, (length, width, height), strict=True) if not side), None)
    if missing and any((length, width, height)):
        raise FieldRefused(missing, "Give all three sides, or none.")
    return length, width, height


def _millimetres(name: str, text: str) -> int:
    value = (_decimal(name, text) or Decimal(0)) * 10
    if value != value.to_integral_value() or value > MOST_MM:
        raise FieldRefused(name, "Centimetres up to 1000, with one decimal at most.")
    return int(value)


def _decimal(name: str, text: str) -> Decimal | None:
    try:
        return decimal(text[:40])
    except Refused as refused:
        raise FieldRefused(name, refused.words) from refused


def require_near(parcel: Parcel, grams: int) -> None:
    """Raises FarOff."""
    if parcel.grams and not parcel.grams <= grams * FAR <= parcel.grams * FAR * FAR:
        words = say("%(grams)s g is far from the %(declared)s g of its label. Is it this box, and is the unit right?",
                    grams=grams, declared=parcel.grams)  # fmt: skip
        raise FarOff("weight", words)


def recent(reach: Any, most: int = RECENT) -> list[Weighing]:
    """What was weighed in last on this team's channels, the latest first; with team, price and person, and nothing else read."""
    query = (
        Weighing.select(Weighing, Parcel.id, Parcel.uid, Parcel.state, Parcel.tracking_number, Parcel.country, Team.id, Team.slug, Team.name,
                        FreightQuote.id, FreightQuote.total_minor, FreightQuote.currency, Person.id, Person.name)
        .join(Parcel)
        .join(Team)
        .switch(Weighing)
        .join(FreightQuote, peewee.JOIN.LEFT_OUTER)
        .switch(Weighing)
        .join(Person, peewee.JOIN.LEFT_OUTER)
        .where(entrusted(reach.team_id))
    )  # fmt: skip
    return list(query.order_by(Weighing.id.desc()).limit(most))
