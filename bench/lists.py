"""The work `lists`: the pages of products and of orders over HTTP, one request at a time on a new connection each, the portal
and the limit asked in turn. Both must show the same rows in the same order before anything is timed."""

from __future__ import annotations

import io
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import structlog
from flask import Flask

from app import create_app
from bench import ground, limit, postgres
from bench.coming import coming
from bench.ground import Ground
from bench.measure import Measurement, at_most, quantiles
from bench.serving import BROWSER, free_port, get, serving
from models.catalog.lists import PRODUCTS
from models.catalog.product import Product
from models.orders.listing import ORDERS
from models.orders.order import Order
from models.support.db import db
from models.support.paging import make_key

MOST_RATIO, MOST_GROWTH, MOST_DEEP, MOST_BESIDE = 2.0, 1.3, 1.5, 3.0
SMALL = 100
OFTEN = 10  # What is told of one request in twenty wants many.
LINKS = re.compile(r'href="[^"]*/(?:catalog/products|orders)/([0-9a-f-]{32,36})["?]')


@dataclass(frozen=True)
class Size:
    products: int
    orders: int
    samples: int  # Requests for each page and each side.


@dataclass(frozen=True)
class Page:
    name: str
    room: str
    asked: dict[str, str]

    @property
    def path(self) -> str:
        return f"/t/{ground.SLUG}/{self.room}/" + (f"?{urlencode(self.asked)}" if self.asked else "")


def pages(size: Size) -> list[Page]:
    """What a person opens. The databases must be open, to find the row in the middle."""
    products, orders = PRODUCTS.sorts["-changed"], ORDERS.sorts["-date"]
    middle = Product.select().where(Product.state == "active").order_by(*(column.desc() for column in products.columns))
    half = Order.select().order_by(*(column.desc() for column in orders.columns))
    return [
        Page("products: first", "catalog/products", {}),
        Page("products: filter and sort", "catalog/products", {"type": "HOME", "sort": "title"}),
        Page("products: two filters", "catalog/products", {"type": "HOME", "state": "archived"}),
        Page("products: deep", "catalog/products", {"after": make_key(_at(middle, size.products // 2), products)}),
        Page("products: find", "catalog/products", {"find": "Lamp, Coral"}),
        Page("orders: first", "orders", {}),
        Page("orders: filter and sort", "orders", {"status": "SHIPPED", "sort": "-total"}),
        Page("orders: two filters", "orders", {"status": "CANCELLED", "market": "DE"}),
        Page("orders: deep", "orders", {"after": make_key(_at(half, size.orders // 2), orders)}),
        Page("orders: search", "orders", {"q": "P0123"}),
    ]


def _at(query: Any, place: int) -> Any:
    """The row at this place; `get()` would give the first."""
    [found] = query.offset(place).limit(1)
    return found


def run(size: Size, tell: Callable[[str], None]) -> Iterator[Measurement]:
    """Measures every page against the limit on both databases, then how the first ones grow with the table."""
    yield from measured(size, tell, "sqlite", {})
    programs = postgres.binaries()
    if programs is None:
        tell("lists: PostgreSQL is not installed (apt-get install postgresql), so SQLite alone was measured")
        return
    with postgres.cluster(programs) as port:
        yield from measured(size, tell, "postgresql", {name: postgres.create(port, name) for name in ("big", "small")})


def measured(size: Size, tell: Callable[[str], None], kind: str, databases: dict[str, str]) -> Iterator[Measurement]:
    with ExitStack() as stack:
        tell(f"lists: making {size.products:,} products and {size.orders:,} orders on {kind}")
        big = stack.enter_context(
            ground.fresh(database=databases.get("big", ""), products=size.products, orders=size.orders)
        )
        small = stack.enter_context(ground.fresh(database=databases.get("small", ""), products=SMALL, orders=SMALL))
        with big.stood_on():
            asked = pages(size)
            app, bare_app = create_app(big.settings), limit.make(big.settings.data, big.settings.database)
            inside = {page.name: look_inside(app, big.token, page, bare_app) for page in asked}
        ours, bare = stack.enter_context(portal(big)), stack.enter_context(bare_server(big))
        cookie = f"sid={big.token}"
        for page in asked:
            require_equal(page, get(ours, page.path, cookie)[1], get(bare, page.path)[1])
        tell(f"lists: asking for {len(asked)} pages {size.samples} times")
        times: dict[str, tuple[list[float], list[float]]] = {page.name: ([], []) for page in asked}
        for _ in range(size.samples):
            for page in asked:
                times[page.name][0].append(get(ours, page.path, cookie)[0])
                times[page.name][1].append(get(bare, page.path)[0])
        for page in asked:
            mine, theirs = (quantiles(one) for one in times[page.name])
            yield Measurement(
                "lists", page.name, kind, rows_of(page, size), mine, theirs,
                **at_most(mine["p50_ms"] / theirs["p50_ms"], MOST_RATIO), more=inside[page.name],
            )  # fmt: skip
        little = stack.enter_context(portal(small))
        yield from growth(size, kind, asked, times, (ours, cookie), (little, f"sid={small.token}"))
        yield from beside_import(size, kind, asked, big, (ours, cookie))


def growth(
    size: Size, kind: str, asked: list[Page], times: dict, big: tuple[int, str], small: tuple[int, str]
) -> Iterator[Measurement]:
    """The first page of the big table against that of a small one, asked in turn; and a deep page against the first."""
    for page in (page for page in asked if not page.asked):
        get(small[0], page.path, small[1])
        pairs = [
            (get(big[0], page.path, big[1])[0], get(small[0], page.path, small[1])[0]) for _ in range(size.samples)
        ]
        mine, theirs = quantiles([one for one, _ in pairs]), quantiles([other for _, other in pairs])
        name = f"{page.room.rpartition('/')[2]}: {SMALL} to {rows_of(page, size):,} rows"
        yield Measurement(
            "lists", name, kind, rows_of(page, size), mine, theirs,
            **at_most(mine["p50_ms"] / theirs["p50_ms"], MOST_GROWTH),
        )  # fmt: skip
    for room in ("products", "orders"):
        deep, first = (quantiles(times[f"{room}: {which}"][0]) for which in ("deep", "first"))
        rows = size.products if room == "products" else size.orders
        yield Measurement(
            "lists", f"{room}: deep to first", kind, rows, deep, first,
            **at_most(deep["p50_ms"] / first["p50_ms"], MOST_DEEP),
        )  # fmt: skip


def beside_import(
    size: Size, kind: str, asked: list[Page], place: Ground, server: tuple[int, str]
) -> Iterator[Measurement]:
    """The first pages while another process brings in orders without a pause, against the same a moment before."""
    firsts = [page for page in asked if not page.asked]

    def times() -> dict[str, list[float]]:
        found: dict[str, list[float]] = {page.name: [] for page in firsts}
        for _ in range(size.samples * OFTEN):
            for page in firsts:
                found[page.name].append(get(server[0], page.path, server[1])[0])
        return found

    alone = times()
    with coming(place) as came:
        beside = times()
    for page in firsts:
        mine, before = quantiles(beside[page.name]), quantiles(alone[page.name])
        yield Measurement(
            "lists", f"{page.name}, while orders come in", kind, rows_of(page, size), mine, before,
            **at_most(mine["p95_ms"] / before["p95_ms"], MOST_BESIDE), more={"came": came()},
        )  # fmt: skip


def rows_of(page: Page, size: Size) -> int:
    return size.orders if page.room == "orders" else size.products


def require_equal(page: Page, ours: str, bare: str) -> None:
    """Raises AssertionError unless both pages show the same rows in the same order, and in every cell the same words."""
    mine, theirs = shown(ours), shown(bare)
    if not mine or mine != theirs:
        raise AssertionError(
            f"{page.name}: the portal shows {len(mine)} rows, the limit {len(theirs)}, and they differ."
        )
    for one, other in zip(cells(ours), cells(bare), strict=True):
        if one != other:
            raise AssertionError(f"{page.name}: the portal shows {one}, the limit {other}.")


def cells(html: str) -> list[list[str]]:
    """The words in each cell of each row, with what stands there on hover and for the ear."""
    rows = re.findall(r"<tr\b.*?</tr>", html.partition("<tbody")[2].partition("</tbody>")[0], re.S)
    return [[_words(cell) for cell in re.findall(r"<t[hd]\b.*?</t[hd]>", row, re.S)] for row in rows]


def _words(cell: str) -> str:
    told = re.findall(r' (?:title|aria-label)="([^"]*)"', cell)
    return " ".join([*re.sub(r"<[^>]*>", " ", cell).split(), *told])


def shown(html: str) -> list[str]:
    """The uids of the rows of a page, in their order."""
    return list(dict.fromkeys(uid.replace("-", "") for uid in LINKS.findall(html)))


# Servers


@contextmanager
def portal(place: Ground) -> Iterator[int]:
    """The real portal over the folder: `serve`, with its jobs beside it."""
    port = free_port()
    environment = place.environment() | {"PORTOLAN_BIND": f"127.0.0.1:{port}", "PORTOLAN_LOG_LEVEL": "info"}
    with serving(["commands", "serve"], environment, port, place.settings.data.with_name(f"portal-{port}.log")):
        yield port


@contextmanager
def bare_server(place: Ground) -> Iterator[int]:
    port = free_port()
    environment = place.environment() | {"PORTOLAN_BIND": f"127.0.0.1:{port}"}
    with serving(["bench.limit"], environment, port, place.settings.data.with_name(f"limit-{port}.log")):
        yield port


# In the same process, where other work on the machine disturbs less


def look_inside(app: Flask, token: str, page: Page, bare: Any = None, times: int = 7) -> dict[str, Any]:
    """How many queries a page asks, their share of its time, and the processor time of a page on both sides where there is a limit."""
    visitor = app.test_client()
    visitor.set_cookie("sid", token)
    visitor.environ_base["HTTP_USER_AGENT"] = BROWSER
    path, _, query = page.path.partition("?")
    environ = {"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": "GET", "wsgi.input": io.BytesIO()}

    def mine() -> None:
        if visitor.get(page.path).status_code != 200:
            raise RuntimeError(f"{page.path} cannot be shown.")

    with quiet():
        mine()
        with heard_queries() as queries:
            mine()
        sql = min(_seconds(lambda: _ask_again(queries)) for _ in range(times))
        ours = min(_seconds(mine) for _ in range(times))
        theirs = min(_seconds(lambda: bare(environ, lambda *_: None)) for _ in range(times)) if bare else None
    found = {"queries": len(queries), "sql_share": round(sql / ours, 3), "cpu_ms": round(ours * 1000, 2)}
    return found | ({"limit_cpu_ms": round(theirs * 1000, 2)} if theirs is not None else {})


def _seconds(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _ask_again(queries: list[tuple[str, Any]]) -> None:
    for sql, values in queries:
        db.execute_sql(sql, values).fetchall()


@contextmanager
def heard_queries() -> Iterator[list[tuple[str, Any]]]:
    """Every query peewee sends in the block, with its values."""
    heard: list[tuple[str, Any]] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if isinstance(record.msg, tuple):  # Not BEGIN and its like.
                heard.append(record.msg)

    log, ear = logging.getLogger("peewee"), Ear()
    level, is_loud = log.level, log.propagate
    log.addHandler(ear)
    log.setLevel(logging.DEBUG)
    log.propagate = False
    try:
        yield heard
    finally:
        log.removeHandler(ear)
        log.setLevel(level)
        log.propagate = is_loud


@contextmanager
def quiet() -> Iterator[None]:
    """Without the access log, which a served portal writes to a file."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        yield
    finally:
        structlog.configure(**before)
