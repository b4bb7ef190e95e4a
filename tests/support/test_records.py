"""Records made quickly are the records peewee makes."""

from __future__ import annotations

import pytest

from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.variant import Variant
from models.orders.ingest import keep
from models.orders.order import Order
from models.people.session import Session
from models.support.records import plan_of, records
from tests.orders.conftest import make_store, snapshot


@pytest.fixture
def orders(lotus):
    keep(make_store(lotus), [snapshot(number, age_days=number) for number in range(1, 4)])


def test_a_record_is_the_same_field_by_field(orders):
    made, known = records(Order.select().order_by(Order.id)), list(Order.select().order_by(Order.id))
    assert len(made) == 3 and [one.__data__ for one in made] == [one.__data__ for one in known]
    assert all(type(one) is Order and not one.dirty_fields for one in made)


def test_columns_of_one_table_are_the_same_in_a_query_within_which_it_stands_again(orders):
    newest = Order.alias("newest")
    query = Order.select(Order.id, Order.uid, Order.ordered_at).where(
        Order.id.in_(newest.select(newest.id).where(newest.order_id == Order.order_id))
    )
    made, known = records(query), list(query)
    assert len(made) == 3 and [one.__data__ for one in made] == [one.__data__ for one in known]


def test_a_joined_record_is_held_by_the_one_that_leads_to_it(orders):
    (order, *_) = records(Order.select(Order, Order.store.rel_model).join(Order.store.rel_model).order_by(Order.id))
    assert order.store.__data__ == order.store.reload().__data__ and "store" in order.__rel__


@pytest.mark.parametrize(
    "query",
    [
        Order.select(Order.id + 1),
        Order.select(Order.id).dicts(),
        Listing.select(Listing, Variant, Product).join(Variant).join(Product),
        Session.select(Session, Variant).join(Variant, "LEFT OUTER JOIN", on=(Variant.id == Session.id)),
    ],
)
def test_what_is_not_plain_is_left_to_peewee_or_understood_in_full(query):
    plan = plan_of(query)
    assert plan is None or len(plan.links) == len(plan.parts) - 1
