"""What is new in a list is said while one looks at it, and only what one may see."""

from __future__ import annotations

from models.orders.ingest import keep
from models.orders.order import Order
from tests.orders.conftest import make_store, snapshot
from views.support.fresh import fresh_url


def address_for(app, person, team, path="/t/lotus/orders/?status=SHIPPED&after=x") -> str:
    from flask import g

    from models.people.reach import Reach

    with app.test_request_context(path):
        g.team, g.reach = team, Reach.of(person, team)
        return fresh_url("orders.fresh", Order.visible_to(g.reach), Order.ordered_at)


def test_new_orders_are_counted_since_the_list_was_shown(app, as_, alice, lotus, comet):
    store = make_store(lotus)
    keep(store, [snapshot(n, age_days=5) for n in range(3)])
    address = address_for(app, alice, lotus)
    assert as_(alice).get(address, headers={"HX-Request": "true"}).status_code == 204
    keep(store, [snapshot(n, age_days=1) for n in range(3, 5)])
    keep(make_store(comet, "Comet EU"), [snapshot(n, age_days=1) for n in range(4)])
    html = as_(alice).get(address, headers={"HX-Request": "true"}).text
    assert "2 new orders" in html and 'href="/t/lotus/orders/?status=SHIPPED"' in html
    assert "since=" in html, "it goes on asking"


def test_without_htmx_it_leads_back_to_the_list(app, as_, alice, lotus):
    assert as_(alice).get(address_for(app, alice, lotus)).location == "/t/lotus/orders/?status=SHIPPED"
    assert as_(alice).get("/t/lotus/orders/fresh").location == "/t/lotus/orders/"


def test_a_stamp_or_an_address_that_was_tampered_with_does_no_harm(as_, alice, lotus):
    keep(make_store(lotus), [snapshot(1)])
    for query in ("", "since=x", "since=9999-99-99", "since=" + "9" * 400):
        html = (
            as_(alice)
            .get(f"/t/lotus/orders/fresh?{query}&back=https://evil.example/", headers={"HX-Request": "true"})
            .text
        )
        assert "1 new order" in html and 'href="https://evil' not in html


def test_who_may_not_see_orders_is_not_told_of_them(as_, bob, charlie, lotus):
    assert as_(bob).get("/t/lotus/orders/fresh").status_code == 403
    assert as_(charlie).get("/t/lotus/orders/fresh").status_code == 404
