"""What makes some orders special: programs, demands on the delivery, being in place of another, being placed elsewhere. A part of its own
of chance decides, so that buyers, money and promises stay what they were."""

from __future__ import annotations

import random
from collections.abc import Sequence

from sandbox.amazon.identifiers import characters
from sandbox.amazon.records import Order

EUROPE = ("AT", "BE", "DE", "ES", "FR", "IE", "IT", "NL", "PL", "SE")
DROP_OFFS = ("Front door", "Reception", "Neighbour", "Garage")
SAYINGS = ("Please ring twice.", "Bell does not work, knock please.", "Second floor, on the left.")
DEMANDS = ("signatureConfirmation", "recipientAgeVerification")
KINDS = (
    "preorder",
    "replacement",
    "exchange",
    "premium",
    "business",
    "prime",
    "gift",
    "transparency",
    "custom",
    "demands",
    "elsewhere",
    "again",
)
OF_ANOTHER = ("replacement", "exchange", "again")


def dress(order: Order, rng: random.Random, before: Sequence[Order] = ()) -> None:
    """As they come. before: older orders, one of which this may be in place of."""
    if order.fulfilled_by == "MERCHANT" and rng.random() < 0.12:
        order.preference = {"dropOffLocation": rng.choice(DROP_OFFS), "addressInstruction": rng.choice(SAYINGS)}
    if order.fulfilled_by == "MERCHANT" and order.address["countryCode"] in EUROPE:
        for line in order.lines:
            line["ioss"] = "IM2760000742"
    luck = rng.random()
    for kind, share in (("replacement", 0.02), ("transparency", 0.05), ("demands", 0.08), ("custom", 0.1)):
        if luck < share:
            become(order, kind, rng, before)
            return


def become(order: Order, kind: str, rng: random.Random, before: Sequence[Order] = ()) -> None:
    """Makes it one of KINDS."""
    line = order.lines[0]
    if kind == "again":
        mine = [
            one
            for one in before
            if one.marketplace_id == order.marketplace_id and one.fulfilled_by == order.fulfilled_by
        ]
        if mine:
            latest = max(mine, key=lambda one: (one.created_at, one.order_id))
            order.buyer, order.address = dict(latest.buyer), dict(latest.address)
    elif kind in OF_ANOTHER:
        same = [
            one for one in before if one.marketplace_id == order.marketplace_id and one.created_at < order.created_at
        ]
        if same:
            name = "REPLACEMENT_ORIGINAL_ID" if kind == "replacement" else "EXCHANGE_ORIGINAL_ID"
            order.associated = [{"orderId": rng.choice(same).order_id, "associationType": name}]
    elif kind == "elsewhere":
        order.channel = "NON_AMAZON"
    elif kind == "gift":
        line["gift"] = line["gift"] or "Happy birthday"
    elif kind == "transparency":
        line["programs"] = ["TRANSPARENCY"]
    elif kind == "custom":
        line["custom"] = f"https://customization.sandbox.example/{characters(12, rng.random())}"
    elif kind == "demands":
        line["demands"] = [rng.choice(DEMANDS)]
    else:
        program = {"business": "AMAZON_BUSINESS"}.get(kind, kind.upper())
        order.programs = [*dict.fromkeys([*order.programs, program])]
