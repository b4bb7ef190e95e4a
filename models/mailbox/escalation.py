"""What nobody answered in time is told to the boss: once for each thread and each time its 24 hours end, in the log, in the queues of who
manages the mailbox, and by mail to those of them who want to be told – one mail for all that ended together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models.audit.event import declare, track
from models.audit.telling import tell
from models.mailbox.thread import MANAGE, MailThread
from models.notices.address import NoticeAddress
from models.notices.kinds import told
from models.notices.muted import MutedNotice
from models.notices.notice import Notice
from models.people.person import Person
from models.people.reach import Reach
from models.people.role import Grant
from models.people.team import Team
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.words import Words, say, speaking

MOST_AT_ONCE = 500  # The rest comes with the next run.
KIND = "mail_overdue"

declare("thread_overdue", say("Nobody has answered the thread %(object)s within 24 hours (with: %(person)s)"), "person")
tell("thread_overdue.person", {"—": say("nobody")})
told(KIND, say("A buyer is not answered within 24 hours"), MANAGE)
SUBJECT = say("%(team)s: buyers wait longer than 24 hours (%(count)s)")
BODY = say(
    "Nobody has answered %(count)s buyers of %(team)s within 24 hours. Amazon counts late answers; look at the overdue threads."
)


def escalate_due() -> int:
    """Tells of every thread whose answer is overdue and was not told of yet. Returns how many."""
    return sum([_escalate(team) for team in Team.select() if _due(team)])


def has_work() -> bool:
    """Is anything to be told of, or put aside until now?"""
    return MailThread.select().where(MailThread.snoozed_until <= clock.now()).exists() or any(
        _due(team) for team in Team.select(Team.id)
    )


@retrying
def _escalate(team: Team) -> int:
    with write_txn():
        threads = [thread for thread in _due(team) if _take(thread)]
        for thread in threads:
            track("thread_overdue", thread, person=thread.assignee.login if thread.assignee else "—")
        if threads:
            _mail(team, threads)
    return len(threads)


def _due(team: Team) -> list[MailThread]:
    query = MailThread.select().where(MailThread.team == team, _is_due())
    return list(query.order_by(MailThread.due_at, MailThread.id).limit(MOST_AT_ONCE))


def _take(thread: MailThread) -> bool:
    """Whoever marks it tells of it."""
    marked = MailThread.update(escalated_at=clock.now()).where(MailThread.id == thread.id, _is_due()).execute()
    return bool(marked)


def _is_due() -> Any:
    return (
        (MailThread.state == "open") & (MailThread.due_at <= clock.now())
        & MailThread.escalated_at.is_null() & MailThread.merged_into.is_null()
    )  # fmt: skip


def _mail(team: Team, threads: Sequence[MailThread]) -> None:
    """To those who manage the mailbox of some of their stores, each in their language; nothing of a buyer is in it."""
    granted = Grant.select(Grant.person).where(Grant.team == team)
    for person in Person.select().where(Person.id.in_(granted), Person.state == "active"):
        reach = Reach.of(person, team) if person.is_active else None
        count = sum(reach.may(MANAGE, thread.store_id) for thread in threads) if reach else 0
        address = NoticeAddress.of(person) if count else None
        if address is None or not address.is_confirmed or KIND in MutedNotice.of(person):
            continue
        with speaking(person.language):
            facts = {"team": team.name, "count": count}
            Notice.queue(
                person, KIND, str(Words(SUBJECT.message, **facts)), str(Words(BODY.message, **facts)),
                path=f"/t/{team.slug}/mailbox/?wait=overdue&sort=due",
            )  # fmt: skip
