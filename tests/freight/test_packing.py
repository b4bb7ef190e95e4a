"""SKUs into boxes, and the prices beside a weight: nothing is lost, nothing is added, and every figure is the engine's own."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from models.catalog.cargo import CARGO as TAGS
from models.catalog.cargo import tags_of
from models.freight.edges import edges_of
from models.freight.engine.card import CARGO
from models.freight.engine.parcel import Box
from models.freight.engine.quoting import quote
from models.freight.packing import Item, packed
from tests.freight.asking import parcel
from tests.freight.sheets import EXPRESS, LINE, card

size = st.decimals(1, 60, places=1)
items = st.builds(
    Item, sku=st.sampled_from(["A", "B", "C"]), quantity=st.integers(1, 60), kg=st.decimals("0.01", 9, places=3),
    sides=st.tuples(size, size, size), carton_quantity=st.integers(0, 15), carton_kg=st.decimals(0, 20, places=2),
    carton_sides=st.tuples(size, size, size),
)  # fmt: skip


def test_the_kinds_of_cargo_of_products_are_those_of_price_sheets() -> None:
    assert tuple(TAGS) == CARGO
    assert tags_of(" 液体、内电 | liquid") == ["battery_builtin", "liquid"] and tags_of("Battery only") == [
        "battery_only"
    ]


@given(st.lists(items, min_size=1, max_size=4))
def test_every_piece_travels_once_and_weighs_what_it_weighs(given_items: list[Item]) -> None:
    found = packed(given_items)
    cartons = sum(item.cartons for item in given_items)
    loose = sum(item.loose for item in given_items)
    assert sum(box.quantity for box in found.boxes) == cartons + (1 if loose else 0)
    kg = sum((item.cartons * item.carton_kg + item.loose * item.kg for item in given_items), D(0))
    assert sum((box.kg * box.quantity for box in found.boxes), D(0)) == kg
    if loose:  # The box of loose pieces holds every one of them.
        box = found.boxes[-1]
        volume = sum((item.loose * item.sides[0] * item.sides[1] * item.sides[2] for item in given_items), D(0))
        assert box.sides[0] * box.sides[1] * box.sides[2] >= volume
        assert max(box.sides) >= max(max(item.sides) for item in given_items if item.loose)


def test_a_single_piece_keeps_its_package_and_what_is_unknown_is_named() -> None:
    mug = Item("MUG", 1, D("0.4"), (D(10), D(9), D(12)))
    assert packed([mug]).boxes == (Box(D("0.4"), (D(12), D(10), D(9))),) and packed([mug]).steps == (("single", "MUG"),)
    bare, flat = Item("BARE", 2), Item("FLAT", 2, D("0.1"))
    found = packed([mug, bare, flat])
    assert (found.weightless, found.sizeless) == (("BARE",), ("FLAT",)) and found.boxes == (Box(D("0.6")),)


@given(st.decimals("0.001", 69, places=3), st.sampled_from([LINE, EXPRESS]))
def test_the_price_at_an_edge_is_the_price_a_parcel_of_that_weight_has(kg: D, sheet: dict[str, str]) -> None:
    made = card(sheet)
    sent = replace(parcel(), boxes=(Box(kg, (D(5), D(5), D(5))),))
    now = quote(made, sent, {})
    for edge in edges_of(now):
        there = quote(made, replace(sent, boxes=(Box(edge.weight, (D(5), D(5), D(5))),)), {})
        assert there.total == edge.total and there.weighed.chargeable == edge.weight  # type: ignore[union-attr]
        assert now.total is not None and now.total - edge.total == edge.saved
