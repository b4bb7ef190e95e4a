"""The physical limit of bringing orders in: JSON read, personal texts sealed with AES-GCM under a key of each order, bare upserts
of tuples into the same tables with the same indexes, 1 000 orders in a transaction. It writes what nobody could leave out – the
wrapped keys in a database of their own, what became of a status, the words by which orders are found – and nothing else: no
check of what is newer, no event, no days to count anew."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from bench.ground import Ground
from models.support import clock
from models.support.fields import uid_in_order
from models.support.sqlite import SQLITE_PRAGMAS

ORDER = (
    "uid", "team_id", "store_id", "marketplace_id", "order_id", "ordered_at", "updated_at", "status", "awaits_shipment",
    "fulfilled_by", "service_level", "ship_by_from", "ship_by", "deliver_by_from", "deliver_by", "programs", "total_minor", "currency", "unit_count",
    "line_count", "first_title", "first_sku", "ship_country", "cancel_requested", "shipped_at", "buyer_state", "purge_at",
    "limit_at", "fetched_at", "created_at",
)  # fmt: skip
LINE = (
    "team_id", "order_id", "order_item_id", "sku", "asin", "title", "quantity", "quantity_shipped", "quantity_cancelled", "unit_price_minor",
    "total_minor", "currency", "cancel_requested", "cancel_reason", "is_gift", "gift_message",
)  # fmt: skip
PACKAGE = ("order_id", "reference", "status", "carrier", "tracking_number", "shipped_at")
BUYER = ("order_id", "name", "email", "address", "phone")
PAYLOAD = ("order_id", "raw")
CHANGE = ("order_id", "at", "what", "old_status", "new_status")
# Table, columns, what makes a row unique, columns a newer row leaves as they are.
TABLES = {
    "order": (ORDER, ("store_id", "order_id"), ("uid", "created_at")),
    "order_line": (LINE, ("order_id", "order_item_id"), ()),
    "order_package": (PACKAGE, ("order_id", "reference"), ()),
    "buyer": (BUYER, ("order_id",), ()),
    "order_payload": (PAYLOAD, ("order_id",), ()),
    "order_change": (CHANGE, (), ()),
}
PARTS = tuple(name for name in TABLES if name != "order")
PERSONAL = ("buyer", "recipient")
# What SQLite's triggers noted, taken into the index of words.
CATCH_UP = (
    """DELETE FROM sold_item_search WHERE rowid IN (SELECT id FROM search_due WHERE kind = 'sold_item')""",
    """INSERT INTO sold_item_search (rowid, words, team_id)
    SELECT id, words, team_id FROM sold_item_words WHERE id IN (SELECT id FROM search_due WHERE kind = 'sold_item')""",
    "DELETE FROM search_due",
)
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Keys:
    """A key for each order, wrapped, and kept before anything is sealed with it."""

    def __init__(self, place: Ground):
        self.root = os.urandom(32)
        self.connection = connected(place, "keys.db")

    def of(self, subjects: Sequence[str], fresh: Sequence[str]) -> dict[str, AESGCM]:
        """Those of known subjects, and new ones."""
        rows = self.connection.execute(
            "SELECT subject, wrapped FROM data_key WHERE subject IN (SELECT value FROM json_each(?))", [_json(subjects)]
        )
        keys = {subject: aes_key_unwrap(self.root, wrapped) for subject, wrapped in rows.fetchall()}
        made, now = {subject: os.urandom(32) for subject in fresh}, str(clock.now())
        if made:
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.executemany(
                "INSERT INTO data_key (subject, root_version, wrapped, created_at) VALUES (?, 1, ?, ?)",
                [(subject, aes_key_wrap(self.root, key), now) for subject, key in made.items()],
            )
            self.connection.execute("COMMIT")
        return {subject: AESGCM(key) for subject, key in (keys | made).items()}


class Reading:
    """Payloads as tuples for the tables; those of parts begin with the order's own id in place of ours."""

    def __init__(self, place: Ground, *, flags: type = int):
        self.place, self.flag = place, flags
        self.keys = Keys(place)

    def rows(self, entries: list[dict[str, Any]], known: dict[str, tuple[str, str]]) -> dict[str, list[tuple]]:
        """known: uid and status of each order that is there."""
        now = clock.now()
        uids = {
            entry["orderId"]: known[entry["orderId"]][0] if entry["orderId"] in known else uid_in_order(now).hex
            for entry in entries
        }
        held = [uid for order_id, uid in uids.items() if order_id in known]
        ciphers = self.keys.of(held, [uid for order_id, uid in uids.items() if order_id not in known])
        found: dict[str, list[tuple]] = {name: [] for name in TABLES}
        for entry in entries:
            uid = uids[entry["orderId"]]
            self._take(entry, uid, ciphers[uid], found, str(now))
            _tell(entry, known, found["order_change"])
        return found

    def _take(self, entry: dict[str, Any], uid: str, cipher: AESGCM, found: dict[str, list[tuple]], now: str) -> None:
        order_id, there, items = entry["orderId"], entry["fulfillment"], entry["orderItems"]
        is_ours, status = there["fulfilledBy"] == "MERCHANT", there["fulfillmentStatus"]
        updated_at, lines = _moment(entry["lastUpdatedTime"]), len(items)
        total, currency = _minor(entry["proceeds"]["grandTotal"])
        by, promise = there["shipByWindow"], there["deliverByWindow"]
        address = entry["recipient"]["deliveryAddress"] if is_ours else {}
        first, place, flag = items[0]["product"], self.place, self.flag
        limit = _moment(promise["latestDateTime"]) if is_ours else None
        found["order"].append((
            uid, place.team_id, place.store_id, entry["salesChannel"]["marketplaceId"], order_id,
            _moment(entry["createdTime"]), updated_at, status, flag(is_ours and status == "UNSHIPPED"), there["fulfilledBy"],
            there["fulfillmentServiceLevel"], _moment(by["earliestDateTime"]), _moment(by["latestDateTime"]),
            _moment(promise["earliestDateTime"]), _moment(promise["latestDateTime"]), "[]", total, currency,
            sum(item["quantityOrdered"] for item in items), lines,
            first["title"], first["sellerSku"], address.get("countryCode", ""), flag(False),
            updated_at if status == "SHIPPED" else None, "held" if is_ours else "none", limit, limit, now, now,
        ))  # fmt: skip
        for item in items:
            product, told = item["product"], item["fulfillment"]
            price, money = _minor(product["price"]["unitPrice"])
            gift = told["packing"]["giftOption"]["giftMessage"] if "packing" in told else None
            found["order_line"].append((
                place.team_id, order_id, item["orderItemId"], product["sellerSku"], product["asin"], product["title"],
                item["quantityOrdered"], told["quantityFulfilled"],
                item["quantityOrdered"] - told["quantityFulfilled"] - told["quantityUnfulfilled"], price,
                _minor(item["proceeds"]["proceedsTotal"])[0], money, flag(False), "", flag(gift is not None),
                _sealed(cipher, gift, order_id) if gift and is_ours else None,
            ))  # fmt: skip
        for part in entry.get("packages", ()):
            found["order_package"].append((
                order_id, part["packageReferenceId"], part["packageStatus"]["status"], part["carrier"], part["trackingNumber"],
                _moment(part["shipTime"]),
            ))  # fmt: skip
        if is_ours:
            buyer = entry["buyer"]
            texts = (buyer["buyerName"], buyer["buyerEmail"], _json(address), address["phone"])
            found["buyer"].append((order_id, *(_sealed(cipher, text, order_id) for text in texts)))
        raw = entry if is_ours else {name: part for name, part in entry.items() if name not in PERSONAL}
        found["order_payload"].append((order_id, _sealed(cipher, _json(raw), order_id)))


def _tell(entry: dict[str, Any], known: dict[str, tuple[str, str]], changes: list[tuple]) -> None:
    """A status that became another."""
    order_id, status = entry["orderId"], entry["fulfillment"]["fulfillmentStatus"]
    if order_id in known and (before := known[order_id][1]) != status:
        changes.append((order_id, _moment(entry["lastUpdatedTime"]), "status", before, status))


def _sealed(cipher: AESGCM, text: str, order_id: str) -> bytes:
    nonce = os.urandom(12)
    return b"\x01p" + nonce + cipher.encrypt(nonce, text.encode(), order_id.encode())


def _entries(texts: Sequence[str]) -> list[dict[str, Any]]:
    return [entry for text in texts for entry in json.loads(text)["orders"]]


class SqliteLimit:
    def __init__(self, place: Ground):
        self.reading = Reading(place)
        self.connection = connected(place, "portolan.db")

    def keep(self, texts: Sequence[str]) -> None:
        entries, connection = _entries(texts), self.connection
        connection.execute("BEGIN IMMEDIATE")
        wanted = _json([entry["orderId"] for entry in entries])
        rows = self.reading.rows(entries, {row[0]: row[1:] for row in self._there("order_id, uid, status", wanted)})
        connection.executemany(upsert("order"), rows["order"])
        ids = dict(self._there("order_id, id", wanted))
        for name in PARTS:
            connection.executemany(upsert(name), with_ids(name, rows[name], ids))
        for statement in CATCH_UP:
            connection.execute(statement)
        connection.execute("COMMIT")

    def _there(self, columns: str, wanted: str) -> list[tuple]:
        return self.connection.execute(
            f'SELECT {columns} FROM "order" WHERE store_id = ? AND order_id IN (SELECT value FROM json_each(?))',  # noqa: S608
            (self.reading.place.store_id, wanted),
        ).fetchall()

    def close(self) -> None:
        self.connection.close()
        self.reading.keys.connection.close()


class PostgresLimit:
    """COPY into a table of the session, and one upsert from there. Its triggers keep the words."""

    def __init__(self, place: Ground):
        self.reading = Reading(place, flags=bool)
        self.connection = psycopg.connect(place.settings.database, autocommit=True)
        for name, (columns, _unique, _fixed) in TABLES.items():
            self.connection.execute(
                f'CREATE TEMP TABLE "new_{name}" AS SELECT {_listed(columns)} FROM "{name}" LIMIT 0'  # type: ignore[arg-type] # noqa: S608
            )

    def keep(self, texts: Sequence[str]) -> None:
        entries = _entries(texts)
        with self.connection.transaction():
            wanted = [entry["orderId"] for entry in entries]
            known = {row[0]: (row[1].hex, row[2]) for row in self._there("order_id, uid, status", wanted)}
            rows = self.reading.rows(entries, known)
            self._put("order", rows["order"])
            ids: dict[str, int] = dict(self._there("order_id, id", wanted))
            for name in PARTS:
                self._put(name, with_ids(name, rows[name], ids))

    def _there(self, columns: str, wanted: list[str]) -> list[Any]:
        return self.connection.execute(
            f'SELECT {columns} FROM "order" WHERE store_id = %s AND order_id = ANY(%s)',  # type: ignore[arg-type] # noqa: S608
            (self.reading.place.store_id, wanted),
        ).fetchall()

    def _put(self, name: str, rows: list[tuple]) -> None:
        if not rows:
            return
        listed = _listed(TABLES[name][0])
        with self.connection.cursor() as cursor:
            with cursor.copy(f'COPY "new_{name}" ({listed}) FROM STDIN') as copy:  # type: ignore[arg-type]
                for row in rows:
                    copy.write_row(row)
            cursor.execute(upsert(name, f'SELECT {listed} FROM "new_{name}"'))  # type: ignore[arg-type] # noqa: S608
            cursor.execute(f'TRUNCATE "new_{name}"')  # type: ignore[arg-type]

    def close(self) -> None:
        self.connection.close()
        self.reading.keys.connection.close()


def connected(place: Ground, name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(place.settings.data / name, isolation_level=None)
    for pragma, value in SQLITE_PRAGMAS.items():
        connection.execute(f"PRAGMA {pragma} = {value}")
    return connection


def upsert(name: str, source: str = "") -> str:
    """Inserts from the source (or from a tuple of values), and what exists takes the newer values."""
    columns, unique, fixed = TABLES[name]
    told = ", ".join(f'"{column}" = excluded."{column}"' for column in columns if column not in (*unique, *fixed))
    source = source or f"VALUES ({', '.join('?' * len(columns))})"
    ends = f" ON CONFLICT ({_listed(unique)}) DO UPDATE SET {told}" if unique else ""
    return f'INSERT INTO "{name}" ({_listed(columns)}) {source}{ends}'


def with_ids(name: str, rows: list[tuple], ids: dict[str, int]) -> list[tuple]:
    place = TABLES[name][0].index("order_id")
    return [(*row[:place], ids[row[place]], *row[place + 1 :]) for row in rows]


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _moment(text: str) -> str:
    return text[:10] + " " + text[11:19]


def _minor(money: dict[str, str]) -> tuple[int, str]:
    return int(money["amount"].replace(".", "")), money["currencyCode"]
