"""The list of threads: columns, filters, sorts and views, each on an index. Subjects and names are opened for the rows of one page, the
names masked; exports have neither, for a file outlives them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import peewee

from models.audit.telling import tell
from models.lists.filters import Cases, Choices, Days, Offer, Search
from models.lists.list_of import Bulk, Column, ListOf, News, View, both, declare
from models.lists.viewer import Viewer
from models.mailbox import answer_clock, handling
from models.mailbox.message import KINDS, MailMessage
from models.mailbox.searching import found
from models.mailbox.tagging import ThreadTagged, put_on, tags_of, take_off
from models.mailbox.thread import ANSWER, ANSWER_WITHIN, PERMISSION, STATES, MailThread
from models.mailbox.unsent import unsent_of
from models.orders.assigning import names_of
from models.orders.buyer import mask_words
from models.orders.tag import OrderTag, tags_on_offer
from models.people.person import Person
from models.stores.offers import marketplaces_on_offer, stores_on_offer, stores_seen
from models.support import clock
from models.support.bulk import raw_rows
from models.support.errors import Refused
from models.support.words import say
from models.vault.data_key import held_keys
from models.vault.seal import unseal

SHOWN = (
    MailThread.id, MailThread.uid, MailThread.team, MailThread.store, MailThread.order, MailThread.order_no, MailThread.marketplace_id,
    MailThread.language, MailThread.state, MailThread.kind, MailThread.unanswered_at, MailThread.due_at, MailThread.last_at,
    MailThread.snoozed_until, MailThread.assignee, MailThread.is_suspect, MailThread.message_count, MailThread.has_attachment,
    MailThread.destroyed_at, MailThread.subject, MailThread.buyer_name,
)  # fmt: skip
SOON = ANSWER_WITHIN - answer_clock.AMBER_AFTER
LANGUAGES = {
    "en": say("English"), "de": say("German"), "fr": say("French"), "it": say("Italian"), "es": say("Spanish"), "ja": say("Japanese"),
    "nl": say("Dutch"), "sv": say("Swedish"), "pl": say("Polish"), "tr": say("Turkish"), "ar": say("Arabic"), "pt": say("Portuguese"),
}  # fmt: skip
TOLD = {
    **LANGUAGES,
    "zh": say("Chinese"),
    "zh-Hans": say("Chinese"),
    "*": say("every language"),
}  # As events keep them.
for _detail in (
    "template_changed.language", "mail_share_given.language", "mail_share_taken.language", "message_translated.target",
    "answer_translated.source", "answer_translated.target",
):  # fmt: skip
    tell(_detail, TOLD)


@dataclass
class Around:
    """What rows need from elsewhere. What is sealed is opened when the first row asks for it: an export never does."""

    rows: list[MailThread]
    tags: dict[int, list[OrderTag]] = field(default_factory=dict)

    @cached_property
    def texts(self) -> dict[int, tuple[str, str]]:
        """Subject and name of each thread that can still be opened; the name is masked in both."""
        keys = held_keys(thread.seal_subject() for thread in self.rows if not thread.is_destroyed)
        opened = {}
        for thread in self.rows:
            if key := keys.get(thread.seal_subject()):
                name = _open(key, thread, "buyer_name")
                masked = mask_words(name)
                opened[thread.id] = (
                    _open(key, thread, "subject").replace(name, masked) if name else _open(key, thread, "subject"),
                    masked,
                )
        return opened

    def subject(self, thread: MailThread) -> str:
        return self.texts.get(thread.id, ("", ""))[0]

    def buyer(self, thread: MailThread) -> str:
        return self.texts.get(thread.id, ("", ""))[1]


def _open(key: bytes, thread: MailThread, name: str) -> str:
    sealed = getattr(thread, name)
    return "" if sealed is None else unseal(key, thread._place(name), sealed).decode()


def _around(viewer: Viewer, rows: list[Any]) -> Around:
    return Around(rows, tags_of(thread.id for thread in rows))


def stores_by_id(viewer: Viewer) -> dict[int, Any]:
    return {store.id: store for store in stores_seen(viewer, PERMISSION)}


def language_words(language: str) -> Any:
    return LANGUAGES.get(language) or language or "—"


def _people(viewer: Viewer) -> list[Offer]:
    return [Offer(str(person.uid), person.id, person.name) for person in handling.people_of(viewer.reach.team_id)]


# Bulk actions: each verb of one thread, with what was said once for all of them.


def _tag(thread: MailThread, *, by: Any, tag: str = "", **_more: Any) -> None:
    put_on(thread, _tag_of(thread, tag), by=by)


def _untag(thread: MailThread, *, by: Any, tag: str = "", **_more: Any) -> None:
    take_off(thread, _tag_of(thread, tag), by=by)


def _assign(thread: MailThread, *, by: Any, person: str = "", **_more: Any) -> dict[str, Any]:
    wanted = Person.get_or_none(Person.uid == _uid(person)) if person else None
    if person and wanted is None:
        raise Refused("There is no such person any more.")
    return handling.assign(thread, wanted, by=by)


def _give_back(thread: MailThread, *, by: Any, was: int = 0, given_to: int = 0, **_more: Any) -> None:
    handling.give_back(thread, was, given_to, by=by)


def _tag_of(thread: MailThread, uid: str) -> OrderTag:
    tag = OrderTag.get_or_none(OrderTag.team == thread.team_id, OrderTag.uid == _uid(uid))
    if tag is None:
        raise Refused("There is no such tag any more.")
    return tag


def _uid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Refused("Choose from the list.") from None


def _never(_asked: Any) -> bool:
    """Only to take something back."""
    return False


BULK = (
    Bulk("assign", say("Assign"), ANSWER, _assign, undo="give_back", icon="user", asks="mail_person"),
    Bulk("give_back", say("Give back"), ANSWER, _give_back, is_offered=_never),
    Bulk("tag", say("Tag"), ANSWER, _tag, undo="untag", icon="tag", asks="tag"),
    Bulk("untag", say("Take a tag off"), ANSWER, _untag, undo="tag", icon="tag", asks="tag"),
    Bulk("done", say("Done"), ANSWER, handling.close, undo="reopen", icon="check"),
    Bulk("reopen", say("Open again"), ANSWER, handling.reopen, undo="done", icon="undo"),
    Bulk("no_answer", say("No response needed"), ANSWER, answer_clock.no_answer_needed, icon="circle-check"),
    Bulk("elsewhere", say("Answered elsewhere"), ANSWER, answer_clock.answered_elsewhere, icon="reply"),
    Bulk("spam", say("Spam"), ANSWER, handling.call_spam, undo="no_spam", icon="ban"),
    Bulk(
        "no_spam",
        say("No spam"),
        ANSWER,
        handling.call_no_spam,
        undo="spam",
        is_offered=lambda asked: "spam" in asked.query,
    ),
)


def _is_open(*more: Any) -> tuple[Any, ...]:
    return (MailThread.state == "open", *more)


THREADS = declare(ListOf(
    name="threads",
    title=say("Mailbox"),
    model=MailThread,
    permission=PERMISSION,
    shown=SHOWN,
    only=MailThread.merged_into.is_null(),
    columns=(
        Column("thread", say("Thread"), lambda thread, viewer: thread.label, is_fixed=True),
        Column("buyer", say("Buyer"), lambda thread, viewer: ""),
        Column("state", say("State"), lambda thread, viewer: thread.state_words),
        Column("due", say("Answer due"), lambda thread, viewer: thread.due_at, kind="moment"),
        Column("tags", say("Tags"), lambda thread, viewer: ", ".join(tag.name for tag in viewer.around.tags.get(thread.id, ()))),
        Column("order", say("Order"), lambda thread, viewer: thread.order_no),
        Column("assignee", say("Assigned to"), lambda thread, viewer: viewer.once(names_of).get(thread.assignee_id, "")),
        Column("last", say("Last message"), lambda thread, viewer: thread.last_at, sort="-last"),
        Column("store", say("Store"), lambda thread, viewer: viewer.once(stores_by_id)[thread.store_id].name),
        Column("marketplace", say("Marketplace"), lambda thread, viewer: thread.marketplace, is_shown=False),
        Column("language", say("Language"), lambda thread, viewer: language_words(thread.language), is_shown=False),
        Column("kind", say("Last kind"), lambda thread, viewer: KINDS.get(thread.kind, thread.kind), is_shown=False),
        Column("messages", say("Messages"), lambda thread, viewer: thread.message_count, is_end=True, is_shown=False),
    ),
    sorts=both("last", MailThread.last_at, MailThread.id) | both("due", MailThread.due_at, MailThread.id),
    sort="-last",
    sort_needs={name: ("wait", "answer", "soon", "overdue") for name in ("due", "-due")},  # Only there an answer is due.
    filters=(
        Cases("wait", say("Answer"), cases={
            "answer": (say("To answer"), lambda viewer: _is_open(MailThread.due_at.is_null(False))),
            "soon": (say("Due soon"), lambda viewer: _is_open(MailThread.due_at >= clock.now(), MailThread.due_at < clock.now() + SOON)),
            "overdue": (say("Overdue"), lambda viewer: _is_open(MailThread.due_at < clock.now())),
        }, icon="clock"),
        Cases("care", say("With us"), cases={
            "mine": (say("Mine"), lambda viewer: _is_open(MailThread.assignee == viewer.reach.person.id, MailThread.snoozed_until.is_null())),
            "nobody": (say("Unassigned"), lambda viewer: _is_open(MailThread.assignee.is_null(), MailThread.snoozed_until.is_null())),
            "later": (say("Put aside"), lambda viewer: (MailThread.snoozed_until.is_null(False),)),
            "suspect": (say("Suspect"), lambda viewer: (MailThread.is_suspect,)),
        }, icon="user"),
        Choices("state", say("State"), MailThread.state, offers=STATES),
        ThreadTagged("tag", say("Tag"), MailThread.id, offers=tags_on_offer),
        Choices("store", say("Store"), MailThread.store, offers=stores_on_offer(PERMISSION), icon="store", beside=("due",)),
        Choices("market", say("Marketplace"), MailThread.marketplace_id, offers=marketplaces_on_offer(PERMISSION), icon="globe", beside=("due",)),
        Choices("language", say("Language"), MailThread.language, offers=LANGUAGES, beside=("due",)),
        Choices("person", say("Assigned to"), MailThread.assignee, offers=_people),
        Days("last", say("Last message"), MailThread.last_at, icon="calendar", beside=("due",)),
        Search("q", say("Find"), MailThread.id, found=found, icon="search",
               help=say("Order id or address, however old; words of subject, name and text of the newest 3,000 threads")),
    ),
    views=(
        View("all", say("All")),
        View("mine", say("Mine"), "care=mine"),
        View("nobody", say("Unassigned"), "care=nobody"),
        View("soon", say("Due soon"), "wait=soon&sort=due"),
        View("overdue", say("Overdue"), "wait=overdue&sort=due"),
        View("waiting", say("Waiting for the buyer"), "state=waiting"),
        View("done", say("Done"), "state=done"),
        View("suspect", say("Suspect"), "care=suspect"),
    ),
    bulk=BULK,
    news=News(say("1 thread has something new"), say("%(count)s threads have something new")),
    around=_around,
))  # fmt: skip


def to_answer(reach: Any) -> tuple[int, int, int]:
    """How many threads that this person may answer are overdue, how many are due soon, and how many answers did not go out (one query)."""
    now = clock.now()
    overdue = peewee.Case(None, [(MailThread.due_at < now, 1)], 0)
    query = MailThread.visible_to(reach, ANSWER).where(
        *_is_open(MailThread.due_at < now + SOON, MailThread.merged_into.is_null())
    )
    left = unsent_of(reach).select(peewee.fn.COUNT(MailMessage.id))
    all_of_them, late, unsent = raw_rows(query.select(peewee.fn.COUNT(MailThread.id), peewee.fn.SUM(overdue), left))[0]
    return late or 0, all_of_them - (late or 0), unsent
