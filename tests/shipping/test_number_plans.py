"""Numbers are found along indexes, however many parcels and orders a team has: SQLite keeps no statistics and has to be led."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from models.shipping.connecting import connect
from models.shipping.event_importer import EventPlanner
from models.shipping.followed import stuck
from models.shipping.making import make_parcel
from models.shipping.pasting import pairs_of, planned
from tests.catalog.test_lists import plans_of
from tests.orders.conftest import make_store
from tests.shipping.test_parcel import NUMBER, order_of

THROUGH_ALL = re.compile(
    r"(?:SCAN|SEARCH) t\d+(?: USING (?:COVERING )?INDEX \w+ \(team_id=\?(?: AND store_id=\?)?\))?$"
)


@pytest.fixture
def parcel(lotus, alice):
    made = make_parcel([order_of(make_store(lotus))], by=alice)
    made.give_number(NUMBER, by=alice)
    return made


def through_all(work) -> list[str]:
    """Tables of orders, parcels and what is followed that would be looked through as a whole."""
    large = re.compile(r'FROM "(?:order|parcel|following)"')
    return [
        line
        for sql, plan in plans_of(work)
        for line in plan
        if large.search(sql) and THROUGH_ALL.search(line) and not is_of_store(sql, line)
    ]


def is_of_store(sql: str, line: str) -> bool:
    """A team's stores are few."""
    return re.search(rf'FROM "store" AS "{line.split()[1]}"', sql) is not None


@pytest.mark.parametrize("is_limited", [False, True])
def test_no_number_is_looked_for_through_all_parcels(parcel, lotus, is_limited):
    stores = frozenset([parcel.store_id]) if is_limited else None
    reach = SimpleNamespace(team_id=lotus.id, by_permission={"parcels.view": stores, "parcels.edit": stores})
    order = parcel.lines.get().order.order_id
    account = connect(lotus, kind="seventeen", name="17TRACK", secret="a-key-of-17TRACK")
    planner = EventPlanner.__new__(EventPlanner)
    planner.reach = reach
    assert [row.verb for row in planned(reach, pairs_of(f"{order} {NUMBER}\nP-1 {NUMBER}"))] == ["same", "refused"]
    for work in (
        lambda: planned(reach, pairs_of(f"{order} {NUMBER}\nP-1 {NUMBER}")),
        lambda: parcel.others_with(NUMBER),
        lambda: planner._parcels({NUMBER, "YT1"}),
        lambda: stuck(account, reach),
    ):
        assert through_all(work) == []
