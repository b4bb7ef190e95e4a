"""What an order leaves before Amazon's fees: figures that add up to the last fen, and each missing one by its name."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.amazon.mapping import orders as mapping
from models.catalog import saving
from models.catalog.product import Product
from models.catalog.variant import Variant
from models.freight.day_rate import DayRate
from models.freight.origin import today
from models.mailbox.case import AfterSalesCase
from models.mailbox.reading import read
from models.mailbox.taking import take
from models.orders.ingest import keep
from models.orders.line import OrderLine
from models.orders.order import Order
from models.people.employees import invite
from models.people.invitation import Invitation
from models.people.person import Person
from models.profit.margin import Figure, Missing, home_of
from models.profit.margin import margin_of as margin_of_figures
from models.profit.of_order import of_order
from models.profit.sharing import shared
from models.shipping.making import make_parcel
from models.shipping.weighing import weigh
from models.support import clock as the_clock
from models.support.money import Money
from models.wallet.hold import Hold
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from tests.conftest import PASSWORD
from tests.mailbox.conftest import mail_of, make_account, thread_of
from tests.orders.conftest import make_store, payload
from tests.shipping.conftest import SIDES, labelled, ops_channel  # noqa: F401 (a fixture)
from tests.stores.selling import draft
from tests.wallet.conftest import wallet  # noqa: F401 (a fixture)


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currencyCode": "EUR"}


def taxed(number: int = 1, tax: str = "3.98", **facts) -> dict:
    """An order whose items bring 24.90 EUR each, of which so much is tax."""
    told = payload(number, **facts)
    for item in told["orderItems"]:
        net = str(D("24.90") - D(tax or "0"))
        parts = [{"type": "ITEM", "subtotal": euros(net)}]
        item["proceeds"]["breakdowns"] = parts + ([{"type": "TAX", "subtotal": euros(tax)}] if tax else [])
    return told


def kept(store, told) -> Order:
    keep(store, [mapping.order(told)])
    return Order.get(Order.order_id == told["orderId"])


def stock(team, alice, sku: str = "CUP-1", cost: int | None = 1234) -> Variant:
    """A variant with this SKU, bought at so many fen."""
    product = saving.create(team, draft(int(sku[-1])), by=alice)
    variant = Variant.of(product)[0]
    return variant.change(sku=sku, cost_minor=cost, cost_currency="CNY")


def margin_of(order: Order):
    return of_order(order, OrderLine.of(order), AfterSalesCase.of_order(order))


def kinds(margin) -> list[str]:
    return [one.kind for one in margin.missing]


# Pure


def test_cents_are_shared_to_the_last_as_the_rule_says():
    assert shared(-5, {"A": 1, "B": 1, "C": 1}) == {"A": -2, "B": -2, "C": -1}
    assert shared(7, {2: 0, 1: 0}) == {1: 4, 2: 3} and shared(7, {}) == {}
    assert home_of(Money(1000, "USD"), D("7.1005")) == 7101 and home_of(Money(1000, "JPY"), D("0.05")) == 5000


def test_a_share_is_rounded_half_up_and_there_is_none_while_something_is_missing():
    figures = [Figure("items", Money(30000, "CNY"), 30000), Figure("goods", Money(-10000, "CNY"), -10000)]
    assert margin_of_figures(figures, []).ratio == D("0.6667") and margin_of_figures(figures[1:], []).ratio is None
    assert margin_of_figures(figures, [Missing("no_cost", "A")]).ratio is None


@given(st.integers(-(10**9), 10**9), st.dictionaries(st.integers(), st.integers(0, 10**9), min_size=1, max_size=9))
def test_shares_add_up_and_follow_their_weights(total, weights):
    shares = shared(total, weights)
    assert sum(shares.values()) == total and shares.keys() == weights.keys()
    whole = sum(weights.values())
    for name, share in shares.items() if whole else ():
        assert abs(share * whole - total * weights[name]) < whole


def test_tax_is_what_amazon_tells_and_nothing_where_it_lists_none():
    def tax_of(told):
        return mapping.order(told).lines[0].tax

    assert tax_of(taxed()) == (D("3.98"), "EUR") and tax_of(taxed(tax="")) == (0, "EUR")
    assert tax_of(payload()) is None
    strange = taxed()
    strange["orderItems"][0]["proceeds"]["breakdowns"][1]["subtotal"]["currencyCode"] = "USD"
    assert tax_of(strange) is None


# Reckoned


@pytest.mark.both
def test_all_that_is_known_adds_up_and_a_parcels_price_gets_surer(lotus, alice, olga, wallet, ops_channel):  # noqa: F811
    store = make_store(lotus)
    order = kept(store, taxed())
    stock(lotus, alice)
    DayRate.give(lotus, "EUR", today() - timedelta(days=2), D("7.8005"), by=alice)
    before = margin_of(order)
    assert kinds(before) == ["no_parcel"] and before.ratio is None
    assert (before.sum_of("items"), before.sum_of("tax"), before.sum_of("goods")) == (19423, -3105, -2468)
    parcel = make_parcel([order], by=alice)
    assert margin_of(order).missing == (Missing("no_price", parcel.label, str(parcel.uid)),)
    labelled(parcel, alice)
    held = Hold.get()
    on_hold = margin_of(order)
    assert [one.state for one in on_hold.of("freight")] == ["on_hold"] and on_hold.is_whole
    assert on_hold.left_minor == 19423 - 3105 - 2468 - held.amount_minor
    weigh(parcel.reload(), grams=800, sides_mm=SIDES, by=olga)
    charged = margin_of(order)
    cost = 100_000 - Wallet.get_by_id(wallet.id).balance_minor
    assert {one.state for one in charged.of("freight")} == {"charged"} and cost > held.amount_minor
    assert charged.left_minor == 19423 - 3105 - 2468 - cost
    share = D(charged.left_minor) / D(19423 - 3105)
    assert (
        charged.ratio == share.quantize(D("0.0001")) and Transfer.select().where(Transfer.parcel == parcel).count() == 2
    )
    case = AfterSalesCase.create(
        team=lotus, store=store, order=order, kind="refund", due_at=the_clock.now(), currency="EUR"
    )
    assert kinds(margin_of(order)) == ["no_case_cost"] and margin_of(order).ratio is None
    case.change(cost_minor=500)
    assert margin_of(order).left_minor == charged.left_minor - 3900, "5.00 EUR at 7.8005"
    case.change(state="dismissed")
    assert margin_of(order).left_minor == charged.left_minor


@pytest.mark.both
def test_a_parcel_of_two_orders_is_shared_by_what_their_pieces_brought(lotus, alice, wallet, ops_channel):  # noqa: F811
    store = make_store(lotus)
    one, two = kept(store, taxed(1)), kept(store, taxed(2, skus=("CUP-1", "CUP-2")))
    labelled(make_parcel([one, two], by=alice), alice)
    total = Hold.get().amount_minor
    shares = [margin_of(order).sum_of("freight") for order in (one, two)]
    assert sum(shares) == -total and abs(shares[1] - 2 * shares[0]) <= 2
    assert all(margin_of(order).of("freight")[0].of_share for order in (one, two))


def test_what_is_missing_is_named_and_nothing_is_guessed(lotus, alice):
    store = make_store(lotus)
    order = kept(store, payload(1, skus=("CUP-1", "CUP-2"), ours=False, status="SHIPPED"))
    product = Product.get_by_id(stock(lotus, alice, cost=None).product_id)
    margin = margin_of(order)
    assert {(one.kind, one.name) for one in margin.missing} == {
        ("no_tax", "CUP-1"), ("no_tax", "CUP-2"), ("no_cost", "CUP-1"), ("no_product", "CUP-2"), ("first_leg", ""),
        ("no_rate", f"EUR {margin_day(order)}"),
    }  # fmt: skip
    assert margin.left_minor is None and margin.ratio is None
    assert next(one.uid for one in margin.missing if one.kind == "no_cost") == str(product.uid)
    DayRate.give(lotus, "EUR", today() - timedelta(days=12), D(7), by=alice)
    assert "no_rate" in kinds(margin_of(order)), "a rate that old counts no more"
    DayRate.give(lotus, "EUR", today() - timedelta(days=5), D(7), by=alice)
    assert margin_of(order).left_minor == 2 * 17430


def test_a_cancelled_order_brings_and_costs_nothing(lotus, alice):
    order = kept(make_store(lotus), taxed(status="CANCELLED", proceeds={}))
    OrderLine.update(total_minor=None).where(OrderLine.order == order).execute()
    margin = margin_of(order)
    assert not margin.figures and not margin.missing


def margin_day(order: Order) -> str:
    return the_clock.local(order.ordered_at, "Asia/Shanghai").date().isoformat()


# Shown


def test_it_stands_beside_the_order_and_the_thread_for_who_may_see_margins(as_, lotus, comet, alice, charlie):
    store = make_store(lotus)
    told = taxed()
    order, account = kept(store, told), make_account(store)
    product = Product.get_by_id(stock(lotus, alice, cost=None).product_id)
    DayRate.give(lotus, "EUR", today() - timedelta(days=2), D("7.8005"), by=alice)
    raw = mail_of("Wo ist mein Paket?", order=told["orderId"])
    thread = thread_of(take(account, read(raw, the_clock.now()), raw))
    person, token = invite(lotus, "dora", "Dora Klein", role="support")
    Invitation.of_token(token).use(PASSWORD)
    dora = Person.get_by_id(person.id)
    for page in (f"/t/lotus/orders/{order.uid}", f"/t/lotus/mailbox/threads/{thread.uid}"):
        shown = as_(alice).get(page).text
        assert "Left so far, without what is missing" in shown and "No purchase cost for CUP-1." in shown
        assert f"/t/lotus/catalog/products/{product.uid}/edit" in shown and "Before Amazon's fees" in shown
        hidden = as_(dora).get(page)
        assert hidden.status_code == 200 and "Margin" not in hidden.text and "purchase cost" not in hidden.text
        assert as_(charlie).get(page).status_code == 404
    Variant.update(cost_minor=1234).execute()
    page = as_(alice).get(f"/t/lotus/orders/{order.uid}").text
    assert "No purchase cost" not in page and "−CN¥24.68" in page
