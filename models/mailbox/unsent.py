"""Answers that did not go out: refused, come back, or in doubt. Each waits until somebody has seen to it: sends it again, writes it anew, says
that it was sent, or gives it up. One that a later answer, or the end of its thread, made needless waits no more (answer_clock.forget_trouble).
"""

from __future__ import annotations

from typing import Any

from models.audit.event import declare, track
from models.mailbox import drafting, sending
from models.mailbox.answer_clock import take_turn
from models.mailbox.message import MailMessage
from models.mailbox.replying import files_of, send_again, take_back
from models.mailbox.thread import ANSWER
from models.support.db import retrying, write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.words import Words, say

declare("reply_begun_anew", say("%(actor)s writes the answer in the thread %(object)s anew, which came back"))
declare("reply_let_go", say("%(actor)s gave up the answer in the thread %(object)s that did not go out"))

NEXT = {
    "failed": say("Send it again, change it, or give it up"),
    "bounced": say("Change it and send it, or give it up"),
    "doubt": say("Look in Seller Central: is it there?"),
}


def next_words(message: MailMessage) -> Words:
    """What somebody does with it."""
    return NEXT["doubt" if message.is_unsure else message.state]


def unsent(team_id: int) -> Any:
    """Those of a team that wait for somebody, as a query."""
    return MailMessage.select().where(MailMessage.team == team_id, MailMessage.trouble_at.is_null(False))


def unsent_of(reach: Any) -> Any:
    """Those among them that this person may see to."""
    stores = reach.by_permission.get(ANSWER, frozenset())
    query = unsent(reach.team_id)
    return query if stores is None else query.where(MailMessage.store.in_(sorted(stores)))


# What somebody does


def again(message: MailMessage, *, by: Any) -> None:
    """The same mail once more. Raises Refused, AlreadyDecided."""
    if message.state == "bounced":
        raise Refused("It came back: Amazon does not deliver it as it is. Change it first.")
    send_again(message, by=by)


def was_sent(message: MailMessage, *, by: Any) -> None:
    """Somebody looked in Seller Central: it is there. Raises Refused, AlreadyDecided."""
    if message.state == "bounced":
        raise Refused("It came back: Amazon does not deliver it as it is. Change it first.")
    sending.settle(message, by=by)


@retrying
def write_anew(message: MailMessage, *, by: Any) -> None:
    """What it said is a draft of this person's, before what they began since. One that failed is none any more; one that came back stays,
    because it was sent. Raises Refused, AlreadyDecided."""
    if message.is_unsure:
        raise Refused("It may have been sent. Look in Seller Central first.")
    if message.state == "failed":
        take_back(message, by=by)
        return
    thread, text, files = message.thread, message.unseal("text") or "", files_of(message)
    with write_txn():
        take_turn(thread)
        _require_waiting(message)
        message.change(trouble_at=None)
        drafting.put_back(thread, by, text, files)
        track("reply_begun_anew", thread, by=by)


@retrying
def let_go(message: MailMessage, *, by: Any) -> None:
    """Nobody sees to it any more; it stays in its thread as what it is. Raises AlreadyDecided."""
    with write_txn():
        take_turn(message.thread)
        _require_waiting(message)
        message.change(trouble_at=None)
        track("reply_let_go", message.thread, by=by)


def _require_waiting(message: MailMessage) -> None:
    if MailMessage.get_by_id(message.id).trouble_at is None:
        raise AlreadyDecided
