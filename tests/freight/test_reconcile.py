"""A carrier's line is classed as docs/freight.md says, whatever the figures are."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.freight.reconciling import TOLERANCE, Charge, code_of, reconcile


def charge(text: str, weight: str = "", total: str = "") -> Charge:
    """`charge("freight 27.90, handling 15")`; the total is the sum of the lines unless it is given."""
    lines = [
        (name, D(amount)) for name, _, amount in (part.strip().rpartition(" ") for part in text.split(",") if part)
    ]
    return Charge(
        D(total) if total else sum((amount for _, amount in lines), D(0)), tuple(lines), D(weight) if weight else None
    )


QUOTED = charge("freight 27.90, handling 15.00", "0.31")


@pytest.mark.parametrize(
    ("billed", "classes", "difference"),
    [
        (charge("freight 27.90, handling 15.00", "0.31"), "OK", "0"),
        (charge("freight 27.91, handling 14.99", "0.31"), "OK", "0"),
        (charge("运费 27.90, 挂号费 15", "0.32"), "OK", "0"),
        (charge("freight 27.90, handling 15.00", "0.45"), "OK WEIGHT", "0"),
        (charge("freight 27.92, handling 15.00", "0.32"), "RATE", "0.02"),
        (charge("freight 40.50, handling 15.00", "0.45"), "WEIGHT", "12.60"),
        (charge("freight 27.90, handling 15.00, remote 20", "0.31"), "SURCHARGE_EXTRA", "20"),
        (charge("freight 40.50, handling 15.00, remote 3", "0.45"), "WEIGHT SURCHARGE_EXTRA", "15.60"),
        (charge("freight 27.95, handling 15.00, Peak fee 3", "0.31"), "SURCHARGE_EXTRA RATE", "3.05"),
        (charge("freight 20.00, handling 15.00", "0.20"), "RATE", "-7.90"),
        (charge("freight 27.90"), "RATE", "-15.00"),
        (charge("freight 27.90, handling 15.00", "0.31", total="45"), "SURCHARGE_EXTRA", "2.10"),
        (charge("", "0.31", total="42.90"), "OK", "0"),
        (charge("", "0.33", total="50"), "WEIGHT", "7.10"),
        (charge("", total="50"), "RATE", "7.10"),
    ],
)  # fmt: skip
def test_a_billed_parcel_has_its_classes_the_dearest_first(billed: Charge, classes: str, difference: str) -> None:
    found = reconcile(QUOTED, billed, D("0.01"))
    assert (" ".join(found.classes), found.difference) == (classes, D(difference))


def test_what_is_only_on_one_side_or_billed_before_is_told() -> None:
    assert (reconcile(None, QUOTED).classes, reconcile(None, QUOTED).difference) == (("NOT_OURS",), D("42.90"))
    assert (reconcile(QUOTED, None).classes, reconcile(QUOTED, None).difference) == (("MISSING",), D("-42.90"))
    assert reconcile(QUOTED, QUOTED, billed_before=True).classes == ("DUPLICATE",)
    assert [code_of(name) for name in ("Fuel Surcharge", "燃油附加费", "PEAK-2", "!!")] == [
        "fuel",
        "fuel",
        "peak2",
        "other",
    ]


amounts = st.decimals(min_value="-50", max_value="500", places=2)
charges = st.builds(
    lambda lines, rest, weight: Charge(sum((amount for _, amount in lines), D(0)) + rest, tuple(lines), weight),
    st.lists(st.tuples(st.sampled_from(["freight", "handling", "Fuel", "燃油", "peak", "other"]), amounts), max_size=6),
    st.sampled_from([D(0), D("0.01"), D("3.5")]),
    st.none() | st.decimals(min_value="0.001", max_value="70", places=3),
)


@given(charges, charges, st.sampled_from([D(0), D("0.01"), D("0.5")]))
def test_whatever_is_billed_the_lines_add_up_and_a_class_is_found(quoted: Charge, billed: Charge, step: D) -> None:
    found = reconcile(quoted, billed, step)
    assert found.difference == billed.total - quoted.total
    assert len(set(found.classes)) == len(found.classes) >= 1
    assert (found.main == "OK") == (not any(abs(line.difference) > TOLERANCE for line in found.lines))
    assert not {"WEIGHT", "RATE"} <= set(found.classes)
    assert reconcile(quoted, quoted, step).classes == ("OK",)
    turned = Charge(billed.total, tuple(reversed(billed.lines)), billed.weight)
    assert set(reconcile(quoted, turned, step).classes) == set(found.classes)
