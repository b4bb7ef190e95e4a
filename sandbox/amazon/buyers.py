"""People who buy: invented names, addresses and telephone numbers in their own script. None of them exists; the numbers
are from ranges reserved for fiction where a country has one."""

from __future__ import annotations

import random
from typing import Any

from sandbox.amazon import identifiers
from sandbox.amazon.marketplaces import Marketplace, data

TRAVELLERS = ("CN", "DE", "JP", "AE")  # Where parcels go that leave the marketplace's country.
ABROAD = 0.06
BUSINESS = 0.08


def invent(rng: random.Random, marketplace: Marketplace, fulfilled_by: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A buyer and where the parcel goes. Both are everything the API may ever tell; what it does tell depends."""
    country = marketplace.country
    if fulfilled_by == "MERCHANT" and rng.random() < ABROAD:
        country = rng.choice([one for one in TRAVELLERS if one != country])
    people = data("people")[country]
    name = _name(rng, people)
    is_business = rng.random() < BUSINESS
    buyer: dict[str, Any] = {
        "buyerName": name,
        "buyerEmail": f"{identifiers.characters(14, rng.random()).lower()}@marketplace.sandbox.example",
    }
    if is_business:
        buyer["buyerCompanyName"] = rng.choice(people["companies"])
        if rng.random() < 0.5:
            buyer["buyerPurchaseOrderNumber"] = f"PO-{rng.randrange(10000, 99999)}"
    recipient = name if rng.random() < 0.85 else _name(rng, people)
    address = _address(rng, people, country, recipient)
    if is_business:
        address["companyName"] = buyer["buyerCompanyName"]
    address["addressType"] = "COMMERCIAL" if is_business else "RESIDENTIAL"
    return buyer, address


def gift_message(address: dict[str, Any]) -> str:
    return str(data("people")[address["countryCode"]]["gift"])


def _name(rng: random.Random, people: dict[str, Any]) -> str:
    given, family = rng.choice(people["given"]), rng.choice(people["family"])
    return f"{family} {given}" if people.get("family_first") else f"{given} {family}"


def _address(rng: random.Random, people: dict[str, Any], country: str, recipient: str) -> dict[str, Any]:
    city, state, postal_code = rng.choice(people["places"])
    street = _filled(rng, rng.choice(people["streets"]))
    address: dict[str, Any] = {"name": recipient, "addressLine1": street}
    if rng.random() < 0.35:
        address["addressLine2"] = _filled(rng, rng.choice(people["second"]))
    if country == "DE" and "addressLine2" in address and rng.random() < 0.4:  # German addresses often arrive swapped.
        address["addressLine1"], address["addressLine2"] = address["addressLine2"], street
    for name, value in (("city", city), ("stateOrRegion", state), ("postalCode", _filled(rng, postal_code))):
        if value:
            address[name] = value
    if country == "BR":
        name, _, number = street.partition(", ")
        address["extendedFields"] = {"streetName": name, "streetNumber": number, "neighborhood": "Centro"}
    address["countryCode"] = country
    address["phone"] = _filled(rng, people["phone"])
    return address


def _filled(rng: random.Random, pattern: str) -> str:
    text = pattern.replace("{n}", str(rng.randint(1, 240))).replace("{m}", str(rng.randint(1, 9)))
    return "".join(str(rng.randrange(10)) if character == "#" else character for character in text)
