"""Where a team's parcels leave from: the sender on labels, customs forms and carriers' waybills. One for each team."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import UtcField
from models.support.record import About, TeamRecord
from models.support.words import say

FIELDS = {
    "name": 80, "company": 80, "line1": 120, "line2": 120, "city": 80, "region": 80, "postcode": 20, "country": 2, "phone": 40,
    "ioss_number": 14,
}  # fmt: skip
REQUIRED = ("name", "line1", "city", "country")
COUNTRY, IOSS = re.compile(r"[A-Z]{2}", re.ASCII), re.compile(r"IM\d{10}", re.ASCII)

declare("ship_from_changed", say("%(actor)s changed where the parcels of %(object)s leave from: %(fields)s"), "fields")


tell("ship_from_changed.fields", {
    "name": say("Name"), "company": say("Company"), "line1": say("Address line 1"), "line2": say("Address line 2"),
    "city": say("City"), "region": say("State or region"), "postcode": say("Postcode"), "country": say("Country"),
    "phone": say("Phone"), "ioss_number": say("IOSS number"),
})  # fmt: skip


class NoSender(Refused):
    def __init__(self) -> None:
        super().__init__("Say first where your parcels leave from: Parcels › Sender.")


class ShipFrom(TeamRecord):
    """As it is to stand on the parcel. `ioss_number` goes to carriers with parcels into the European Union."""

    team = peewee.ForeignKeyField(Team, primary_key=True, on_delete="CASCADE")
    name = peewee.CharField(max_length=80)
    company = peewee.CharField(max_length=80, default="")
    line1 = peewee.CharField(max_length=120)
    line2 = peewee.CharField(max_length=120, default="")
    city = peewee.CharField(max_length=80)
    region = peewee.CharField(max_length=80, default="")
    postcode = peewee.CharField(max_length=20, default="")
    country = peewee.CharField(max_length=2, default="CN")
    phone = peewee.CharField(max_length=40, default="")
    ioss_number = peewee.CharField(max_length=14, default="")
    changed_at = UtcField(default=clock.now)

    about = About(
        why="the sender on labels and waybills", keep="while the team sends parcels",
        plain="team company line1 line2 city region postcode country ioss_number changed_at", staff="name phone",
    )  # fmt: skip

    @property
    def address(self) -> dict[str, str]:
        """With Amazon's names of the parts, as a buyer's is."""
        return {
            "name": self.name, "companyName": self.company, "addressLine1": self.line1, "addressLine2": self.line2,
            "city": self.city, "stateOrRegion": self.region, "postalCode": self.postcode, "countryCode": self.country,
            "phone": self.phone,
        }  # fmt: skip

    @classmethod
    def of(cls, team_id: int) -> ShipFrom | None:
        return cls.get_or_none(cls.team == team_id)

    @classmethod
    def required(cls, team_id: int) -> ShipFrom:
        """Raises NoSender."""
        if (found := cls.of(team_id)) is None:
            raise NoSender()
        return found

    @classmethod
    def keep(cls, team: Team, told: Mapping[str, str], *, by: Any = None) -> None:
        """Sets the sender. Raises FieldRefused; nothing has changed then."""
        new = checked(told)
        with write_txn():
            Team.take_turn(team.id)
            held = cls.of(team.id)
            fields = [name for name in FIELDS if held is None or getattr(held, name) != new[name]]
            if not fields:
                return
            if held is None:
                cls.create(team=team, **new)
            else:
                held.change(**new, changed_at=clock.now())
            track("ship_from_changed", team, by=by, fields=fields)


def checked(told: Mapping[str, str]) -> dict[str, str]:
    """Trimmed and bounded. Raises FieldRefused for the first field that is wrong."""
    new = {name: " ".join(told.get(name, "").split()) for name in FIELDS}
    new["country"], new["ioss_number"] = new["country"].upper(), new["ioss_number"].upper()
    for name, most in FIELDS.items():
        if name in REQUIRED and not new[name]:
            raise FieldRefused(name, "This is needed.")
        if len(new[name]) > most:
            raise FieldRefused(name, "At most %(most)s characters; this has %(has)s.", most=most, has=len(new[name]))
    if not COUNTRY.fullmatch(new["country"]):
        raise FieldRefused("country", "The country's two letters, such as CN.")
    if new["ioss_number"] and not IOSS.fullmatch(new["ioss_number"]):
        raise FieldRefused("ioss_number", "An IOSS number is IM and ten digits.")
    return new
