"""Stores, listings and orders of the demo: everything through the verbs of the screens and the portal's own jobs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from commands.demo.amazon import StandIn
from commands.demo.goods import Good
from jobs.runner import Runner
from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.publication import OPEN, Publication
from models.catalog.variant import Variant
from models.database import close_databases, connected
from models.people.person import Person
from models.people.team import Team
from models.stores.application import Application
from models.stores.store import Store
from models.support import clock
from models.support.db import db, write_txn
from models.support.errors import Refused
from models.support.job_run import JobWake, stop_runs
from models.vault.data_key import keys_db

PUBLISHING, DEFINITIONS, ORDERS = "catalog.publish", "catalog.definitions", "orders.poll"
SECONDS_TO_GO_LIVE = 90
ACCOUNTS = (  # team, name of the account and the store, region, marketplaces, orders
    ("lotus", "Lotus Home Europe", "eu", ["DE", "FR", "UK"], 230),
    ("lotus", "Lotus Home Pacific", "fe", ["JP", "AU"], 110),
    ("comet", "Comet US", "na", ["US"], 60),
)
LEFT = {"Lotus Home Europe": 20, "Comet US": 6}  # Of those, sent in these weeks from here (commands/demo/parcels.py).
BY_AMAZON, TO_SHIP = 0.3, 0.12  # Shares of the orders: shipped by Amazon; waiting for the team.
ORDER_DAYS, TO_SHIP_DAYS, LEFT_DAYS = 28, 2.5, 21
TO_SHIP_STATUSES = [*["UNSHIPPED"] * 6, "CANCEL_REQUESTED", "PENDING", "PARTIALLY_SHIPPED"]
SPECIAL = {
    "Lotus Home Europe": (
        (6, {"days": 2, "fulfilled_by": "MERCHANT", "statuses": ["UNSHIPPED"], "marketplaces": ["DE"],
             "kinds": ["replacement", "premium", "business", "gift", "demands", "again"]}),
        (1, {"days": 3, "fulfilled_by": "MERCHANT", "statuses": ["PENDING_AVAILABILITY"]}),
        (2, {"days": 20, "fulfilled_by": "MERCHANT", "statuses": ["RETURNED"]}),
        (1, {"days": 9, "fulfilled_by": "AMAZON", "statuses": ["UNFULFILLABLE"]}),
    )
}  # fmt: skip
ORDERS_PER_HOUR = 6  # Buyers go on ordering while the demo is served.


def run_wakes(runner: Runner, *names: str) -> None:
    """Does what these jobs were woken for, until nothing is left."""
    while wishes := [wish for wish in JobWake.waiting() if wish.job in names]:
        for wish in wishes:
            run = runner.run(wish.job, wish.scope, wish.asked_at, wish)
            if run is not None and run.state == "failed":
                raise Refused(f"{wish.job} failed: {run.error_words}")


# Stores


def register(amazon: StandIn, operator: Team, base_url: str, *, by: Person) -> Application:
    """The operator's application, public and shared, with the address Amazon may send sellers back to."""
    amazon.ask(
        "POST",
        "applications",
        client_id=amazon.client_id,
        client_secret=amazon.client_secret,
        application_id=amazon.application_id,
        name="Harbor Lines Portal",
        redirect_uris=[f"{base_url}/stores/consent"],
    )
    return Application.save_for(
        operator, name="Harbor Lines Portal", kind="public", client_id=amazon.client_id, client_secret=amazon.client_secret,
        application_id=amazon.application_id, is_shared=True, by=by,
    )  # fmt: skip


def connect(
    amazon: StandIn, runner: Runner, application: Application, teams: dict[str, Team], bosses: dict[str, Person]
) -> dict[str, list[Store]]:
    """Opens the accounts, connects their stores with the refresh tokens, and lets the jobs learn what they are.

    One more store of lotus is declared and waits for the person who tries Amazon's consent page.
    """
    stores: dict[str, list[Store]] = {}
    for slug, name, region, codes, _orders in ACCOUNTS:
        account = amazon.ask("POST", "accounts", name=name, region=region, marketplaces=codes, orders_per_hour=0)
        with write_txn():
            store = Store.declare(teams[slug], name, region, seller_id=account["seller_id"], by=bosses[slug])
            store.authorize(application=application, refresh_token=account["refresh_token"], by=bosses[slug])
        stores.setdefault(slug, []).append(store)
    Store.declare(teams["lotus"], "Lotus Home America", "na", by=bosses["lotus"])
    run_wakes(runner, "stores.check")
    return {slug: [require_active(store.reload()) for store in its] for slug, its in stores.items()}


def require_active(store: Store) -> Store:
    if not store.is_active:
        raise Refused(f"{store.name} could not be connected: {store.problem_words}")
    return store


# Listings


def offer(team: Team, its: list[Good], stores: list[Store], *, by: Person) -> list[Listing]:
    """Listings of the goods where they are to be sold, with what has to differ there."""
    places = {row.code: (store, row.marketplace_id) for store in stores for row in store.marketplaces if row.is_known}
    variants: dict[str, list[Variant]] = {}
    for variant in Variant.select(Variant, Product).join(Product).where(Variant.team == team).order_by(Variant.id):
        variants.setdefault(variant.product.code, []).append(variant)
    listings = []
    for good in its:
        for code in good.markets:
            store, marketplace_id = places[code]
            own = good.own_values_on(code)
            for variant in variants[good.code]:
                listing = Listing.offer(variant, store, marketplace_id)
                if own:
                    listing.override(own, by=by)
                listings.append(listing)
    return listings


def publish(listings: list[Listing], *, by: Person) -> None:
    """Asks for it as the page does, a batch a store."""
    for store_id in sorted({listing.store_id for listing in listings}):
        batch = [listing for listing in listings if listing.store_id == store_id]
        Publication.ask(batch, language=by.language, by=by)


def work_until_ended(runner: Runner, stores: Iterable[Store]) -> None:
    """Runs the publishing job of every store, side by side, until each publication has ended one way or the other.

    Beside them the product types are fetched, which the stores were woken for when they were connected.
    """
    until = time.monotonic() + SECONDS_TO_GO_LIVE
    works = [partial(_publish, runner, str(store.uid), until) for store in stores]
    works.append(partial(run_wakes, runner, DEFINITIONS))
    with ThreadPoolExecutor(len(works), thread_name_prefix="demo") as pool:
        try:
            for done in [pool.submit(_connected, work) for work in works]:
                done.result()
        except BaseException:
            stop_runs()  # Somebody ends the demo: what runs stops at its next step.
            raise


def _connected(work: Callable[[], None]) -> None:
    try:
        with connected():
            hasten()
            work()
    finally:
        close_databases()


def hasten() -> None:
    """While the demo is filled, this thread waits for no disk: whatever is cut off is thrown away at the next start."""
    for database in (db, keys_db):
        database.execute_sql("PRAGMA synchronous = OFF")


def _publish(runner: Runner, uid: str, until: float) -> None:
    store = Store.of_uid(uid)
    mine = Publication.select().where(Publication.store == store, Publication.state.in_(OPEN))
    while mine.exists() and time.monotonic() < until:
        run = runner.run(PUBLISHING, uid, clock.now())
        if run is None or run.is_running:  # It was stopped on the way.
            return
        first = mine.order_by(Publication.due_at).first()
        if first is not None:
            time.sleep(min(1.0, max(0.0, (first.due_at - clock.now()).total_seconds())))


def look_again(runner: Runner, stores: Iterable[Store], codes: Iterable[str]) -> None:
    """Reads these goods once more, after Amazon has looked at them; the portal itself would do it within ten minutes."""
    products = Product.select(Product.id).where(Product.code.in_(list(codes)))
    with write_txn():
        Listing.update(watch_at=clock.now()).where(Listing.product.in_(products), Listing.state == "live").execute()
    for store in stores:
        runner.run(PUBLISHING, str(store.uid), clock.now())


# Orders


def buy(amazon: StandIn, stores: Iterable[Store]) -> None:
    """Invented buyers order what is live: over the last four weeks, and the newest wait for somebody to ship them."""
    by_name = {store.name: store for store in stores}
    for _slug, name, _region, _codes, count in ACCOUNTS:
        by_amazon, to_ship, left = round(count * BY_AMAZON), round(count * TO_SHIP), LEFT.get(name, 0)
        special = SPECIAL.get(name, ())
        for number, ways in (
            *special,
            (by_amazon, {"days": ORDER_DAYS, "fulfilled_by": "AMAZON"}),
            (to_ship, {"days": TO_SHIP_DAYS, "fulfilled_by": "MERCHANT", "statuses": TO_SHIP_STATUSES}),
            (left, {"days": LEFT_DAYS, "fulfilled_by": "MERCHANT", "statuses": ["UNSHIPPED"]}),
            (
                count - by_amazon - to_ship - left - sum(number for number, _ways in special),
                {"days": ORDER_DAYS, "fulfilled_by": "MERCHANT"},
            ),
        ):
            if number:
                amazon.ask("POST", "orders", seller_id=by_name[name].seller_id, count=number, **ways)


def fetch_orders(runner: Runner, stores: Iterable[Store]) -> None:
    """The first import."""
    for store in stores:
        run = runner.run(ORDERS, str(store.uid), clock.now())
        if run is not None and run.state == "failed":
            raise Refused(f"Orders of {store.name} could not be fetched: {run.error_words}")


def go_on_buying(amazon: StandIn, stores: Iterable[Store]) -> None:
    """From now on orders come by themselves."""
    for store in stores:
        amazon.ask("PATCH", f"accounts/{store.seller_id}", orders_per_hour=ORDERS_PER_HOUR)
