"""The physical limit of bringing orders in: JSON read, personal texts sealed with AES-GCM, bare upserts of tuples into the
same tables with the same indexes, 1 000 orders in a transaction. One key for all, no check of what is newer, no event."""

from __future__ import annotations

import json
import os
import sqlite3
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.ground import Ground
from models.support.db import SQLITE_PRAGMAS

ORDER = (
    "uid", "team_id", "store_id", "marketplace_id", "order_id", "ordered_at", "updated_at", "status", "awaits_shipment",
    "fulfilled_by", "service_level", "ship_by_from", "ship_by", "deliver_by", "programs", "total_minor", "currency", "unit_count",
    "line_count", "first_title", "first_sku", "ship_country", "cancel_requested", "shipped_at", "buyer_state", "purge_at",
    "limit_at", "fetched_at", "created_at",
)  # fmt: skip
LINE = (
    "team_id", "order_id", "order_item_id", "sku", "asin", "title", "quantity", "quantity_shipped", "unit_price_minor",
    "total_minor", "currency", "cancel_requested", "cancel_reason", "is_gift", "gift_message",
)  # fmt: skip
PACKAGE = ("order_id", "reference", "status", "carrier", "tracking_number", "shipped_at")
BUYER = ("order_id", "name", "email", "address", "phone")
PAYLOAD = ("order_id", "raw")
# Table, columns, what makes a row unique, columns a newer row leaves as they are.
TABLES = {
    "order": (ORDER, ("store_id", "order_id"), ("uid", "created_at")),
    "order_line": (LINE, ("order_id", "order_item_id"), ()),
    "order_package": (PACKAGE, ("order_id", "reference"), ()),
    "buyer": (BUYER, ("order_id",), ()),
    "order_payload": (PAYLOAD, ("order_id",), ()),
}
PERSONAL = ("buyer", "recipient")
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Reading:
    """Payloads as tuples for the five tables; those of parts begin with the order's own id in place of ours."""

    def __init__(self, place: Ground, *, flags: type = int):
        self.place, self.flag = place, flags
        self.key = AESGCM(AESGCM.generate_key(256))
        self.now = str(place.today)

    def rows(self, texts: Iterable[str]) -> dict[str, list[tuple]]:
        found: dict[str, list[tuple]] = {name: [] for name in TABLES}
        for text in texts:
            for entry in json.loads(text)["orders"]:
                self._take(entry, found)
        return found

    def _take(self, entry: dict[str, Any], found: dict[str, list[tuple]]) -> None:
        order_id, there, items = entry["orderId"], entry["fulfillment"], entry["orderItems"]
        is_ours, status = there["fulfilledBy"] == "MERCHANT", there["fulfillmentStatus"]
        updated_at, lines = _moment(entry["lastUpdatedTime"]), len(items)
        total, currency = _minor(entry["proceeds"]["grandTotal"])
        by, promise = there["shipByWindow"], there["deliverByWindow"]
        address = entry["recipient"]["deliveryAddress"] if is_ours else {}
        first, place, flag = items[0]["product"], self.place, self.flag
        limit = _moment(promise["latestDateTime"]) if is_ours else None
        found["order"].append((
            uuid.uuid4().hex, place.team_id, place.store_id, entry["salesChannel"]["marketplaceId"], order_id,
            _moment(entry["createdTime"]), updated_at, status, flag(is_ours and status == "UNSHIPPED"), there["fulfilledBy"],
            there["fulfillmentServiceLevel"], _moment(by["earliestDateTime"]), _moment(by["latestDateTime"]),
            _moment(promise["latestDateTime"]), "[]", total, currency, sum(item["quantityOrdered"] for item in items), lines,
            first["title"], first["sellerSku"], address.get("countryCode", ""), flag(False),
            updated_at if status == "SHIPPED" else None, "held" if is_ours else "none", limit, limit, self.now, self.now,
        ))  # fmt: skip
        for item in items:
            product, packing = item["product"], item["fulfillment"].get("packing")
            price, money = _minor(product["price"]["unitPrice"])
            gift = packing["giftOption"]["giftMessage"] if packing else None
            found["order_line"].append((
                place.team_id, order_id, item["orderItemId"], product["sellerSku"], product["asin"], product["title"],
                item["quantityOrdered"], item["fulfillment"]["quantityFulfilled"], price, _minor(item["proceeds"]["proceedsTotal"])[0],
                money, flag(False), "", flag(bool(packing)), self._seal(gift, order_id) if gift and is_ours else None,
            ))  # fmt: skip
        for part in entry.get("packages", ()):
            found["order_package"].append((
                order_id, part["packageReferenceId"], part["packageStatus"]["status"], part["carrier"], part["trackingNumber"],
                _moment(part["shipTime"]),
            ))  # fmt: skip
        if is_ours:
            buyer = entry["buyer"]
            texts = (buyer["buyerName"], buyer["buyerEmail"], _json(address), address["phone"])
            found["buyer"].append((order_id, *(self._seal(text, order_id) for text in texts)))
        raw = entry if is_ours else {name: part for name, part in entry.items() if name not in PERSONAL}
        found["order_payload"].append((order_id, self._seal(_json(raw), order_id)))

    def _seal(self, text: str, order_id: str) -> bytes:
        nonce = os.urandom(12)
        return b"\x01p" + nonce + self.key.encrypt(nonce, text.encode(), order_id.encode())


class SqliteLimit:
    def __init__(self, place: Ground):
        self.reading = Reading(place)
        self.connection = sqlite3.connect(place.settings.data / "portolan.db", isolation_level=None)
        for name, value in SQLITE_PRAGMAS.items():
            self.connection.execute(f"PRAGMA {name} = {value}")

    def keep(self, texts: Sequence[str]) -> None:
        rows, connection = self.reading.rows(texts), self.connection
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(upsert("order"), rows["order"])
        wanted = json.dumps([row[ORDER.index("order_id")] for row in rows["order"]])
        ids = dict(
            connection.execute(
                'SELECT order_id, id FROM "order" WHERE store_id = ? AND order_id IN (SELECT value FROM json_each(?))',
                (self.reading.place.store_id, wanted),
            ).fetchall()
        )
        for name in ("order_line", "order_package", "buyer", "order_payload"):
            connection.executemany(upsert(name), with_ids(name, rows[name], ids))
        connection.execute("COMMIT")

    def close(self) -> None:
        self.connection.close()


class PostgresLimit:
    """COPY into a table of the session, and one upsert from there."""

    def __init__(self, place: Ground):
        self.reading = Reading(place, flags=bool)
        self.connection = psycopg.connect(place.settings.database, autocommit=True)
        for name, (columns, _unique, _fixed) in TABLES.items():
            self.connection.execute(
                f'CREATE TEMP TABLE "new_{name}" AS SELECT {_listed(columns)} FROM "{name}" LIMIT 0'  # type: ignore[arg-type] # noqa: S608
            )

    def keep(self, texts: Sequence[str]) -> None:
        rows = self.reading.rows(texts)
        with self.connection.transaction():
            self._put("order", rows["order"])
            wanted = [row[ORDER.index("order_id")] for row in rows["order"]]
            ids: dict[str, int] = dict(
                self.connection.execute(
                    'SELECT order_id, id FROM "order" WHERE store_id = %s AND order_id = ANY(%s)',
                    (self.reading.place.store_id, wanted),
                ).fetchall()
            )
            for name in ("order_line", "order_package", "buyer", "order_payload"):
                self._put(name, with_ids(name, rows[name], ids))

    def _put(self, name: str, rows: list[tuple]) -> None:
        listed = _listed(TABLES[name][0])
        with self.connection.cursor() as cursor:
            with cursor.copy(f'COPY "new_{name}" ({listed}) FROM STDIN') as copy:  # type: ignore[arg-type]
                for row in rows:
                    copy.write_row(row)
            cursor.execute(upsert(name, f'SELECT {listed} FROM "new_{name}"'))  # type: ignore[arg-type] # noqa: S608
            cursor.execute(f'TRUNCATE "new_{name}"')  # type: ignore[arg-type]

    def close(self) -> None:
        self.connection.close()


def upsert(name: str, source: str = "") -> str:
    """Inserts from the source (or from a tuple of values), and what exists takes the newer values."""
    columns, unique, fixed = TABLES[name]
    told = ", ".join(f'"{column}" = excluded."{column}"' for column in columns if column not in (*unique, *fixed))
    source = source or f"VALUES ({', '.join('?' * len(columns))})"
    return f'INSERT INTO "{name}" ({_listed(columns)}) {source} ON CONFLICT ({_listed(unique)}) DO UPDATE SET {told}'


def with_ids(name: str, rows: list[tuple], ids: dict[str, int]) -> list[tuple]:
    place = TABLES[name][0].index("order_id")
    return [(*row[:place], ids[row[place]], *row[place + 1 :]) for row in rows]


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _moment(text: str) -> str:
    return text[:10] + " " + text[11:19]


def _minor(money: dict[str, str]) -> tuple[int, str]:
    return int(money["amount"].replace(".", "")), money["currencyCode"]
