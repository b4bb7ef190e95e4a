"""SQL that is remembered is the SQL peewee writes, with the values of the query at hand."""

from __future__ import annotations

from datetime import datetime

import peewee
import pytest

from models.catalog.product import Product
from models.catalog.variant import Variant
from models.orders.order import Order
from models.stores.store import Store
from models.support.bulk import among
from models.support.matching import begins, beside_index
from models.support.narrowed import Narrowed
from models.support.paging import capped_count
from models.support.shapes import NotPlain, shape_of, sql_of

pytestmark = pytest.mark.both
SOME_DAY = datetime(2026, 5, 4, 3, 2, 1)


def _alike(number: int) -> list:
    """Queries as lists ask them: the same for each number but for the values in them."""
    mine = Order.select(Order.id, Order.uid).where(Order.team == number)
    here = peewee.Tuple(Order.ordered_at, Order.id) < peewee.Tuple(SOME_DAY.replace(day=number), number)
    return [
        mine,
        mine.where(Order.status == f"S{number}").order_by(Order.ordered_at.desc(), Order.id.desc()).limit(number + 50),
        mine.where(Order.store.in_([number, number + 1]), Order.awaits_shipment).order_by(Order.id.asc()),
        mine.where(here, Order.ship_by < SOME_DAY.replace(hour=number)),
        mine.where((Order.held_at.is_null()) | (Order.total_minor > number)),
        mine.where(among(Order.id, range(number)), Order.total_minor > number),
        mine.where(peewee.SQL("id = ? OR id = ?", [number, 7]), Order.total_minor > number),
        Order.select(Order.id).where(beside_index(Order.team) == number, begins(Order.order_id, f"{number}_%")),
        Variant.select(Variant, Product).join(Product).where(Variant.team == number, Product.state == "active"),
    ]


def test_a_query_of_a_known_shape_has_its_own_values(lotus):
    for one, other in zip(_alike(1), _alike(2), strict=True):
        assert sql_of(one) == one.sql() and sql_of(other) == other.sql() and one.sql() != other.sql()
        assert shape_of(one)[0] == shape_of(other)[0]


def test_what_is_written_otherwise_has_another_shape(lotus):
    id, team = Order.id, Order.team
    queries = [
        *_alike(1),
        *(Order.select(id).where(condition) for condition in (
            id == 1, id != 1, id < 1, ~(id < 1), id.in_([1]), id.in_([1, 2]), id.in_([]), id.is_null(), id.is_null(False),
            team == 1, (id == 1) & (team == 1) | (team == 2), (id == 1) & ((team == 1) | (team == 2)), peewee.SQL("1"), peewee.SQL("0"),
        )),
        *(Order.select(id).order_by(order) for order in (id.asc(), id.desc(), team.asc())),
        Order.select(id, team), Order.select(team, id), Order.select(id).limit(1), Order.select(id), Store.select(Store.id),
    ]  # fmt: skip
    for query in queries * 2:
        assert sql_of(query) == query.sql()


@pytest.mark.parametrize("make", [
    lambda: Order.select(Order.id).distinct(),
    lambda: Order.select(peewee.fn.COUNT(Order.id)),
    lambda: Order.select(Order.id).offset(1),
    lambda: Order.select(Order.id).where(Order.store.in_(Store.select(Store.id))),
    lambda: Order.alias("older").select(),
    lambda: Order.select(Order.id).order_by(Order.held_at.asc(nulls="last")),
])  # fmt: skip
def test_what_is_not_plain_is_left_to_peewee(lotus, make):
    with pytest.raises(NotPlain):
        shape_of(make())
    assert sql_of(make()) == make().sql()


def test_counts_of_one_shape_stop_where_each_is_told_to(lotus, alice):
    Store.declare(lotus, "One", "eu", by=alice)
    Store.declare(lotus, "Two", "eu", by=alice)
    query = Store.select(Store.id).where(Store.team == lotus)
    assert [capped_count(query, most) for most in (5, 1, 5)] == [2, 1, 2]
    assert capped_count(query.where(Store.name == "One"), 5) == 1
    assert capped_count(query.where(Store.name == "None"), 5) == 0


def test_a_page_of_conditions_alone_has_the_sql_peewee_writes_of_the_whole(lotus):
    begun = Narrowed.of(Order.select(Order.id, Order.uid, Order.status))
    among_stores = Order.store.in_(Store.select(Store.id).where(Store.name == "One"))  # Not plain: left to peewee.

    def finished(most: int):
        return lambda whole: whole.order_by(Order.id.desc()).limit(most)

    for number in (1, 2, 3):
        for conditions in (
            (), (Order.team == number,), (Order.team == number, Order.status == f"S{number}"), (Order.status == f"S{number}",),
            (Order.held_at.is_null(), Order.ship_by < SOME_DAY.replace(hour=number)), (Order.team == number, among_stores),
        ):  # fmt: skip
            narrowed = begun
            for condition in conditions:
                narrowed = narrowed.where(condition)
            assert narrowed.sql("page", finished(number), number) == finished(number)(narrowed.whole()).sql()
    other = Narrowed.of(Order.select(Order.id)).where(Order.team == 1)
    assert other.sql("page", finished(1), 1) == finished(1)(other.whole()).sql(), "another query is not taken for it"
