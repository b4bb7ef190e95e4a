"""The physical limit of a list page: granian, SQL by hand on the same tables and indexes, one compiled template.

It shows the same rows with the same cells (`require_equal` in bench/lists.py compares their words), counts to 10,001 and pages
by key as the portal does; it knows no people, no languages, no layout, and writes moments and amounts for one reader alone, remembering them as the portal does. `python -m bench.limit` serves the data folder of PORTOLAN_DATA, or the database of PORTOLAN_DATABASE, on
the port of PORTOLAN_BIND.
"""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import psycopg
from jinja2 import Environment
from psycopg.rows import dict_row

SIZE, MOST = 50, 10_001
PRAGMAS = "PRAGMA query_only = ON; PRAGMA cache_size = -32768; PRAGMA mmap_size = 268435456; PRAGMA temp_store = memory"
MARKETPLACES = {
    "ATVPDKIKX0DER": "US", "A1PA6795UKMFR9": "DE", "A1F83G8C2ARO7P": "UK", "A1VC38T7YXB528": "JP", "A13V1IB3VIYZZH": "FR",
}  # fmt: skip
IDS = {code: marketplace for marketplace, code in MARKETPLACES.items()}

HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
<link rel="stylesheet" href="/static/css/portolan.css"></head><body><main><h1>{{ title }}</h1><p>{{ count }}</p>
<table class="table"><thead><tr>{% for name in columns %}<th scope="col">{{ name }}</th>{% endfor %}</tr></thead><tbody>
{% for row in rows %}"""
FOOT = """</tr>
{% endfor %}</tbody></table>
{% if after %}<a href="?after={{ after }}">Next page</a>{% endif %}</main></body></html>"""
NO_PICTURE = '<svg class="thumb thumb-none" aria-hidden="true"><use href="/static/icons/sprite.svg#image"/></svg>'
COPY = '<svg class="icon" aria-hidden="true"><use href="/static/icons/sprite.svg#copy"/></svg>'
PRODUCT_ROW = (
    """<tr id="product-{{ row['uid'] }}"><td><label class="row-check-hit"><input type="checkbox" class="row-check" name="selected" value="{{ row['uid'] }}" form="bulk" aria-label="Select {{ row['code'] }}"></label></td>
<th scope="row"><span class="item">{% if row['image_url'] %}<img class="thumb" src="{{ row['image_url'] }}" alt="" width="28" height="28" loading="lazy" decoding="async">{% else %}"""
    + NO_PICTURE
    + """{% endif %}<span class="two-lines"><a class="clip" href="/t/lotus/catalog/products/{{ row['uid'] }}" title="{{ row['title'] }}" data-drawer>{{ row['title'] }}</a><bdi class="mono clip">{{ row['first_sku'] }}</bdi></span></span></th>
<td><bdi class="mono">{{ row['code'] }}</bdi></td><td class="end">{{ row['variant_count'] }}</td>
<td><span class="cluster">{% for word, tone, count in standing.get(row['id'], ()) %}<span class="pill{{ tone }}">{{ count }} {{ word }}</span>{% else %}<span class="soft">—</span>{% endfor %}</span></td>
<td><bdi class="small soft">{{ row['product_type'] or "—" }}</bdi></td><td><time datetime="{{ row['updated_at'] }}" title="{{ full(row['updated_at']) }}">{{ ago(row['updated_at']) }}</time></td>"""
)
ORDER_ROW = (
    """<tr id="order-{{ row['uid'] }}"><td><label class="row-check-hit"><input type="checkbox" class="row-check" name="selected" value="{{ row['uid'] }}" form="bulk" aria-label="Select {{ row['order_id'] }}"></label></td>
<th scope="row"><span class="cluster nowrap"><bdi class="market">{{ markets[row['marketplace_id']] }}</bdi><span class="copyable"><a class="mono" href="/t/lotus/orders/{{ row['uid'] }}" data-drawer><bdi>{{ row['order_id'] }}</bdi></a><button type="button" class="copy" data-copy="{{ row['order_id'] }}" aria-label="Copy {{ row['order_id'] }}">"""
    + COPY
    + """</button></span></span></th>
<td><time datetime="{{ row['ordered_at'] }}" title="{{ full(row['ordered_at']) }}">{{ moment(row['ordered_at']) }}</time></td>
{% set waits = row['awaits_shipment'] %}{% set late = waits and is_late(row['ship_by']) %}<td><span class="pill{% if waits %}{% if late %} pill-bad{% else %} pill-warn{% endif %}{% else %}{{ tones.get(row['status'], " pill-info") }}{% endif %}">{{ states[row['status']] }}</span>{% if waits and row['cancel_requested'] %} <span class="pill pill-bad">Cancel requested</span>{% endif %}{% if row['fulfilled_by'] == "AMAZON" %} <span class="soft small">by Amazon</span>{% endif %}</td>
<td>{% if waits %}<time class="nowrap{% if late %} tone-bad strong{% endif %}" datetime="{{ row['ship_by'] }}" title="{{ full(row['ship_by']) }}">{{ until(row['ship_by']) }}</time>{% else %}<span class="soft">—</span>{% endif %}</td>
<td>{% if row['marks'] %}<span class="soft small">{{ row['marks'] }}</span> {% endif %}{% for name, colour in tags.get(row['id'], ()) %}<span class="pill pill-tag pill-{{ colour }}"><bdi>{{ name }}</bdi></span> {% endfor %}</td>
<td><span class="item">{% if pictures.get(row['first_sku']) %}<img class="thumb" src="{{ pictures[row['first_sku']] }}" alt="" width="28" height="28" loading="lazy" decoding="async">{% else %}"""
    + NO_PICTURE
    + """{% endif %}<span class="two-lines"><span class="clip" title="{{ row['first_title'] }}">{{ row['first_title'] or "—" }}</span><bdi class="mono clip">{{ row['first_sku'] }}</bdi></span></span>{% if row['line_count'] > 1 %} <span class="soft small">and {{ row['line_count'] - 1 }} more</span>{% endif %}</td><td class="end">{{ row['unit_count'] }}</td>
<td class="end"><bdi class="figure nowrap">{{ money(row['total_minor'], row['currency']) }}</bdi></td>
<td>{{ stores[row['store_id']] }}</td>"""
)
STATES = {
    "PENDING_AVAILABILITY": "Pending availability", "PENDING": "Pending", "UNSHIPPED": "Unshipped", "SHIPPED": "Shipped",
    "PARTIALLY_SHIPPED": "Partially shipped", "CANCELLED": "Cancelled", "UNFULFILLABLE": "Unfulfillable",
}  # fmt: skip
TONES = {"SHIPPED": " pill-ok", "CANCELLED": ""}
SIGNS = {"USD": ("$", 2), "EUR": ("€", 2), "GBP": ("£", 2), "JPY": ("¥", 0)}
STANDINGS = ("live", "on its way", "refused", "failed", "suppressed", "draft")
PILLS = {"live": " pill-ok", "refused": " pill-bad", "suppressed": " pill-warn"}
MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HERE = timedelta(hours=8)  # The clock of the bench's team, which knows no summer time.
STEPS = ((60 * 86_400, 86_400), (2 * 86_400, 3600), (2 * 3600, 600), (120, 60))
LEAST_DAYS, MOST_DAYS = 1.2 * 86_400, 60 * 86_400
UNITS = (("year", "yr", 31_536_000), ("month", "mth", 2_592_000), ("day", "day", 86_400), ("hour", "hr", 3600), ("minute", "min", 60),
         ("second", "sec", 1))  # fmt: skip


@lru_cache(maxsize=20_000)
def moment(at: str) -> str:
    here = datetime.fromisoformat(at) + HERE
    year = "" if here.year == (_now() + HERE).year else f", {here.year}"
    return f"{MONTHS[here.month]} {here.day}{year} {here.hour:02}:{here.minute:02}"


@lru_cache(maxsize=20_000)
def full(at: str) -> str:
    here = datetime.fromisoformat(at) + HERE
    return f"{MONTHS[here.month]} {here.day}, {here.year} {here.hour:02}:{here.minute:02}:{here.second:02} · Shanghai"


@lru_cache(maxsize=20_000)
def money(minor: int, currency: str) -> str:
    sign, places = SIGNS[currency]
    return f"{sign}{minor / 10**places:,.{places}f}"


def ago(at: str) -> str:
    seconds = abs(_coarse(datetime.fromisoformat(at) - _now()))
    count, name, _short = _span(seconds)
    return "just now" if seconds < 45 else f"{count} {name}{'s' * (count != 1)} ago"


def until(at: str) -> str:
    seconds = _coarse(datetime.fromisoformat(at) - _now())
    count, _name, short = _span(abs(seconds))
    text = f"{count} {short}{'s' * (count != 1 and short in ('day', 'mth', 'yr'))}"
    return f"{text} late" if seconds < 0 else text


def is_late(at: str) -> bool:
    return datetime.fromisoformat(at) < _now()


def _coarse(span: timedelta) -> int:
    """As exact as the words can show it, which is how the portal rounds."""
    seconds = span.days * 86_400 + span.seconds
    step = next((step for least, step in STEPS if abs(seconds) >= least), 1)
    return round(seconds / step) * step


def _span(seconds: float) -> tuple[int, str, str]:
    units = UNITS[2:] if LEAST_DAYS <= seconds < MOST_DAYS else UNITS
    name, short, size = next((unit for unit in units if seconds / unit[2] >= 1.2), UNITS[-1])
    return round(seconds / size), name, short


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


_environment = Environment(autoescape=True, trim_blocks=True)
_environment.globals |= {function.__name__: function for function in (moment, full, money, ago, until, is_late)}
_products = _environment.from_string(HEAD + PRODUCT_ROW + FOOT)
_orders = _environment.from_string(HEAD + ORDER_ROW + FOOT)
_threads = threading.local()


class Lite:
    """SQLite, with marks and what was found as it likes them."""

    among = "IN (SELECT value FROM json_each(?))"
    team = "+team_id"  # Beside what was found: else SQLite walks along the sort until it has met it all.
    products = (
        "SELECT hit.rowid FROM product_search AS hit CROSS JOIN product_search_content AS kept WHERE hit.product_search MATCH ?"
        " AND kept.id = hit.rowid AND kept.c1 = 1 LIMIT ?"
    )
    items = (
        "SELECT own.sku FROM sold_item_search AS hit CROSS JOIN sold_item AS own WHERE hit.sold_item_search MATCH ?"
        " AND own.id = hit.rowid AND own.team_id = 1 LIMIT ?"
    )

    def __init__(self, file: str):
        self.connection = sqlite3.connect(file, isolation_level=None)
        for pragma in PRAGMAS.split(";"):
            self.connection.execute(pragma)

    def tuples(self, sql: str, values: Iterable[Any] = ()) -> list[tuple]:
        return self.connection.execute(sql, tuple(values)).fetchall()

    def rows(self, sql: str, values: Iterable[Any]) -> list[Any]:
        cursor = self.connection.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(sql, tuple(values)).fetchall()

    def search(self, sql: str, text: str) -> Any:
        """What stands under all words of the text in the index of three letters each, the one the portal has."""
        found = self.tuples(sql, (" AND ".join(f'"{word}"' for word in text.split()), MOST))
        return self.listed(found)

    def listed(self, found: list[tuple]) -> Any:
        return json.dumps([one for (one,) in found])


class Postgres:
    """PostgreSQL. Moments become text, as the page writes them."""

    among, team = "= ANY(?)", "team_id"
    products = "SELECT kept.id FROM product_search AS kept WHERE kept.team_id = 1 AND {words} LIMIT ?"
    items = (
        "SELECT own.sku FROM sold_item_search AS kept JOIN sold_item AS own ON own.id = kept.id WHERE kept.team_id = 1"
        " AND {words} LIMIT ?"
    )

    def __init__(self, url: str):
        self.connection = psycopg.connect(url, autocommit=True)

    def tuples(self, sql: str, values: Iterable[Any] = ()) -> list[tuple]:
        return self.connection.execute(sql.replace("?", "%s"), tuple(values)).fetchall()  # type: ignore[arg-type]

    def rows(self, sql: str, values: Iterable[Any]) -> list[Any]:
        with self.connection.cursor(row_factory=dict_row) as cursor:
            found = cursor.execute(sql.replace("?", "%s"), tuple(values)).fetchall()  # type: ignore[arg-type]
        return [
            {name: str(value) if isinstance(value, datetime) else value for name, value in row.items()} for row in found
        ]

    def search(self, sql: str, text: str) -> Any:
        words = text.split()
        grams = sorted({word.lower()[at : at + 3] for word in words for at in range(len(word) - 2)})
        conditions = " AND ".join(["search_grams(kept.words) @> ?::text[]", *["kept.words ILIKE ?"] * len(words)])
        found = self.tuples(sql.format(words=conditions), (grams, *(f"%{word}%" for word in words), MOST))
        return self.listed(found)

    def listed(self, found: list[tuple]) -> Any:
        return [one for (one,) in found]


Bare = Lite | Postgres


def make(data: Path | None = None, database: str = "") -> Callable:
    """The WSGI application over a data folder, or over a PostgreSQL database."""
    database = database or ("" if data else os.environ.get("PORTOLAN_DATABASE", ""))
    address = database or str((data or Path(os.environ["PORTOLAN_DATA"])) / "portolan.db")

    def app(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        connection = _connection(address)
        asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
        page = (orders if environ["PATH_INFO"].endswith("/orders/") else products)(connection, asked)
        body = page.encode()
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
        return [body]

    return app


def products(connection: Bare, asked: dict[str, str]) -> str:
    by_title = asked.get("sort") == "title"
    where, values = "team_id = 1 AND state = ?", list[Any]([asked.get("state", "active")])
    if "type" in asked:
        where, values = where + " AND product_type = ?", [*values, asked["type"]]
    if "find" in asked:
        found = connection.search(connection.products, asked["find"])
        where, values = f"{where.replace('team_id', connection.team)} AND id {connection.among}", [*values, found]
    count = _count(connection, "product", where, values)
    rows = _page(
        connection, "id, uid, code, title, first_sku, variant_count, product_type, image_url, updated_at", "product", where, values,
        "title" if by_title else "updated_at", not by_title, asked.get("after"),
    )  # fmt: skip
    shown = rows[:SIZE]
    marks = ", ".join("?" * len(shown))
    standing: dict[int, list[tuple[str, str, int]]] = {}
    for product, state, publication, times in connection.tuples(
        f"SELECT product_id, state, publication_state, COUNT(*) FROM listing WHERE product_id IN ({marks}) GROUP BY 1, 2, 3",  # noqa: S608 (marks alone)
        [row["id"] for row in shown],
    ):
        word = "suppressed" if state == "suppressed" else publication if publication == "refused" else state
        standing.setdefault(product, []).append((word, PILLS.get(word, ""), times))
    for pills in standing.values():
        pills.sort(key=lambda one: STANDINGS.index(one[0]))
    names = ("", "Product", "Code", "Variants", "Listings", "Product type", "Changed")
    return _products.render(
        title="Products", columns=names, rows=shown, standing=standing, count=count, after=_key(rows, "title" if by_title else "updated_at")
    )  # fmt: skip


def orders(connection: Bare, asked: dict[str, str]) -> str:
    by_total = asked.get("sort") == "-total"
    where, values = "team_id = 1", list[Any]()
    for name, column in (("status", "status"), ("market", "marketplace_id")):
        if name in asked:
            where, values = where + f" AND {column} = ?", [*values, IDS.get(asked[name], asked[name])]
    if "q" in asked:
        skus = connection.search(connection.items, asked["q"])
        found = connection.tuples(
            f"SELECT DISTINCT order_id FROM order_line WHERE team_id = 1 AND sku {connection.among} LIMIT ?",  # noqa: S608 (our own names)
            (skus, MOST),
        )
        where, values = (
            f"{where.replace('team_id', connection.team)} AND id {connection.among}",
            [*values, connection.listed(found)],
        )
    count = _count(connection, '"order"', where, values)
    column = "total_minor" if by_total else "ordered_at"
    rows = _page(
        connection, "id, uid, store_id, marketplace_id, order_id, ordered_at, status, awaits_shipment, fulfilled_by, ship_by, "
        "total_minor, currency, unit_count, line_count, first_title, first_sku, ship_country, cancel_requested, marks", '"order"', where,
        values, column, True, asked.get("after"),
    )  # fmt: skip
    shown = rows[:SIZE]
    marks = ", ".join("?" * len(shown))
    pictures = dict(connection.tuples(
        "SELECT variant.sku, product.image_url FROM variant JOIN product ON product.id = variant.product_id"  # noqa: S608 (marks alone)
        f" WHERE variant.team_id = 1 AND variant.sku IN ({marks})", [row["first_sku"] for row in shown],
    )) if shown else {}  # fmt: skip
    tags: dict[int, list[tuple[str, str]]] = {}
    for order, name, colour in connection.tuples(
        "SELECT order_id, name, colour FROM order_tagging JOIN order_tag ON order_tag.id = tag_id"  # noqa: S608 (marks alone)
        f" WHERE order_id IN ({marks}) ORDER BY folded", [row["id"] for row in shown],
    ) if shown else ():  # fmt: skip
        tags.setdefault(order, []).append((name, colour))
    names = ("", "Order", "Ordered", "Status", "Ship by", "Tags", "Items", "Units", "Total", "Store")
    return _orders.render(
        title="Orders", columns=names, rows=shown, count=count, markets=MARKETPLACES, after=_key(rows, column),
        stores=dict(connection.tuples("SELECT id, name FROM store WHERE team_id = 1")), pictures=pictures, tags=tags, states=STATES, tones=TONES,
    )  # fmt: skip


def _count(connection: Bare, table: str, where: str, values: list[Any]) -> int:
    sql = f"SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE {where} LIMIT {MOST}) AS counted"  # noqa: S608 (our own names)
    return connection.tuples(sql, values)[0][0]


def _page(
    connection: Bare, columns: str, table: str, where: str, values: list[Any], sort: str, down: bool, after: str | None
) -> list[Any]:  # fmt: skip
    if after:
        told = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        first = told[0]["t"].replace("T", " ") if isinstance(told[0], dict) else told[0]
        where, values = f"{where} AND ({sort}, id) {'<' if down else '>'} (?, ?)", [*values, first, told[1]]
    way = "DESC" if down else "ASC"
    return connection.rows(
        f"SELECT {columns} FROM {table} WHERE {where} ORDER BY {sort} {way}, id {way} LIMIT {SIZE + 1}",  # noqa: S608 (our own names)
        values,
    )


def _key(rows: list[Any], sort: str) -> str:
    if len(rows) <= SIZE:
        return ""
    last = rows[SIZE - 1]
    value = {"t": last[sort].replace(" ", "T")} if sort.endswith("_at") else last[sort]
    return base64.urlsafe_b64encode(json.dumps([value, last["id"]]).encode()).decode().rstrip("=")


def _connection(address: str) -> Bare:
    open_ones = _threads.__dict__.setdefault("connections", {})
    if address not in open_ones:
        open_ones[address] = Postgres(address) if address.startswith("postgresql://") else Lite(address)
    return open_ones[address]


def serve() -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    host, _, port = os.environ["PORTOLAN_BIND"].rpartition(":")
    Granian(
        "bench.limit:make", factory=True, interface=Interfaces.WSGI, address=host, port=int(port), workers=1, blocking_threads=4,
        log_level=LogLevels.warning,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    serve()
