"""Orders in: two passes per store over one bucket (those we ship, with their buyers; those Amazon ships, without), and
single orders a person asked for again.

A pass is a watermark and, while it is under way, the query and token of its next page, stored with the page's orders in one
transaction: killed anywhere, it goes on where it was. The watermark moves only at the end of a pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from integrations.amazon.mapping import orders as mapping
from integrations.amazon.mapping.reading import Unreadable
from integrations.amazon.operations import OPERATIONS
from integrations.errors import IntegrationError
from jobs.amazon import client_for, note_trouble, problem_words
from models.orders.daily import settle
from models.orders.ingest import keep
from models.orders.order import AMAZON, MERCHANT
from models.orders.refetch import OrderRefetch
from models.orders.unread import UnreadOrder
from models.stores.rate_bucket import RateBucket
from models.stores.store import Store
from models.stores.sync import Sync
from models.support import clock
from models.support.job_run import JobRun
from models.support.words import Words, say
from models.vault.data_key import KeyDestroyed

FIRST_IMPORT = timedelta(days=30)
OVERLAP = timedelta(minutes=5)
SETTLING = timedelta(minutes=3)  # Amazon answers nothing of its last two minutes.
TOKEN_LIFE = timedelta(hours=23)
ASK_AGAIN_FOR_PART = timedelta(hours=6)
PAGE_SIZE = 100
RESERVE = 8  # Tokens of the bucket that a routine tick leaves for a first import or a person who asks.
NOT_NOW = ("own_throttle", "throttled")
PERSONAL = ("RECIPIENT", "BUYER")
DENIED = ("without", "denied_at", "denied_since")
PARTS = ("PROCEEDS", "FULFILLMENT", "PACKAGES", "CANCELLATION")
_tried: set[Any] = set()


@dataclass(frozen=True)
class Pass:
    kind: str
    fulfilled_by: str
    parts: tuple[str, ...]


PASSES = (Pass("orders.merchant", MERCHANT, (*PERSONAL, *PARTS)), Pass("orders.amazon", AMAZON, PARTS))


# Polling


def poll(run: JobRun) -> None:
    """Both passes of a store, the one that waited longer first. Ends quietly when the bucket is empty."""
    store = Store.of_uid(run.scope)
    if store is None or not store.is_active:
        return
    read_again(store)
    with client_for(store) as client:
        for one in turns(store):
            if not Walk(run, store, client, one).to_the_end():
                break
    settle(store)


def turns(store: Store) -> list[Pass]:
    """Two passes in three minutes are one call more than the rate allows, so with a low bucket they take turns."""
    syncs = {one: Sync.of(store, one.kind) for one in PASSES}
    ordered = sorted(PASSES, key=lambda one: syncs[one].page_at or datetime.min)
    search = OPERATIONS["searchOrders"]
    bucket = RateBucket.get_or_none(RateBucket.owner == str(store.uid), RateBucket.operation == search.name)
    is_low = bucket is not None and bucket.left(search.burst) < RESERVE
    return ordered[:1] if is_low else ordered


def window(watermark: datetime | None, now: datetime) -> datetime:
    """From when changes are asked for: the watermark less an overlap, and never more than 30 days back."""
    oldest = now - FIRST_IMPORT
    return oldest if watermark is None else max(watermark - OVERLAP, oldest)


@dataclass
class Walk:
    """One pass under way. Its state is the row of Sync, read once and written with each page."""

    run: JobRun
    store: Store
    client: Any
    one: Pass

    def __post_init__(self) -> None:
        self.sync = Sync.of(self.store, self.one.kind)
        self.state: dict[str, Any] = json.loads(self.sync.page_query or "{}")

    def to_the_end(self) -> bool:
        """Goes through all pages. False when the run should end here."""
        try:
            if not self._goes_on():
                self._begin()
            while self._page():
                if not self.store.reload().is_active:
                    return False
            return True
        except IntegrationError as error:
            if error.code not in NOT_NOW:
                note_trouble(self.store, error)
                self.sync.fail(problem_words(error))
            return False

    def _goes_on(self) -> bool:
        """Is there a page to go on with? Its token dies after a day."""
        return bool(self.sync.page_token) and clock.now() - (self.sync.page_at or datetime.min) < TOKEN_LIFE

    def _begin(self) -> None:
        """A new pass from the watermark. A part that was denied is tried again after some hours, from when it was."""
        now = clock.now()
        after = clock.iso(window(self.sync.watermark, now))
        denied = {name: self.state[name] for name in DENIED if name in self.state}
        is_tried_again = bool(denied) and now - clock.parse_iso(denied["denied_at"]) > ASK_AGAIN_FOR_PART
        self.state = {
            **denied,
            "after": clock.iso(window(clock.parse_iso(denied["denied_since"]), now)) if is_tried_again else after,
            "routine_after": after,
            "begun": clock.iso(now),
            "marketplaces": [row.marketplace_id for row in self.store.marketplaces if row.is_known][:50],
        }
        if is_tried_again:
            self.state["without"] = []
        self.sync.page_token = ""

    @property
    def _parts(self) -> list[str]:
        return [part for part in self.one.parts if part not in self._without]

    @property
    def _without(self) -> list[str]:
        return self.state.get("without", [])

    def _page(self) -> bool:
        """Fetches and keeps one page. True while there is another."""
        page = mapping.orders_page(self._ask())
        orders = [self._ours(order) for order in page.orders]
        unread = UnreadOrder.sealed(self.store, self.one.kind, page.unreadable, "unreadable")

        def with_it() -> None:
            UnreadOrder.keep_all(self.store, unread)
            self._turn(page)

        keep(self.store, orders, run_fence=self.run.fence, with_it=with_it)
        return bool(page.next_token)

    def _ours(self, order: Any) -> Any:
        """We asked for orders of one kind: an answer that does not say which it is, or says a new word, is of that kind."""
        known = order.fulfilled_by in (MERCHANT, AMAZON)
        return order if known else replace(order, fulfilled_by=self.one.fulfilled_by)

    def _ask(self) -> Any:
        """The next page. A part Amazon denies is left out from then on; a token it refuses begins the pass anew."""
        while True:
            try:
                return self.client.call("searchOrders", query=self._query()).json
            except IntegrationError as error:
                if self._leave_out(error):
                    continue
                if error.code != "refused" or not self.sync.page_token:
                    raise
                self._begin()

    def _query(self) -> dict[str, Any]:
        return {
            "lastUpdatedAfter": self.state["after"],
            "marketplaceIds": self.state["marketplaces"] or None,
            "fulfilledBy": self.one.fulfilled_by,
            "maxResultsPerPage": PAGE_SIZE,
            "includedData": self._parts or None,
            "paginationToken": self.sync.page_token or None,
        }

    def _leave_out(self, error: IntegrationError) -> bool:
        part = part_to_leave_out(error, self._parts)
        if part is None:
            return False
        self.state["without"] = [*self._without, part]
        self.state["denied_at"] = clock.iso(clock.now())
        self.state.setdefault("denied_since", self.state["after"])
        if not self.sync.page_token:
            self.state["after"] = self.state["routine_after"]  # Going back in vain would cost every page again.
        return True

    def _turn(self, page: mapping.OrdersPage) -> None:
        """Moves the cursor, in the transaction of the page's orders."""
        now = clock.now()
        if page.next_token:
            self.sync.change(page_token=page.next_token, page_query=json.dumps(self.state), page_at=now)
            return
        if not self._without:
            for name in DENIED:
                self.state.pop(name, None)
        begun = clock.parse_iso(self.state["begun"])
        reached = min(page.updated_before or begun - SETTLING, begun)
        problem = self._problem()
        self.sync.change(
            page_token="", page_query=json.dumps(self.state), page_at=now, watermark=reached, good_at=now, failures=0,
            problem=problem.to_json() if problem else "",
        )  # fmt: skip

    def _problem(self) -> Words | None:
        """What a person should know although the pass went well."""
        if self._without:
            return say(
                "Amazon does not give this application %(parts)s; everything else arrives. Check its roles.",
                parts=", ".join(self._without),
            )
        if count := UnreadOrder.count_of(self.store):
            return say(
                "%(count)s orders could not be read. They are kept, and read again by a newer version.", count=count
            )
        return None


def part_to_leave_out(error: IntegrationError, asked: list[str]) -> str | None:
    """Which part an answer denies: the one it names; on a 403 without a name a personal one. None: it is about something else."""
    if error.code not in ("denied", "refused"):
        return None
    said = " ".join([error.message, *(str(detail) for detail in error.details)]).upper()
    named = [part for part in asked if part in said]
    if named:
        return named[0]
    return next((part for part in PERSONAL if part in asked), None) if error.code == "denied" else None


def read_again(store: Store) -> None:
    """Payloads nobody could read: a newer mapping may. Each is tried once in the life of a process."""
    for unread in UnreadOrder.of(store):
        if unread.uid in _tried and unread.again_at is None:
            continue
        _tried.add(unread.uid)
        if unread.again_at is not None:
            unread.change(again_at=None)
        try:
            order = mapping.order(unread.read())
        except Unreadable:
            continue
        except KeyDestroyed:
            unread.forget()
            continue
        ours = next(one.fulfilled_by for one in PASSES if one.kind == unread.kind)
        keep(store, [order if order.fulfilled_by in (MERCHANT, AMAZON) else replace(order, fulfilled_by=ours)])
        unread.forget()


# Single orders


def fetch(run: JobRun) -> None:
    """The orders of a store that somebody asked for again."""
    store = Store.of_uid(run.scope)
    if store is None or not store.is_active:
        return
    with client_for(store) as client:
        for wish in OrderRefetch.waiting_at(store):
            if wish.is_needless:
                wish.came()
                continue
            try:
                order = mapping.order(ask_for(client, wish).get("order"))
            except IntegrationError as error:
                note_trouble(store, error)
                if error.code in NOT_NOW:
                    return
                if error.permanent:
                    wish.fail(problem_words(error))
                else:
                    wish.later(problem_words(error), error.retry_after)
            except Unreadable:
                wish.fail(say("Amazon's answer could not be read as an order."))
            else:
                keep(store, [order], run_fence=run.fence, with_it=wish.came, again=True)


def ask_for(client: Any, wish: OrderRefetch) -> dict[str, Any]:
    """One order, without the buyer where we must not have one; a denied part is left out."""
    order = wish.order
    parts = [*PARTS] if order.fulfilled_by != MERCHANT or order.has_buyer_destroyed else [*PERSONAL, *PARTS]
    while True:
        try:
            answer = client.call("getOrder", path={"orderId": order.order_id}, query={"includedData": parts}).json
            return answer if isinstance(answer, dict) else {}
        except IntegrationError as error:
            part = part_to_leave_out(error, parts)
            if part is None:
                raise
            parts.remove(part)


def waiting_stores() -> Iterator[str]:
    yield from OrderRefetch.store_uids()
