"""The list of answers that did not go out: what happened, since when, and what to do. What they say stands in their threads alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.lists.filters import Cases, Choices, Days
from models.lists.list_of import Bulk, Column, ListOf, View, both, declare
from models.lists.viewer import Viewer
from models.mailbox import unsent
from models.mailbox.message import MailMessage
from models.mailbox.thread import ANSWER, PERMISSION, MailThread
from models.people.person import Person
from models.stores.offers import stores_on_offer, stores_seen
from models.support.bulk import among
from models.support.words import say

SHOWN = (
    MailMessage.id, MailMessage.uid, MailMessage.team, MailMessage.store, MailMessage.thread, MailMessage.direction, MailMessage.state,
    MailMessage.problem, MailMessage.at, MailMessage.author, MailMessage.tries, MailMessage.trouble_at, MailMessage.attachment_count,
)  # fmt: skip


@dataclass(frozen=True)
class Around:
    """Threads, stores and authors of a page of rows, by their ids."""

    threads: dict[int, MailThread]
    stores: dict[int, str]
    authors: dict[int, str]


def _around(viewer: Viewer, rows: list[Any]) -> Around:
    threads = MailThread.select(MailThread.id, MailThread.uid, MailThread.order_no).where(
        among(MailThread.id, [row.thread_id for row in rows])
    )
    stores = {store.id: store.name for store in stores_seen(viewer, PERMISSION)}
    return Around(
        {one.id: one for one in threads}, stores, Person.names({row.author_id for row in rows if row.author_id})
    )


UNSENT = declare(ListOf(
    name="unsent",
    title=say("Answers that did not go out"),
    model=MailMessage,
    permission=PERMISSION,
    shown=SHOWN,
    only=MailMessage.trouble_at.is_null(False),
    columns=(
        Column("thread", say("Thread"), lambda one, viewer: viewer.around.threads[one.thread_id].label, is_fixed=True),
        Column("state", say("State"), lambda one, viewer: one.state_words),
        Column("problem", say("What is wrong"), lambda one, viewer: one.problem_words, kind="text"),
        Column("next", say("What to do"), lambda one, viewer: unsent.next_words(one)),
        Column("since", say("Since"), lambda one, viewer: one.trouble_at, sort="since", kind="moment"),
        Column("author", say("Written by"), lambda one, viewer: viewer.around.authors.get(one.author_id, "")),
        Column("written", say("Written"), lambda one, viewer: one.at, kind="moment"),
        Column("store", say("Store"), lambda one, viewer: viewer.around.stores.get(one.store_id, "")),
        Column("tries", say("Tries"), lambda one, viewer: one.tries, is_end=True, is_shown=False),
    ),
    sorts=both("since", MailMessage.trouble_at, MailMessage.id),
    sort="since",
    filters=(
        Cases("what", say("State"), cases={
            "failed": (say("Not sent"), lambda viewer: (MailMessage.state == "failed",)),
            "bounced": (say("Came back"), lambda viewer: (MailMessage.state == "bounced",)),
            "doubt": (say("Perhaps sent"), lambda viewer: (MailMessage.state == "sending",)),
        }, icon="mail"),
        Cases("care", say("Written by"), cases={
            "mine": (say("Me"), lambda viewer: (MailMessage.author == viewer.reach.person.id,)),
        }, icon="user"),
        Choices("store", say("Store"), MailMessage.store, offers=stores_on_offer(PERMISSION), icon="store"),
        Days("since", say("Since"), MailMessage.trouble_at, icon="calendar"),
    ),
    views=(
        View("all", say("All")),
        View("mine", say("Mine"), "care=mine"),
        View("failed", say("Not sent"), "what=failed"),
        View("bounced", say("Came back"), "what=bounced"),
        View("doubt", say("Perhaps sent"), "what=doubt"),
    ),
    bulk=(
        Bulk("again", say("Send again"), ANSWER, unsent.again, icon="send"),
        Bulk("anew", say("Change"), ANSWER, unsent.write_anew, icon="pencil"),
        Bulk("was_sent", say("It was sent"), ANSWER, unsent.was_sent, icon="check"),
        Bulk("let_go", say("Give up"), ANSWER, unsent.let_go, icon="ban"),
    ),
    around=_around,
))  # fmt: skip
