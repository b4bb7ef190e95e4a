"""Everything the sandbox Amazon knows, under one lock. What is due by the sandbox's clock happens before any request is
answered: there is no background thread, so the same requests at the same moments always give the same answers."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.amazon import identifiers, marketplaces
from sandbox.amazon.clock import Clock
from sandbox.amazon.faults import Faults
from sandbox.amazon.journal import Journal
from sandbox.amazon.marketplaces import Marketplace
from sandbox.amazon.records import Account, Application, CatalogItem, Code, Grant, Listing, Message, Order, Upload, key
from sandbox.amazon.store import Store, Table
from sandbox.amazon.throttle import Throttle
from sandbox.carriers.records import Following, Parcel, Push, Tracker

Due = Callable[["World", str, int], None]


class World:
    def __init__(
        self,
        *,
        seed: int = 1,
        state: str | None = None,
        speed: float = 1.0,
        rate_scale: float = 1.0,
        orders_per_hour: float = 0.0,
        now: float | None = None,
    ):
        self.seed, self.orders_per_hour = seed, orders_per_hour
        self.lock = threading.RLock()
        self.clock = Clock(speed, now)
        self.throttle = Throttle(rate_scale)
        self.faults = Faults(seed)
        self.journal = Journal()
        self.applications: Table[Application] = Table("application", Application, lambda a: a.client_id)
        self.accounts: Table[Account] = Table("account", Account, lambda a: a.seller_id)
        self.grants: Table[Grant] = Table("grant", Grant, lambda g: g.refresh_token)
        self.codes: Table[Code] = Table("code", Code, lambda c: c.code)
        self.catalog: Table[CatalogItem] = Table("catalog", CatalogItem, lambda i: i.asin)
        self.listings: Table[Listing] = Table("listing", Listing, lambda x: key(x.seller_id, x.marketplace_id, x.sku))
        self.orders: Table[Order] = Table("order", Order, lambda o: o.order_id)
        self.messages: Table[Message] = Table("message", Message, lambda m: m.id)
        self.uploads: Table[Upload] = Table("upload", Upload, lambda u: u.id)
        self.trackers: Table[Tracker] = Table("tracker", Tracker, lambda t: t.token)
        self.parcels: Table[Parcel] = Table("parcel", Parcel, lambda p: p.number)
        self.followings: Table[Following] = Table("following", Following, lambda f: key(f.token, f.number))
        self.pushes: Table[Push] = Table("push", Push, lambda p: p.id)
        self.closed = threading.Event()
        self.has_sender = False
        self.refused_tokens: set[str] = set()
        self.counters: dict[str, int] = {}
        self._agenda: list[tuple[int, int, str, str]] = []
        self._due: dict[str, Due] = {}
        self._store = Store(state)
        self._load()

    def _load(self) -> None:
        facts = self._store.load(self._tables())
        if "clock" in facts:
            self.clock.resume(facts["clock"])
        self.counters = facts.get("counters", {})
        self.seed = facts.get("seed", self.seed)

    def _tables(self) -> list[Table[Any]]:
        amazon: list[Table[Any]] = [
            self.applications,
            self.accounts,
            self.grants,
            self.codes,
            self.catalog,
            self.listings,
            self.orders,
            self.messages,
            self.uploads,
        ]
        return [*amazon, self.trackers, self.parcels, self.followings, self.pushes]

    @contextmanager
    def turn(self) -> Iterator[int]:
        """One request's turn: what was due has happened, and what the request changes is kept. Yields the moment."""
        with self.lock:
            self.catch_up()
            try:
                yield self.clock.now()
            finally:
                self._store.commit(self._tables(), self._facts)

    def _facts(self) -> dict[str, Any]:
        return {"clock": self.clock.mark(), "counters": self.counters, "seed": self.seed}

    def on(self, kind: str, due: Due) -> None:
        """Says what happens when something of this kind is due."""
        self._due[kind] = due

    def plan(self, moment: int, kind: str, subject: str) -> None:
        heapq.heappush(self._agenda, (moment, self.count("agenda"), kind, subject))

    def catch_up(self) -> None:
        now = self.clock.now()
        while self._agenda and self._agenda[0][0] <= now:
            moment, _, kind, subject = heapq.heappop(self._agenda)
            self._due[kind](self, subject, moment)

    def count(self, name: str) -> int:
        """The next number of a sequence."""
        self.counters[name] = self.counters.get(name, 0) + 1
        return self.counters[name]

    def close(self) -> None:
        self.closed.set()
        with self.lock:
            self._store.commit(self._tables(), self._facts)
            self._store.close()

    # Questions and small verbs several operations share.

    def listing(self, account: Account, marketplace: Marketplace, sku: str) -> Listing | None:
        return self.listings.get(key(account.seller_id, marketplace.id, sku))

    def listings_of(self, seller_id: str) -> list[Listing]:
        return [listing for listing in self.listings if listing.seller_id == seller_id]

    def open_account(self, name: str, region: str, codes: list[str], orders_per_hour: float | None = None) -> Account:
        seller_id = identifiers.seller_id(self.seed, region, self.count(f"account {region}"))
        account = Account(
            seller_id, name, region, codes, self.orders_per_hour if orders_per_hour is None else orders_per_hour
        )
        return self.accounts.put(account)

    def grant(self, client_id: str, seller_id: str) -> Grant:
        """A fresh consent of the seller; earlier ones go on holding until they are revoked."""
        refresh_token = identifiers.token("Atzr|", self.seed, client_id, seller_id, self.count("grant"))
        return self.grants.put(Grant(refresh_token, client_id, seller_id))

    def grants_of(self, seller_id: str) -> list[Grant]:
        return [grant for grant in self.grants if grant.seller_id == seller_id]

    def marketplaces_of(self, account: Account) -> list[Marketplace]:
        return [marketplaces.by_code()[code] for code in account.marketplaces]
