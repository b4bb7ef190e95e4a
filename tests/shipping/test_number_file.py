"""Tracking numbers by file: rows as pasted ones, with carrier, day and reason; the person's own reach, at the dry run and later."""

from __future__ import annotations

import pytest

from commands import imports
from models.freight.carrier import Carrier
from models.imports.entry import ImportRowError
from models.orders.order import Order
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.support import clock
from models.support.errors import Refused
from tests.catalog.test_import import file
from tests.orders.conftest import make_store
from tests.shipping.test_parcel import order_of

GOOD, OTHER, BAD = "RR123456785CN", "YT1234567890123456", "RR123456784CN"


@pytest.fixture
def store(lotus):
    return make_store(lotus)


@pytest.fixture
def parcels(store, alice) -> list[Parcel]:
    return [make_parcel([order_of(store, number)], by=alice) for number in (1, 2, 3, 4)]


@pytest.fixture
def read(lotus, portal, tmp_path, alice):
    def dry_run(*rows, by=alice):
        path = tmp_path / "numbers.csv"
        path.write_bytes(file(*rows))
        return imports.look(portal, lotus, "tracking_numbers", path, by=by)

    return dry_run


def row(parcel, number, **more):
    return {"参考号": parcel, "转单号": number, "carrier": "", "发货日期": "", "reason": ""} | more


def test_rows_are_refused_by_name_and_the_rest_is_given_with_carrier_and_day(portal, read, lotus, alice, parcels):
    yun = Carrier.make(lotus, code="YUN", name="Yun Express")
    day = f"{clock.local(clock.now(), lotus.timezone):%Y/%m/%d}"
    order_id = parcels[1].lines.get().order.order_id
    batch = read(
        row("P-1", GOOD, carrier="yun express", 发货日期=day),
        row(order_id, BAD, reason="so on the label", carrier="=Nobody's post"),
        row("P-3", "RR123456781CN"), row("P-3", OTHER), row("nothing", OTHER), row("P-4", order_id), row("P-9", OTHER),
    )  # fmt: skip
    assert batch.planned == {"new": 2, "refused": 3}
    said = {(error.row, error.column): str(error.sentence) for error in ImportRowError.of(batch)}
    assert (
        "check digit" in said[4, "转单号"]
        and "row 4 already" in said[5, "参考号"]
        and "order's id" in said[7, "转单号"]
    )
    assert "no parcel P-9" in said[8, "参考号"] and "such as P-12" in said[6, "参考号"]
    imports.apply(portal, batch, by=alice)
    first, second, third, fourth = (parcel.reload() for parcel in parcels)
    assert (first.tracking_number, first.carrier, first.state) == (GOOD, yun, "shipped")
    assert (second.tracking_number, second.doubt, second.carrier_name) == (BAD, "so on the label", "=Nobody's post")
    assert (third.tracking_number, fourth.tracking_number) == ("", "")


def test_days_that_cannot_be_are_refused_and_what_changed_meanwhile_is_held(portal, read, alice, parcels):
    Order.update(ordered_at=clock.ago(days=3)).execute()
    days = ("2019-01-01", "2099-01-01", "0001-01-01", f"{clock.now():%Y-%m-%d}")
    batch = read(*(row(f"P-{n}", f"ZZ11223344{n}", 发货日期=day) for n, day in enumerate(days, 1)))
    assert batch.planned == {"new": 1, "refused": 3}
    parcels[3].give_number(OTHER)
    done = imports.apply(portal, batch, by=alice)
    assert done.reload().outcome == {"held": 1} and parcels[3].reload().tracking_number == OTHER


def test_a_file_reaches_no_further_than_the_person_who_brings_it(portal, read, alice, bob, charlie, parcels):
    with pytest.raises(Refused, match="Nobody who may"):
        read(row("P-1", GOOD), by=charlie)
    assert read(row("P-1", OTHER), by=bob).planned == {"refused": 1}  # He sees parcels and may not change them.
    batch = read(row("P-1", "ZZ99887766"))
    imports.apply(portal, batch, by=bob)
    assert parcels[0].reload().tracking_number == ""
