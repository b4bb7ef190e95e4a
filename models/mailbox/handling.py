"""What people do with one thread besides answering: whose it is, done, spam, later, and back. Each leaves an event."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.mailbox.answer_clock import forget_trouble, recount, take_turn, unanswered
from models.mailbox.message import MailMessage
from models.mailbox.reading.addresses import Relay
from models.mailbox.thread import ANSWER, PERMISSION, MailThread, plain_name
from models.people.handover import Held, hands_over
from models.people.person import Person
from models.people.reach import Reach
from models.people.role import Grant, RolePermission
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import say

LATEST_SNOOZE = timedelta(days=30)
MOST_HELD = 500

declare("thread_assigned", say("%(actor)s gave the thread %(object)s to %(person)s"), "person", "was")
declare("thread_unassigned", say("%(actor)s took the thread %(object)s from %(was)s"), "was")
declare("thread_done", say("%(actor)s closed the thread %(object)s"))
declare("thread_reopened", say("%(actor)s opened the thread %(object)s again"))
declare("thread_spam", say("%(actor)s called the thread %(object)s spam"))
declare("thread_not_spam", say("%(actor)s said that the thread %(object)s is no spam"))
declare("thread_believed", say("%(actor)s said that the suspect thread %(object)s is genuine"))
declare("thread_snoozed", say("%(actor)s put the thread %(object)s aside until %(until)s"), "until")
declare("thread_woken", say("%(actor)s took the thread %(object)s up again"))


# Whose it is


def assign(thread: MailThread, person: Person | None, *, by: Any) -> dict[str, Any]:
    """Gives it to a person who may answer it; None to nobody. Gives back whose it was, for taking this back. Raises FieldRefused."""
    if person is not None and not may_have(person, thread):
        raise FieldRefused("person", "This person may not see the thread. Choose from the list.")
    with write_txn():
        take_turn(thread)
        was, wanted = thread.assignee_id, person.id if person else None
        if was == wanted:
            raise Refused(say("It is theirs already.") if person else say("It is nobody's already."))
        thread.change(assignee=person)
        before = _login(was)
        if person is None:
            track("thread_unassigned", thread, by=by, was=before)
        else:
            track("thread_assigned", thread, by=by, person=person.login, was=before)
    return {"was": was or 0, "given_to": wanted or 0}


def give_back(thread: MailThread, was: int, given_to: int, *, by: Any) -> None:
    """Takes an assignment back: to whom it was before, if it still is whose it was made. Raises Refused."""
    if (thread.reload().assignee_id or 0) != given_to:
        raise Refused("It was given to somebody else meanwhile.")
    assign(thread, Person.get_or_none(Person.id == was) if was else None, by=by)


def may_have(person: Person, thread: MailThread) -> bool:
    reach = Reach.of(person, Team.get_by_id(thread.team_id)) if person.is_active else None
    return reach is not None and reach.may(PERMISSION, thread.store_id)


def people_of(team_id: int) -> list[Person]:
    """The active people of a team who may answer buyers of some store, by their names."""
    query = (
        Person.select().join(Grant).join(RolePermission, on=(RolePermission.role == Grant.role))
        .where(Grant.team == team_id, RolePermission.permission == ANSWER, Person.state == "active")
    )  # fmt: skip
    return [person for person in query.distinct().order_by(Person.name) if person.is_active]


# Done, and what is no mail of a buyer


def close(thread: MailThread, *, by: Any) -> None:
    """Nothing is left to do. Raises Refused while a buyer waits for an answer."""
    with write_txn():
        take_turn(thread)
        if thread.unanswered_at is not None:
            raise Refused("The buyer waits for an answer. Answer, or say that no response is needed.")
        if thread.state == "done":
            raise Refused("The thread is done already.")
        forget_trouble(thread, clock.now())
        thread.change(state="done", snoozed_until=None)
        track("thread_done", thread, by=by)


def reopen(thread: MailThread, *, by: Any) -> None:
    """Somebody has to look again."""
    with write_txn():
        take_turn(thread)
        if thread.state == "open":
            raise Refused("The thread is open already.")
        thread.change(state="open")
        track("thread_reopened", thread, by=by)


def call_spam(thread: MailThread, *, by: Any) -> None:
    """No answer is due to it. A buyer's next mail is looked at all the same."""
    with write_txn():
        take_turn(thread)
        if thread.state == "spam":
            raise Refused("The thread is spam already.")
        unanswered_ids = [message.id for message in unanswered(thread)]
        MailMessage.update(answer="not_needed", answered_at=clock.now(), answered_by=by.id).where(
            MailMessage.id.in_(unanswered_ids)
        ).execute()
        forget_trouble(thread, clock.now())
        recount(thread)
        thread.change(state="spam", snoozed_until=None)
        track("thread_spam", thread, by=by)


def call_no_spam(thread: MailThread, *, by: Any) -> None:
    """Open again; what was set aside when it was called spam waits for an answer again."""
    with write_txn():
        take_turn(thread)
        if thread.state != "spam":
            raise Refused("The thread is not spam.")
        mine = MailMessage.thread == thread.id
        last = MailMessage.select(peewee.fn.MAX(MailMessage.answered_at)).where(
            mine, MailMessage.answer == "not_needed"
        )
        MailMessage.update(answer="", answered_at=None, answered_by=None).where(
            mine, MailMessage.answer == "not_needed", MailMessage.answered_at.in_([last.scalar()])
        ).execute()
        recount(thread, state="open")
        track("thread_not_spam", thread, by=by)


def believe(thread: MailThread, *, by: Any) -> None:
    """A person looked and says that the suspect mail is the buyer's: its links may be followed, and an answer is due."""
    with write_txn():
        take_turn(thread)
        if not thread.is_suspect:
            raise Refused("The thread is not suspect.")
        MailMessage.update(starts_clock=True).where(
            MailMessage.thread == thread.id, MailMessage.direction == "in", MailMessage.kind == "phishing_suspect"
        ).execute()
        recount(thread, is_suspect=False)
        _take_address(thread)
        track("thread_believed", thread, by=by)


def _take_address(thread: MailThread) -> None:
    """Answers go to the newest mail's address, where that is a buyer's at Amazon's relay."""
    newest = thread.messages.where(MailMessage.direction == "in").order_by(MailMessage.at.desc()).first()
    if newest is None or thread.to_address is not None:
        return
    newest.thread = thread
    address, name = newest.unseal("from_addr") or "", newest.unseal("from_name") or ""
    if Relay.of(address):
        thread.seal(to_address=address, buyer_name=plain_name(name))
        thread.change(to_address=thread.to_address, buyer_name=thread.buyer_name)


# Later


def snooze(thread: MailThread, until: datetime, *, by: Any) -> None:
    """Out of sight till then, or till the buyer writes again. The clock goes on: it is never set later than an answer is due."""
    now = clock.now()
    if not now < until <= now + LATEST_SNOOZE:
        raise FieldRefused("until", "Choose a moment within the next 30 days.")
    with write_txn():
        take_turn(thread)
        if thread.state in ("done", "spam"):
            raise Refused("The thread is closed. There is nothing to put aside.")
        if thread.due_at is not None and until > thread.due_at:
            raise FieldRefused("until", "The buyer's answer is due before. Choose an earlier moment.")
        thread.change(snoozed_until=until)
        track("thread_snoozed", thread, by=by, until=until)


def wake_up(thread: MailThread, *, by: Any) -> None:
    with write_txn():
        take_turn(thread)
        if thread.snoozed_until is None:
            raise Refused("The thread is not put aside.")
        thread.change(snoozed_until=None)
        track("thread_woken", thread, by=by)


def wake_due() -> int:
    """Brings back what was put aside until now."""
    due = MailThread.snoozed_until <= clock.now()
    if not MailThread.select().where(due).exists():
        return 0
    with write_txn():
        return int(MailThread.update(snoozed_until=None).where(due).execute())


def _login(person_id: int | None) -> str:
    person = Person.get_or_none(Person.id == person_id) if person_id else None
    return person.login if person else ""


# When somebody leaves


def _open_ones(team: Team, person: Person) -> list[Held]:
    mine = MailThread.select().where(
        MailThread.assignee == person, MailThread.team == team, MailThread.state.in_(("open", "waiting"))
    )
    return [Held(thread.label, PERMISSION) for thread in mine.order_by(MailThread.last_at).limit(MOST_HELD)]


@hands_over("threads", say("Buyers' threads to answer"), held=_open_ones)
def pass_threads(team: Team, person: Person, to: Person) -> int:
    """Those of stores the colleague does not see are nobody's from then on."""
    reach = Reach.of(to, team)
    stores = reach.by_permission.get(PERMISSION, frozenset()) if reach else frozenset()
    mine = (MailThread.assignee == person) & (MailThread.team == team) & MailThread.state.in_(("open", "waiting"))
    theirs = mine if stores is None else mine & MailThread.store.in_(sorted(stores))
    passed = MailThread.update(assignee=to).where(theirs).execute()
    return int(passed + MailThread.update(assignee=None).where(mine).execute())
