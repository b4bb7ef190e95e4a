"""The event log as a list: the same filters, saved views and exports as any other, but walked by its own search, since no
single order of columns serves millions of events (models/audit/search.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from models.audit.event import KINDS, Event
from models.audit.feed import actors_of
from models.audit.search import NEWEST_FIRST, Wanted, count, every, holds, search
from models.lists.filters import Args, Choices, Days, Filter, Offer, Search
from models.lists.list_of import Asked, Column, ListOf, Shown, View, declare
from models.lists.viewer import Viewer
from models.people.employees import employees_of
from models.people.person import Person
from models.people.role import Grant
from models.stores.offers import stores_on_offer
from models.support.paging import COUNT_LIMIT
from models.support.words import Words, say
from models.wallet.reaching import unseen_events

OBJECTS: dict[str, Words] = {
    "product": say("Product"), "listing": say("Listing"), "publication": say("Publication"), "order": say("Order"),
    "store": say("Store"), "person": say("Person"), "team": say("Team"), "role": say("Role"), "export": say("Export"),
    "import": say("Import"), "bulk_run": say("Bulk run"), "saved_view": say("Saved view"), "network": say("Network"),
    "session": say("Session"), "application": say("Amazon application"), "alarm": say("Alarm"),
    "access_review": say("Access review"), "review_line": say("Line of an access review"), "work_target": say("Target"),
    "alarm_threshold": say("Threshold"), "proposal": say("Decision about a role"), "passkey": say("Passkey"), "carrier": say("Carrier"),
    "channel": say("Channel"), "rate_card": say("Price sheet"),
    "quote_batch": say("Batch of parcels"), "bill_line": say("Line of a carrier's bill"), "freight_quote": say("Freight quote"),
    "fuel_rate": say("Fuel rate"), "channel_surcharge": say("Surcharge"), "day_rate": say("Exchange rate"),
    "remote_list": say("Remote places"), "parcel": say("Parcel"), "confirmation": say("Shipment told to Amazon"),
    "weighing": say("Weighing"), "hand_price": say("Price by hand"), "channel_rule": say("Rule for channels"),
    "alert_rules": say("Rules for parcels at risk"), "tracking_account": say("Tracking service"), "paper": say("Paper"),
    "wallet": say("Wallet"), "transfer": say("Transfer"), "hold": say("Amount on hold"), "recharge": say("Recharge"),
    "adjustment": say("Change of a wallet"), "redress": say("Refund or claim"), "team_closing": say("Closing of all wallets"),
    "statement": say("Statement"), "bank_file": say("Bank file"), "bank_line": say("Bank line"),
    "mail_account": say("Mailbox"), "mail_thread": say("Thread"), "mail_template": say("Template"),
    "acknowledgement_rule": say("Rule of acknowledgements"), "outreach": say("Message through Amazon"),
    "after_sales_case": say("After-sales case"), "translator_account": say("Translator"), "order_tag": say("Tag"),
    "log_anchor": say("Archive"),
}  # fmt: skip
SECURITY = "networks.manage"  # Who may search by address and request.
NUMBER = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True)
class Exact(Filter):
    """A whole value somebody types or follows a link with; `shape` is what such a value looks like."""

    shape: str = r".{1,120}"
    permission: str = ""

    kind = "text"

    def read(self, args: Args, viewer: Viewer) -> str | None:
        text = (args.get(self.name) or [""])[0].replace("\0", "").strip()
        if not re.fullmatch(self.shape, text) or (self.permission and not viewer.reach.may(self.permission)):
            return None
        return text

    def is_offered(self, viewer: Viewer) -> bool:
        return not self.permission or viewer.reach.may(self.permission)

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        raise NotImplementedError("The event log has a search of its own.")

    def written(self, value: Any) -> dict[str, list[str]]:
        return {self.name: [value]}

    def words(self, value: Any, viewer: Viewer) -> list[Any]:
        return [value]


@dataclass(frozen=True, eq=False)
class LogList(ListOf):
    """`find`, `count` and `rows` go through the log's search; everything else is a list like the others."""

    def find(self, viewer: Viewer, asked: Asked, *, after: str = "", before: str = "", size: int = 50) -> Shown:
        wanted = wanted_of(viewer, asked)
        page = search(wanted, after=after, before=before, size=size)
        viewer.around = actors_of(page.rows)
        return Shown(page, count(wanted))

    def count(self, viewer: Viewer, asked: Asked, most: int = COUNT_LIMIT) -> int:
        return count(wanted_of(viewer, asked), most)

    def rows(self, viewer: Viewer, asked: Asked) -> Iterator[Any]:
        chunk: list[Event] = []
        for event in every(wanted_of(viewer, asked)):
            chunk.append(event)
            if len(chunk) == 500:
                yield from _with_actors(viewer, chunk)
                chunk = []
        yield from _with_actors(viewer, chunk)


def _with_actors(viewer: Viewer, events: list[Event]) -> Iterator[Event]:
    viewer.around = actors_of(events)
    yield from events


def wanted_of(viewer: Viewer, asked: Asked) -> Wanted:
    """What an address asks of the log, within what this person may see."""

    def values(name: str) -> list[Any]:
        return [offer.value for offer in asked.value(name) or ()]

    reach, days = viewer.reach, asked.value("at")
    granted = reach.by_permission.get("audit.view", frozenset())
    since, until = EVENTS.filter("at").bounds(days, viewer) if days else (None, None)  # type: ignore[union-attr]
    number = asked.value("object_id")
    return Wanted(
        reach.team_id, with_portal=reach.team.is_operator, people=values("who"), kinds=values("name"), objects=values("object"),
        object_id=int(number) if number else None, label=asked.value("label") or "", stores=values("store"),
        reached=None if granted is None else sorted(granted), unseen=unseen_events(reach, granted), address=asked.value("address") or "",
        request_id=asked.value("request") or "", since=since, until=until,
    )  # fmt: skip


def _people(viewer: Viewer) -> list[Offer]:
    people = [one.person for one in employees_of(viewer.reach.team)]
    return [Offer(str(person.id), person.id, person.name) for person in people]


def _kinds(viewer: Viewer) -> list[Offer]:
    found = [Offer(kind.name, kind.name, str(kind.words)) for kind in KINDS.values()]
    return sorted(found, key=lambda offer: offer.label)


def _actor(event: Event, viewer: Viewer) -> str:
    return str(viewer.around.get(event.id, ""))


EVENTS: Any = declare(LogList(
    name="events",
    title=say("Event log"),
    model=Event,
    permission="audit.view",
    columns=(
        Column("at", say("When"), lambda event, viewer: event.at, is_fixed=True, kind="moment"),
        Column("event", say("Event"), lambda event, viewer: str(event.words(_actor(event, viewer)))),
        Column("who", say("Person"), _actor),
        Column("object", say("Object"), lambda event, viewer: str(event.object_words)),
        Column("kind", say("Kind"), lambda event, viewer: event.name, is_shown=False),
        Column("address", say("From where"), lambda event, viewer: event.address),
        Column("request", say("Request"), lambda event, viewer: event.request_id, is_shown=False),
    ),
    sorts={"-at": NEWEST_FIRST},
    sort="-at",
    filters=(
        Days("at", say("When"), Event.at, icon="calendar"),
        Choices("who", say("Person"), Event.actor_id, offers=_people, icon="user"),
        Choices("name", say("Kind of event"), Event.name, offers=_kinds, icon="filter"),
        Choices("object", say("Kind of object"), Event.object_kind, offers=OBJECTS),
        Choices("store", say("Store"), Event.store_id, offers=stores_on_offer("audit.view"), icon="store"),
        Search("label", say("Object"), Event.object_label, icon="search",
               help=say("Object, whole name")),
        Exact("object_id", say("Number of the object"), Event.object_id, shape=NUMBER.pattern),
        Exact("address", say("Network address"), Event.address, shape=r"[0-9a-fA-F.:]{2,45}", permission=SECURITY),
        Exact("request", say("Request"), Event.request_id, shape=r"[0-9a-f\-]{8,36}", permission=SECURITY),
    ),
    views=(View("all", say("Everything")),),
))  # fmt: skip


def event_of(reach: Any, number: str) -> Event | None:
    """An event by its number, if this person may see it."""
    event = Event.get_or_none(Event.id == int(number)) if NUMBER.fullmatch(number) else None
    return event if event is not None and holds(wanted_of(Viewer(reach), Asked()), event) else None


def object_of(reach: Any, model: Any, number: int) -> Any:
    """The record an event is about, if it is this team's and within reach."""
    if model is Person:
        return Person.select().join(Grant).where(Person.id == number, Grant.team == reach.team_id).first()
    return model.reachable(reach).where(model.id == number).first()
