"""A seller's world for tests: a stand-in Amazon over real HTTP, a store that is connected to it, products to publish.

Imported by the conftest of each folder that needs it. Time passes in both worlds with `time_passes(seconds)`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

import sandbox
from config.settings import Settings
from integrations.amazon import client as amazon_client
from jobs import amazon as amazon_jobs
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.catalog import saving
from models.catalog.draft import ImageDraft, ProductDraft, TextDraft, VariantDraft
from models.catalog.listing import Listing
from models.catalog.product import Product
from models.catalog.publication import OPEN, Publication
from models.catalog.variant import Variant
from models.people.team import Team
from models.stores.application import Application
from models.stores.marketplace import by_code
from models.stores.store import Store
from models.support import clock as the_clock
from models.support.db import db
from models.support.job_run import JobRun

FREE = 1e6  # A rate scale at which nobody waits.
CLIENT_ID = "amzn1.application-oa2-client.sandbox"
CLIENT_SECRET = "sandbox-secret"
APPLICATION_ID = "amzn1.sp.solution.sandbox"
PRICES = {"EUR": 1999, "GBP": 1799, "USD": 2199, "CAD": 2999, "MXN": 39900, "JPY": 2980, "AUD": 3299, "SEK": 22900}


class Amazon:
    """The sandbox and its control API."""

    def __init__(self, handle: sandbox.Handle):
        self.handle, self.url = handle, handle.url
        self._http = httpx2.Client(base_url=handle.url + "/_sandbox", trust_env=False, timeout=30)

    def ask(self, path: str, **query: Any) -> Any:
        return self._http.get(path, params=query).raise_for_status().json()

    def tell(self, path: str, **body: Any) -> Any:
        return self._http.post(path, json=body).raise_for_status().json()

    def forget(self, path: str) -> Any:
        return self._http.delete(path).raise_for_status().json()

    def account(self, region: str = "eu") -> dict[str, Any]:
        return next(account for account in self.ask("/accounts")["accounts"] if account["region"] == region)

    def fault(self, kind: str, operation: str = "*", **options: Any) -> None:
        """Lets something go wrong; `times=3`, `seconds=2` or `probability=0.5` bound it."""
        self.tell("/faults", kind=kind, operation=operation, **options)

    def heal(self) -> None:
        self.forget("/faults")

    @property
    def last(self) -> int:
        return self.ask("/state")["requests"]

    def requests(self, operation: str = "", since: int = 0) -> list[dict[str, Any]]:
        """What was asked of it, oldest first."""
        rows = self.ask("/requests", since=since)["requests"]
        return [row for row in rows if not operation or row["operation"] == operation]

    def listings(self) -> dict[tuple[str, str], Any]:
        """What it really has: (SKU, marketplace id) → record."""
        with self.handle.world.turn():
            return {(row.sku, row.marketplace_id): row for row in self.handle.world.listings}

    def close(self) -> None:
        self._http.close()
        self.handle.stop()


@pytest.fixture
def amazon() -> Iterator[Amazon]:
    """A stand-in Amazon for one test, on which nobody is throttled."""
    one = Amazon(sandbox.start(seed=3, rate_scale=FREE))
    yield one
    one.close()


@pytest.fixture
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """The settings of the portal, pointing at the stand-in Amazon where the test has one."""
    if "amazon" not in request.fixturenames:
        return settings
    url = request.getfixturevalue("amazon").url
    return replace(settings, amazon_url=url, lwa_url=url, seller_central_url=url)


@pytest.fixture(autouse=True)
def _jobs_of_this_test(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Jobs call the Amazon of this test, know no token of another one, and wait by moving the clock."""
    monkeypatch.setattr(amazon_client, "BACKOFF_MOST", 0.01)
    monkeypatch.setattr(amazon_jobs, "time", SimpleNamespace(sleep=lambda seconds: the_clock.move(seconds=seconds)))
    if "portal" in request.fixturenames:
        amazon_jobs.use_settings(request.getfixturevalue("portal"))
    amazon_jobs.TOKENS._held.clear()
    yield


@pytest.fixture
def time_passes(request: pytest.FixtureRequest) -> Callable[[float], None]:
    """`time_passes(90)`: both worlds are 90 seconds older."""

    def wait(seconds: float) -> None:
        the_clock.move(seconds=seconds)
        if "amazon" in request.fixturenames:
            request.getfixturevalue("amazon").tell("/clock", advance_seconds=seconds)

    return wait


@pytest.fixture
def run_job(portal: Settings) -> Callable[..., JobRun | None]:
    """`run_job("stores.check", store.uid)`: one run, here and now."""

    def run(name: str, scope: Any = "") -> JobRun | None:
        return Runner(SCHEDULE, portal).run(name, str(scope), the_clock.now())

    return run


@pytest.fixture
def application(lotus: Team) -> Application:
    """The Amazon application of lotus; private, and known to the stand-in Amazon."""
    return Application.save_for(
        lotus, name="Lotus app", kind="private", client_id=CLIENT_ID, client_secret=CLIENT_SECRET
    )


@pytest.fixture
def connect(amazon: Amazon, lotus: Team, application: Application, run_job: Any) -> Callable[..., Store]:
    """`connect("eu")`: a store of lotus, connected to the account of that region."""

    def connect_one(region: str = "eu", *, name: str = "", team: Team = lotus, by: Any = None) -> Store:
        account = amazon.account(region)
        store = Store.declare(
            team, name or f"{team.name} {region.upper()}", region, seller_id=account["seller_id"], by=by
        )
        store.authorize(
            application=application, refresh_token=account["refresh_token"], seller_id=account["seller_id"], by=by
        )
        run_job("stores.check", store.uid)
        return store.reload()

    return connect_one


@pytest.fixture
def store(connect: Callable[..., Store]) -> Store:
    """A connected store of lotus in Europe."""
    return connect("eu")


# Products


def barcode(number: int) -> str:
    """An EAN with a right check digit."""
    digits = f"{random.Random(number).randrange(4 * 10**11, 5 * 10**11)}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits), start=1))
    return digits + str((10 - weighted % 10) % 10)


def draft(number: int = 1, *, skus: tuple[str, ...] = (), **changes: Any) -> ProductDraft:
    """A product that Amazon takes as it is, in English, with German and Japanese texts."""
    skus = skus or (f"TOY-{number}",)
    made = ProductDraft(
        code=f"P-{number}",
        language="en",
        texts={
            "en": TextDraft(f"Rope ball {number}", "A ball on a rope.", ["Strong", "Washable", "Floats"], "dog ball"),
            "de": TextDraft(f"Seilball {number}", "Ein Ball am Seil.", ["Robust", "Waschbar", "Schwimmt"], "hund ball"),
            "ja": TextDraft(f"ロープボール {number}", "ロープ付きボール。", ["丈夫", "洗える", "浮く"], "犬 ボール"),
        },
        variants=[
            VariantDraft(
                sku, barcode(number * 100 + place), {"color": "Blue"}, 510, "CNY", quantity=25, prices=dict(PRICES)
            )
            for place, sku in enumerate(skus)
        ],
        product_type="PET_TOY",
        brand="Harbor & Pine",
        package_length_mm=220,
        package_width_mm=110,
        package_height_mm=95,
        package_weight_grams=340,
        item_weight_grams=300,
        attributes={
            "supplier_declared_dg_hz_regulation": [{"value": "not_applicable"}],
            "pet_type": [{"value": "dog"}],
            "pet_toy_type": [{"value": "ball"}],
        },
        images=[ImageDraft(url="https://images.example.com/rope-ball.jpg")],
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


@pytest.fixture
def enter(lotus: Team) -> Callable[..., Product]:
    """`enter(2)`: the second product of lotus, as Amazon takes it; keywords change the draft."""
    return lambda number=1, team=lotus, **changes: saving.create(team, draft(number, **changes))


@pytest.fixture
def product(enter: Callable[..., Product]) -> Product:
    return enter()


@pytest.fixture
def offer() -> Callable[..., list[Listing]]:
    """`offer(product, store, "DE", "FR")`: listings of every variant there."""

    def listings_of(product: Product, store: Store, *codes: str) -> list[Listing]:
        places = [found for code in codes or ("DE",) if (found := by_code(code))]
        return [Listing.offer(variant, store, place.id) for variant in Variant.of(product) for place in places]

    return listings_of


@pytest.fixture
def listing(offer: Any, product: Product, store: Store) -> Listing:
    """A listing of the product in Germany, never published."""
    return offer(product, store, "DE")[0]


@pytest.fixture
def publish(run_job: Any, time_passes: Callable[[float], None]) -> Callable[..., list[Publication]]:
    """`publish(listing, …)`: asks, and works and waits until each publication has ended (or the patience has)."""

    def until_the_end(*listings: Listing, patience: int = 40, step: float = 15) -> list[Publication]:
        batch = Publication.ask(listings)
        stores = {str(listing.store.uid) for listing in listings}
        for _ in range(patience):
            for uid in stores:
                run_job("catalog.publish", uid)
            if not Publication.select().where(Publication.batch == batch, Publication.state.in_(OPEN)).exists():
                break
            time_passes(step)
        return list(Publication.select().where(Publication.batch == batch).order_by(Publication.id))

    return until_the_end


def answer(text: str) -> Any:
    """An answer of Amazon as it was stored."""
    return json.loads(text)


class Counted:
    """The statements a piece of work sends to the database: `with Counted() as counted: …`."""

    def __enter__(self) -> Counted:
        self.statements: list[str] = []
        true = db.obj.execute_sql

        def execute(sql: str, *args: Any, **kwargs: Any) -> Any:
            if not sql.upper().startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "PRAGMA")):
                self.statements.append(sql)
            return true(sql, *args, **kwargs)

        db.obj.execute_sql = execute
        return self

    def __exit__(self, *_: object) -> None:
        del db.obj.execute_sql

    def __len__(self) -> int:
        return len(self.statements)

    def __repr__(self) -> str:
        return "\n".join(f"{sql[:60]} … {sql[sql.find('FROM') :][:160]}" for sql in self.statements)


HOSTILE = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "{{7*7}}", "{% raw %}",
    "${7*7}", "javascript:alert(1)", "</textarea><script>alert(1)</script>", "\u202eevil\u202c", "أهلا", "😀👩‍👩‍👧",
    "x" * 5000, "&lt;b&gt;", "]]>", "%s %(name)s %", "\\u003cscript\\u003e", "a\u0000b",
)  # fmt: skip
