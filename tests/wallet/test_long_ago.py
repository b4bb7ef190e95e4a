"""Filters that begin where the last row is: the same rows as without a shortcut, whatever was noted, posted today or by a clock set back."""

from __future__ import annotations

from datetime import datetime
from itertools import count

import pytest

from bench.lists import heard_queries
from models.audit.origin import Origin, acting
from models.lists import many
from models.lists.viewer import Viewer
from models.people.reach import Reach
from models.shipping.parcel import Parcel
from models.support import clock
from models.support.db import db, is_sqlite
from models.support.fields import EPOCH
from models.wallet import country_block, finding_all
from models.wallet import hold as holds
from models.wallet.country_block import CountryBlock, Stretch, note_next, unnoted
from models.wallet.mending import pay_in
from models.wallet.movements import MOVEMENTS, TRANSFERS
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from tests.orders.conftest import make_store
from tests.wallet.test_pages import seat

START = datetime(2026, 3, 30, 2, 0)
QUERIES = ("country=IT", "country=DE", "country=US", "country=FR", "country=ZW", "country=IT&country=FR", "country=IT&kind=freight",
           "country=IT&posted_from=2026-04-02", "country=US&posted_to=2026-04-01", "country=DE&currency=USD", "country=IT&team=comet")  # fmt: skip


@pytest.fixture
def charge(lotus, comet, olga, channel):
    """`charge(number, country)`: the freight of another parcel, from one of three wallets by turns; each third on another store."""
    clock.move(to=START)
    numbers, stores = count(1), {}
    with acting(Origin("command", "tests")):
        wallets = [Wallet.open_for(lotus, "CNY"), Wallet.open_for(lotus, "USD"), Wallet.open_for(comet, "CNY")]
        for at, wallet in enumerate(wallets):
            pay_in(wallet, 1_000_000, key=f"first {at}", by=olga)
            stores[wallet.team_id] = [make_store(wallet.team, name=f"{name} {at}") for name in ("Near", "Far")]

    def charged(turn: int, country: str, place: int = 0) -> Transfer:
        wallet, number = wallets[turn % 3], next(numbers)
        parcel = Parcel.create(
            team=wallet.team_id, store=stores[wallet.team_id][place], number=number, country=country, grams=500, state="shipped"
        )  # fmt: skip
        holds.capture(holds.place(wallet, parcel, channel, 900, key=f"hold {number}"), 900, key=f"capture {number}")
        return Transfer.get(Transfer.parcel == parcel)

    charged.wallets, charged.stores = wallets, stores
    return charged


def paged(a_list, reach, query: str, size: int = 3) -> list[int]:
    """The numbers of all rows, page by page, and beside them how many there are said to be."""
    viewer, after, found = Viewer(reach), "", []
    while True:
        shown = a_list.find(viewer, a_list.asked(query, viewer), after=after, size=size)
        found += [row.id for row in shown.page]
        if not (after := shown.page.next_key):
            return [*found, shown.count]


def told(query: str) -> list[int]:
    """The same, looked at one by one."""
    wanted = dict(part.split("=") for part in query.split("&") if not part.startswith("country="))
    countries = {part[8:] for part in query.split("&") if part.startswith("country=")}
    rows = [
        one.id for one in Transfer.select().order_by(Transfer.id.desc())
        if one.parcel_id and one.parcel.country in countries and one.kind == wanted.get("kind", one.kind)
        and str(one.posted_at) >= wanted.get("posted_from", "") and str(one.posted_at.date()) <= wanted.get("posted_to", "9")
        and one.currency == wanted.get("currency", one.currency) and one.team.slug == wanted.get("team", one.team.slug)
    ]  # fmt: skip
    return [*rows, len(rows)]


@pytest.mark.both
def test_a_country_of_long_ago_shows_the_rows_it_has_whatever_was_noted(monkeypatch, charge, clock, harbor, olga):
    monkeypatch.setattr(country_block, "SIZE", 4)
    reach = Reach.of(olga, harbor)

    def compare(when: str) -> None:
        for few, dense in ((10_000, 10_000), (10_000, 0), (2, 10_000), (0, 0)):
            monkeypatch.setattr(finding_all.OfCountry, "few", few)
            monkeypatch.setattr(country_block, "DENSE", dense)
            for query in QUERIES:
                many._kept.clear()
                rows = told(query)
                assert paged(MOVEMENTS, reach, query) == rows, (when, few, query)
                assert paged(MOVEMENTS, reach, f"{query}&sort=posted") == [*rows[-2::-1], rows[-1]], (when, few, query)

    def noted() -> int:
        found = 0
        while note_next():
            found += 1
        return found

    clock.move(to=START)
    assert not noted(), "what is new is not over"
    for turn in range(11):
        clock.move(hours=9)
        charge(turn, "IT" if turn < 8 else "DE")
    compare("nothing is noted")
    clock.move(hours=2)
    charge(0, "DE")
    assert noted() and CountryBlock.select().where(CountryBlock.country == "IT").count() >= 2
    compare("Italy is of long ago, Germany of today, the United States are none")
    for turn in range(14):
        charge(turn, "US" if turn % 7 else "FR")
    compare("the United States are of today, none of it noted")
    clock.move(hours=2)
    charge(1, "US")
    assert noted()
    charge(2, "FR")
    compare("France stands far apart")
    clock.move(days=-40)
    charge.wallets[1].change(moved_at=EPOCH)  # As if it were a wallet of its own: each one's moments are in order.
    late = charge(1, "IT")
    charge(2, "ZW")
    assert late.posted_at < START
    compare("a clock was set back")
    clock.move(days=41)
    charge(0, "US")
    for turn in range(8):
        charge(turn, "US")
    clock.move(hours=2)
    charge(0, "US")
    assert noted() and Stretch.of(["IT"]).last == late.id and Stretch.of(["IT"]).has_gaps
    compare("it goes right again, and what it said is noted")
    monkeypatch.setattr(finding_all, "MOST_UNNOTED", 0)
    compare("nobody noted anything for long")
    monkeypatch.setattr(finding_all, "MOST_UNNOTED", 20_000)
    CountryBlock.delete().where(CountryBlock.block == 0).execute()
    assert noted() == 0, "what is noted is not noted again"


@pytest.mark.both
def test_a_block_is_noted_once_no_number_in_it_is_given_any_more(monkeypatch, charge, clock):
    monkeypatch.setattr(country_block, "SIZE", 4)
    clock.move(to=START)
    for turn in range(8):
        charge(turn, "IT")
    clock.move(minutes=50)
    assert not note_next(), "a transaction may still be writing"
    clock.move(minutes=11)
    while note_next():
        assert all(one.last < Transfer.select().count() for one in CountryBlock.select())
    kept = list(CountryBlock.select().order_by(CountryBlock.id).tuples())
    assert sum(one.transfers for one in CountryBlock.select().where(CountryBlock.country == "IT")) == Transfer.select().where(
        Transfer.parcel.is_null(False), Transfer.id < unnoted()
    ).count()  # fmt: skip
    clock.move(days=-1)
    charge(0, "IT")
    assert not note_next() and list(CountryBlock.select().order_by(CountryBlock.id).tuples()) == kept


@pytest.mark.both
def test_a_store_of_long_ago_is_found_in_its_own_index_and_shows_its_own_rows(charge, clock, lotus, alice):
    clock.move(to=START)
    for turn in range(24):
        clock.move(hours=5)
        charge(turn, "IT", place=1 if turn < 6 else 0)
    mine, theirs = charge.wallets[0], charge.stores[lotus.id]
    near, far = (one.id for one in theirs)
    mia = seat(lotus, "mia", "manager", stores=[far])
    for query, person, stores in (
        (f"store={theirs[1].uid}", alice, {far}), (f"store={theirs[0].uid}", alice, {near}), ("", mia, {far}),
        (f"store={theirs[1].uid}&store={theirs[0].uid}", alice, {near, far}), (f"store={theirs[1].uid}&kind=recharge", alice, set()),
        (f"store={theirs[1].uid}&kind=freight&posted_to=2026-03-30", alice, {far}), (f"store={theirs[0].uid}", mia, {far}),
    ):  # fmt: skip
        rows = [
            one.id for one in Transfer.select().where(Transfer.wallet == mine).order_by(Transfer.id.desc())
            if one.store_id in stores and ("posted_to" not in query or str(one.posted_at)[:10] <= "2026-03-30")
        ]  # fmt: skip
        with heard_queries() as heard:
            assert paged(TRANSFERS, Reach.of(person, lotus), query, size=2) == [*rows, len(rows)], (query, person.login)
        if len(stores) == 1 and "kind" not in query:
            plans = [
                plan_of(sql, values) for sql, values in heard if 'ORDER BY "t1"."posted_at" DESC, "t1"."id" DESC' in sql
            ]
            assert plans and all("transfer_of_store" in plan for plan in plans), (query, plans)
            assert is_sqlite() or all("(store_id = looked_up(" in plan for plan in plans), (query, plans)


def plan_of(sql: str, values: list) -> str:
    explained = db.execute_sql(f"EXPLAIN {'QUERY PLAN ' if is_sqlite() else ''}{sql}", values).fetchall()
    return "; ".join(str(row[-1]) for row in explained)
