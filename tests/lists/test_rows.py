"""Rows are taken as they were written before only while all they show is the same: each page here is compared, byte for byte,
with the same page written anew."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from types import CodeType, FunctionType, ModuleType, SimpleNamespace
from typing import Any

import peewee
import pytest
from jinja2 import nodes

from models.audit.origin import Origin, acting
from models.catalog.listing import Listing
from models.catalog.lists import PRODUCTS
from models.catalog.product import Product
from models.catalog.variant import Variant
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.lists.layout import ListLayout
from models.lists.list_of import LISTS, Column, ListOf, both, declare
from models.mailbox.thread import MailThread
from models.orders.ingest import keep
from models.orders.listing import ORDERS
from models.orders.order import Order
from models.orders.tag import OrderTag, put_on
from models.people.employees import invite
from models.people.person import Person
from models.shipping.alerts.alert import ParcelAlert
from models.shipping.lists import PARCELS
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.stores.store import Store
from models.support import known
from models.support.db import write_txn
from models.support.fields import StatusField
from models.support.known import Known, Remembering, Shelf
from models.support.records import plan_of
from models.support.words import say
from tests.orders.conftest import DE, UK, make_store, snapshot
from views.support import cells, rows, stills
from views.support.row_loops import STILL_CELLS
from views.support.told_rows import NotUnderstood, Split

BEFORE_NEW_YEAR = datetime(2026, 12, 31, 15, 45)  # In Shanghai it comes a quarter of an hour later.
HOSTILE = '</td>"><script>alert(1)</script>&amp;\0'
ORDERS_PAGE, PRODUCTS_PAGE, PARCELS_PAGE = "/t/lotus/orders/", "/t/lotus/catalog/products/", "/t/lotus/shipping/"
SORTS = {ORDERS_PAGE: ("", "?sort=-total"), PRODUCTS_PAGE: ("", "?sort=title"), PARCELS_PAGE: ("", "?sort=made")}


@pytest.fixture(autouse=True)
def _nothing_known() -> Iterator[None]:
    known.forget()
    yield
    known.forget()


@pytest.fixture
def look(as_: Any, alice: Person, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Looks at a page of hers, and requires that it is what it would be if nothing had been remembered."""

    def looked(path: str) -> str:
        remembered = _body(as_(alice).get(path).text)
        with monkeypatch.context() as patched:
            patched.setattr(Remembering, "records", lambda self, found: self._records(found))  # As for any other list.
            assert _body(as_(alice).get(path).text) == remembered
        return remembered

    clock.move(to=BEFORE_NEW_YEAR)
    return looked


def _body(page: str) -> str:
    found = page.partition("<tbody")[2].partition("</tbody>")[0]
    assert found
    return found


def _kept() -> set[int]:
    """The texts that are remembered."""
    shelves = [*known._shelves]
    return {id(text) for shelf in shelves for one in shelf._young.values() for _told, text in one.made.values()}


def _changes(model: Any, shown: tuple[Any, ...], rng: random.Random) -> list[Callable[[], None]]:
    """A change of each column a row may show, of one record, to several values."""
    changes = []
    for field in shown:
        if field.name not in ("id", "team", "store", "state"):
            changes += [_change(model, field, value) for value in _values(field, rng)]
    return changes


def _change(model: Any, field: Any, value: Any) -> Callable[[], None]:
    def change() -> None:
        with write_txn():
            one = model.select(model.id).order_by(model.id).limit(1)
            model.update({field: value}).where(model.id.in_(one)).execute()

    change.__name__ = f"{field.name} = {value!r}"
    return change


def _values(field: Any, rng: random.Random) -> list[Any]:
    now = BEFORE_NEW_YEAR
    if field.name == "marketplace_id":
        return [UK, "A0UNKNOWN", DE]
    if isinstance(field, StatusField):
        return list(field.allowed)
    if isinstance(field, peewee.ForeignKeyField):
        return [one.id for one in field.rel_model.select().limit(2)] + ([None] if field.null else [])
    if isinstance(field, peewee.BooleanField):
        return [True, False, True]
    if isinstance(field, peewee.DateTimeField):
        spans = (timedelta(hours=3), -timedelta(minutes=2), -timedelta(days=400), timedelta(hours=20))
        return [now + span for span in spans] + ([None, now] if field.null else [])
    if isinstance(field, peewee.UUIDField):
        return [uuid.UUID(int=rng.getrandbits(128))]
    if isinstance(field, peewee.IntegerField):
        return [1, 0, 1234567]
    return [HOSTILE.replace("\0", "")[: field.max_length or 40], "灯", "Lamp"][
        : 3 if (field.max_length or 40) > 3 else 1
    ]


def _all_columns(person: Any, team: Any, a_list: ListOf, *without: str) -> None:
    shown = [(column.name, column.name not in without, "") for column in a_list.columns]
    ListLayout.of(person, team, a_list).lay_out(a_list, shown, is_compact=False)


def _walked(look: Any, path: str, changes: list[Callable[[], None]], rng: random.Random) -> None:
    """Makes one change after the other. Before each the page is remembered."""
    rng.shuffle(changes)
    for _time in range(2):  # From the second time on.
        look(path)
    for change in changes:
        change()
        look(path + rng.choice(SORTS[path]))


def _readers(alice: Person, clock: Any) -> list[Callable[[], None]]:
    """Another language, another clock, and time that passes: from "now" to "2 minutes ago", and into the next year."""
    return [
        lambda: alice.change(language="zh_Hans"),
        lambda: alice.change(timezone="America/New_York"),
        lambda: alice.change(language="en"),
        lambda: alice.change(timezone="Asia/Shanghai"),
        *[lambda seconds=seconds: clock.move(seconds=seconds) for seconds in (30, 50, 70, 300, 300, 300)],
    ]


def test_whatever_changes_of_an_order_shows_at_once(look, alice, bob, lotus, clock):
    store, rng = make_store(lotus), random.Random(1)
    other = make_store(lotus, "Second")
    keep(store, [snapshot(number, age_days=number / 3) for number in range(3)])
    product = Product.create(team=lotus, code="CUP", title="Cup", image_url="/images/1")
    Variant.create(team=lotus, product=product, sku="CUP-1")
    tag, order = OrderTag.make(lotus, "Fragile", "red"), Order.select().order_by(Order.id).first()
    _all_columns(alice, lotus, ORDERS, "assignee")
    more = [
        lambda: put_on(order, tag), lambda: tag.rename("Fragile <b>", "blue"), lambda: tag.delete_from_all(),
        lambda: store.change(name="Lotus <East>"), lambda: order.change(store=other), lambda: product.change(image_url="/images/2"),
        lambda: product.change(image_url=""),
    ]  # fmt: skip
    _walked(look, ORDERS_PAGE, _changes(Order, ORDERS.shown, rng) + more + _readers(alice, clock), rng)
    _all_columns(alice, lotus, ORDERS)
    look(ORDERS_PAGE)
    with write_txn():
        Order.update(assignee=bob).execute()
    assert bob.name in look(ORDERS_PAGE)
    bob.change(name="Robert <x>")
    assert "Robert &lt;x&gt;" in look(ORDERS_PAGE) and bob.id


def test_whatever_changes_of_a_product_shows_at_once(look, alice, lotus, clock, store_with_an_order_and_a_listing):
    rng = random.Random(2)
    _all_columns(alice, lotus, PRODUCTS)
    states = [lambda state=state: _set(Listing, state=state) for state in ("live", "suppressed", "draft")]
    attempts = [lambda state=state: _set(Listing, publication_state=state) for state in ("refused", "waiting", "")]
    _walked(
        look, PRODUCTS_PAGE, _changes(Product, PRODUCTS.shown, rng) + states + attempts + _readers(alice, clock), rng
    )


def test_whatever_changes_of_a_parcel_shows_at_once(
    look, alice, lotus, harbor, clock, store_with_an_order_and_a_listing
):
    rng = random.Random(3)
    carrier = Carrier.make(harbor, code="YUN", name="Yun", by=alice)
    channel = Channel.make(harbor, carrier, code="OPS-LINE", name="Line", by=alice)
    parcel = make_parcel([Order.select().get()], by=alice)
    _all_columns(alice, lotus, PARCELS)
    more = [
        lambda: _set(Store, name="Lotus & Sons"), lambda: _set(Order, order_id="<1>"), lambda: channel.change(code="OTHER"),
        lambda: ParcelAlert.create(team=lotus, store=parcel.store, parcel=parcel, kind="not_found", since=BEFORE_NEW_YEAR),
        *[lambda state=state: _set(Parcel, state=state) for state in ("shipped", "lost", "delivered")],
    ]  # fmt: skip
    _walked(look, PARCELS_PAGE, _changes(Parcel, PARCELS.shown, rng) + more + _readers(alice, clock), rng)


def _set(model: Any, **values: Any) -> None:
    with write_txn():
        model.update(**values).execute()


# What is remembered, and what never is


def test_a_row_is_written_once_and_carries_the_query_of_each_page(look, lotus):
    keep(make_store(lotus), [snapshot(1)])
    assert look(ORDERS_PAGE) == look(ORDERS_PAGE)
    plain, texts = look(ORDERS_PAGE), _kept()
    assert look(ORDERS_PAGE) == plain and _kept() == texts and len(texts) == 1
    total, units = look(f"{ORDERS_PAGE}?sort=-total"), look(f"{ORDERS_PAGE}?units_least=1")
    assert "?in=" not in plain and "?in=sort%3D-total" in total and "?in=units_least%3D1" in units
    assert total.replace("sort%3D-total", "units_least%3D1") == units and len(_kept()) == 2


def test_another_language_clock_or_year_has_rows_of_its_own(look, alice, lotus, clock):
    keep(make_store(lotus), [snapshot(1, status="SHIPPED", age_days=2)])
    seen = [look(ORDERS_PAGE) for _time in range(3)][2:]
    for change in (
        lambda: alice.change(language="zh_Hans"), lambda: alice.change(language="en", timezone="America/New_York"),
        lambda: alice.change(timezone="Asia/Shanghai"), lambda: clock.move(minutes=10), lambda: clock.move(minutes=10),
    ):  # fmt: skip
        change()
        seen.append(look(ORDERS_PAGE))
    assert seen[0] == seen[3] == seen[4] and len({*seen}) == 4


def test_rows_of_two_people_at_once_are_each_their_own(as_, alice, lotus, clock, in_parallel):
    keep(make_store(lotus), [snapshot(number) for number in range(5)])
    with acting(Origin("command", "tests")):
        dana, _link = invite(lotus, "dana", "Dana Dove", role="boss")
    dana.change(state="active", last_seen_at=clock.now(), language="zh_Hans", timezone="America/New_York")
    browsers = {person.login: as_(person) for person in (alice, dana)}
    expected = {login: _body(browser.get(ORDERS_PAGE).text) for login, browser in browsers.items()}
    known.forget()
    turns = iter([*browsers] * 8)
    seen = in_parallel(8, lambda: (login := next(turns), _body(browsers[login].get(ORDERS_PAGE).text)))
    assert not seen.errors and all(expected[login] == page for login, page in seen.results)
    assert expected["alice"] != expected["dana"]


def test_nothing_of_a_buyer_and_no_credential_is_ever_remembered(as_, alice, lotus):
    keep(make_store(lotus), [snapshot(1, buyer="Canary Finch", gift="Canary greetings")])
    make_parcel([Order.select().get()], by=alice)
    for page in (ORDERS_PAGE, PARCELS_PAGE, "/t/lotus/mailbox/") * 2:
        assert as_(alice).get(page).status_code == 200
    everything = [(one.row, one.data, one.made) for shelf in known._shelves for one in shelf._young.values()]
    assert len(everything) >= 2 and "canary" not in repr(everything).lower()
    remembered = {name for name, one in LISTS.items() if one.is_remembered}
    assert remembered == {"orders", "products", "parcels"}
    for name, a_list in LISTS.items():
        assert isinstance(a_list._rows.plan, Remembering) is (name in remembered)
    assert (plan := plan_of(MailThread.select(MailThread.id, MailThread.state))) and plan.remembering is plan
    with pytest.raises(ValueError, match="never remembered"):
        declare(ListOf("canary", say("Threads"), MailThread, "mailbox.view", (Column("id", say("Id"), lambda one, viewer: one.id),),
                       both("id", MailThread.id), "-id", is_remembered=True))  # fmt: skip


def test_who_works_here_is_asked_for_anew_in_each_row(look, alice, lotus):
    keep(make_store(lotus), [snapshot(1)])
    Order.update(assignee=alice).execute()
    _all_columns(alice, lotus, ORDERS)
    assert all(alice.name in look(ORDERS_PAGE) for _time in range(3)) and not _kept()


def test_what_could_change_unseen_keeps_a_row_from_being_remembered():
    row = Known((1,), {"id": 1})
    for value, is_kept in (("a", True), ([1], False), (Product(id=1), False), (1.0, False), (say("Live"), False)):
        row.made.clear()
        rows.Way().keep(SimpleNamespace(_known=row, _dirty=set()), ((type(value),), value), "<tr>")
        assert bool(row.made) is is_kept
    way = rows.Way()
    way.keep(SimpleNamespace(_known=row, _dirty={"title"}), ((),), "<tr>")
    assert not row.made
    row.keep(way, ((bool,), True), "<tr>")
    assert way.recall(SimpleNamespace(_known=row, _dirty=set()), ((int,), 1)) is None
    assert way.recall(SimpleNamespace(_known=row, _dirty=set()), ((bool,), True)) == "<tr>"


@pytest.mark.parametrize(
    "cell",
    ["{{ order.is_late }}", "{{ stores[order.store_id].name }}", "{{ unknown(order.title) }}", "{{ list.around.get(order.id) }}",
     "{{ ui.pill('ok', order.words) }}", "{{ order.title if may_see }}", "{{ order.title.format(x) }}", "{{ order.title|unknown }}",
     "{% for tag in tags[order.id] %}{{ tag }}{% endfor %}", "{% if order.title %}{{ order.tone }}{% endif %}",
     "{{ ui.ago(order.ordered_at) }}", "{{ ui.icon('x') }}", "{{ uid }}", "{% set two = order.two %}{{ two.name }}"],
)  # fmt: skip
def test_whatever_is_not_known_to_be_still_is_told(app, cell):
    split = _split(app, cell)
    assert split.told
    with pytest.raises(TypeError, match="cannot depend"):
        for node in app.jinja_env.parse(cell).body:
            split.require_still(node)


def test_what_is_a_columns_alone_is_not_told_and_what_is_not_understood_not_remembered(app):
    cell = (
        "{% set uid = order.uid|string %}{{ uid }}{{ ui.pill('ok', order.title) }}{{ order.total|number }}{{ _('of') }}"
    )
    assert not _split(app, cell).told
    for other in ("{% include 'a.html' %}", "{% set a, b = order.title %}", "{% with %}{{ order.title }}{% endwith %}"):
        with pytest.raises(NotUnderstood):
            _split(app, other)


def _split(app: Any, cell: str) -> Split:
    columns = {"id", "uid", "title", "total", "ordered_at", "store_id"}
    for number in app.jinja_env.parse(cell).find_all(nodes.Filter):
        app.jinja_env.filters.setdefault(number.name, str)
    return Split(app.jinja_env.parse(cell).body, "order", columns, {"_"}, STILL_CELLS)


# What a remembered row may call

BOUNDARY = {
    "of_reader",
    "language",
    "sprite",
    "in_template",
    "in_model",
    "many_in_template",
    "sentence",
}  # They know whose page it is.
OUTSIDE = {"g", "request", "session", "current_app", "current_person", "current_team", "reach", "now", "ahead", "db", "url_for",
           "has_request_context", "has_app_context"}  # fmt: skip


def test_what_a_remembered_row_calls_looks_at_nothing_but_its_values_and_the_reader():
    called = [getattr(cells.cells, name) for name in STILL_CELLS - {"ago", "until"}] + [*stills.STILL.values()]
    seen: set[Any] = set()
    for function in called:
        _require_still(function, seen)
    assert len(seen) > 30
    with pytest.raises(AssertionError, match="now"):
        _require_still(cells.since, set())


def _require_still(function: FunctionType, seen: set[Any]) -> None:
    if function in seen or function.__name__ in BOUNDARY:
        return
    seen.add(function)
    names = _names(function.__code__)
    assert not names & OUTSIDE, f"{function.__name__} looks at {names & OUTSIDE}"
    modules = [one for name in names if isinstance(one := function.__globals__.get(name), ModuleType)]
    for place in (function.__globals__, *map(vars, modules)):
        for name in names & place.keys():
            found = getattr(place[name], "__wrapped__", place[name])
            if isinstance(found, FunctionType) and found.__module__.startswith(("views.", "models.")):
                _require_still(found, seen)


def _names(code: CodeType) -> set[str]:
    return set(code.co_names).union(*(_names(one) for one in code.co_consts if isinstance(one, CodeType)))


# How much is remembered


def test_memory_is_bounded_and_keeps_what_is_asked_for(monkeypatch):
    monkeypatch.setattr(known, "MOST_BYTES", 100 * known.BYTES_OF_ROW)
    shelf = Shelf(lambda row: {"id": row[0]}, 0)
    assert shelf.known([(0, "kept")]) == [None]
    [first] = shelf.known([(0, "kept")])
    for number in range(1, 2000):
        shelf.known([(number, "x")] * 2)
        assert len(shelf._young) + len(shelf._old) <= 200
        if number % 50 == 0:
            assert shelf.known([(0, "kept")]) == [first]
    assert shelf.known([(0, "new")])[0] not in (first, None)
    shelf.known([(5000, "x")])
    [one] = shelf.known([(5000, "x")])
    one.keep("way", (), "<tr>" * 1000 * 100)
    assert not shelf._young and not shelf._seen
