"""A price sheet in words: how weight counts, what a row and a surcharge cost. Codes of sheets are never shown alone."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from models.catalog.cargo import CARGO as CARGO_WORDS
from models.freight.engine.card import ONE, Card, Row, Surcharge
from models.support.words import Words, say

MANY = 4  # Zones named one by one.

PIECES = {
    "SUM_THEN_COMPARE": say("Several boxes are added first, then weight and volume are compared."),
    "COMPARE_THEN_SUM": say("Weight and volume are compared box by box, then added."),
    "COMPARE_ROUND_THEN_SUM": say(
        "Weight and volume are compared box by box, each box is rounded up, then they are added."
    ),
}
ROW_TYPES = {
    "PER_KG": say("Per kg"), "PER_CBM": say("Per m³"), "FIRST_STEP": say("First weight and steps"), "FLAT": say("Flat"),
}  # fmt: skip
BASES = {
    "FIXED_SHIPMENT": say("%(amount)s per shipment"),
    "FIXED_BOX": say("%(amount)s per box"),
    "PER_KG": say("%(amount)s per kg"),
    "PCT_FREIGHT": say("%(amount)s %% of the freight"),
    "PCT_DECLARED": say("%(amount)s %% of the declared value"),
}
MEASURES = {
    "longest": say("longest side"),
    "second": say("second side"),
    "actual": say("weight"),
    "girth": say("girth"),
}
LEVELS = {"REMOTE": say("Remote"), "SUPER_REMOTE": say("Very remote"), "EMBARGO": say("No service")}


def plain(value: Decimal) -> str:
    """A number without zeros at its end."""
    return format(value.normalize(), "f") if value else "0"


def in_words(card: Card) -> Iterator[tuple[Words, list[Words | str]]]:
    """What the settings of a sheet mean, subject by subject."""
    yield say("Weight that counts"), list(_weight(card))
    if card.unit == "KG":
        yield say("Several boxes"), list(_boxes(card))
        yield say("Rounded up"), list(_rounds(card))
    if card.leasts:
        yield say("At least"), list(_leasts(card))
    yield say("Cargo"), [", ".join(str(CARGO_WORDS.get(tag, tag)) for tag in sorted(card.cargo))]
    yield say("Price"), list(_price(card))


def _weight(card: Card) -> Iterator[Words]:
    if card.unit == "CBM":
        yield say("Cubic metres: the volume, or the weight ÷ %(kg)s kg where that is more.", kg=plain(card.kg_per_cbm))
        if card.least_cbm:
            yield say("At least %(least)s m³.", least=plain(card.least_cbm))
        if card.cbm_step:
            yield say("Rounded up to %(step)s m³.", step=plain(card.cbm_step))
    elif card.volume_mode == "NONE":
        yield say("The actual weight alone; volume does not count.")
    else:
        yield say("Volume weighs length × width × height ÷ %(divisor)s.", divisor=plain(card.divisor))
        yield _compared(card)
    if card.ceil_sides:
        yield say("Sides are rounded up to whole centimetres first.")


def _compared(card: Card) -> Words:
    if card.volume_mode == "MAX_IF_RATIO":
        return say(
            "The larger of both counts if the volume weighs more than %(ratio)s times the actual weight.",
            ratio=plain(card.ratio),
        )
    if card.volume_mode == "MAX_IF_SIDE":
        return say("The larger of both counts if the longest side reaches %(side)s cm.", side=plain(card.side))
    if card.volume_mode == "SHARE":
        return say(
            "The actual weight counts, and %(share)s %% of what the volume exceeds it.", share=plain(card.share * 100)
        )
    return say("The larger of actual weight and volume counts.")


def _boxes(card: Card) -> Iterator[Words]:
    yield PIECES[card.pieces_mode]
    if card.pieces_mode != "SUM_THEN_COMPARE" and card.box_least:
        yield say("A box counts at least %(least)s kg.", least=plain(card.box_least))
    if card.pieces_mode == "COMPARE_ROUND_THEN_SUM" and card.box_step:
        yield say("A box is rounded up to %(step)s kg.", step=plain(card.box_step))


def _rounds(card: Card) -> Iterator[Words]:
    for rule in card.rounds:
        if not rule.step:
            continue
        if rule.below is not None:
            yield say("Below %(below)s kg to %(step)s kg.", below=plain(rule.below), step=plain(rule.step))
        else:
            step = plain(rule.step)
            yield (
                say("From there to %(step)s kg.", step=step)
                if len(card.rounds) > 1
                else say("To %(step)s kg.", step=step)
            )
    if not any(rule.step for rule in card.rounds):
        yield say("Weights are not rounded.")


def _leasts(card: Card) -> Iterator[Words]:
    by_least: dict[Decimal, list[str]] = {}
    for zone, least in card.leasts.items():
        by_least.setdefault(least, []).append(zone)
    for least, zones in sorted(by_least.items()):
        if len(zones) > MANY:
            yield say("%(least)s kg in %(count)s zones.", least=plain(least), count=len(zones))
        else:
            yield say("%(least)s kg in %(zones)s.", least=plain(least), zones=", ".join(zones))


def _price(card: Card) -> Iterator[Words]:
    yield say("In %(currency)s.", currency=card.currency)
    if card.discount != ONE:
        yield say("The freight counts %(share)s %%.", share=plain(card.discount * 100))
    if card.fuels and card.fuel_on_handling:
        yield say("Fuel is reckoned on handling too.")


def price_words(row: Row) -> Words:
    """What a row costs, without handling."""
    if row.type == "FLAT":
        return say("%(price)s flat", price=plain(row.price))
    if row.type == "FIRST_STEP":
        return say("%(first_price)s up to %(first)s kg, then %(step_price)s for each %(step)s kg", first_price=plain(row.first_price),
                   first=plain(row.first), step_price=plain(row.step_price), step=plain(row.step))  # fmt: skip
    if row.type == "PER_CBM":
        return say("%(rate)s per m³", rate=plain(row.rate))
    return say("%(rate)s per kg", rate=plain(row.rate))


def trigger_words(one: Surcharge) -> Words:
    """When a surcharge is called for."""
    if one.when == "remote":
        return LEVELS[one.level] if one.level else say("Remote places")
    if one.when == "cargo":
        return say("Cargo: %(cargo)s", cargo=CARGO_WORDS.get(one.cargo, one.cargo))
    if one.when == "box":
        return say("Box with %(measure)s above %(above)s", measure=MEASURES[one.measure], above=plain(one.above))
    words = {
        "always": say("Always"),
        "customs_declaration": say("Formal customs declaration"),
        "insured": say("Insured"),
    }
    return words[one.when]


def amount_words(one: Surcharge) -> Words:
    return Words(BASES[one.basis].message, amount=plain(one.amount))
