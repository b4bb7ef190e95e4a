"""What mails that come in say about answers that went out: Amazon's copy settles one in doubt, a return opens what it answered again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.audit.event import declare, track
from models.mailbox import answer_clock, taking
from models.mailbox.answer_clock import take_turn
from models.mailbox.message import MailMessage
from models.mailbox.outgoing import text_mark
from models.mailbox.sending import accept
from models.mailbox.trouble import tell_author
from models.support import clock
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.words import say

COPIES_WITHIN = timedelta(days=7)
CAME_BACK = say("Amazon did not deliver it. What it answered waits for an answer again.")

declare("reply_bounced", say("The answer in the thread %(object)s came back"))


def hear(message: MailMessage, mail: Any) -> None:
    """In the transaction that takes a mail in."""
    if message.kind == "confirmation_receipt":
        found = _named(message) or _of_text(message, mail)
        if found is not None and found.state in ("sending", "failed"):
            found.move(found.state, "sending", problem="")
            accept(found)
    elif message.kind == "delivery_failure":
        found = _named(message)
        if found is not None and found.state in ("sending", "sent"):
            bounce(found)


def bounce(message: MailMessage) -> None:
    """What it answered waits again, since the moment it came."""
    since = message.sent_at
    with write_txn():
        take_turn(message.thread)
        message.move(("sending", "sent"), "bounced", send_after=None, next_try_at=None, problem=CAME_BACK.to_json())
        if since is not None:
            answer_clock.reopen_unanswered(message.thread, answered_after=since, written_before=message.created_at)
        message.thread.change(state="open")
        track("reply_bounced", message.thread)
        tell_author(message)


def _named(message: MailMessage) -> MailMessage | None:
    """Our answer whose Message-ID the mail refers to."""
    if not message.refs:
        return None
    query = MailMessage.select().where(
        MailMessage.team == message.team_id, MailMessage.direction == "out", MailMessage.mark.in_(message.refs)
    )
    return query.order_by(MailMessage.id.desc()).first()


def _of_text(message: MailMessage, mail: Any) -> MailMessage | None:
    """Without our id in it: the thread's answer in doubt that says the same."""
    mark = text_mark(message.team_id, mail.buyer_text or "")
    query = MailMessage.select().where(
        MailMessage.thread == message.thread_id, MailMessage.direction == "out", MailMessage.text_mark == mark,
        MailMessage.state == "sending", MailMessage.at > clock.now() - COPIES_WITHIN,
    )  # fmt: skip
    return query.order_by(MailMessage.id.desc()).first()


def _hear(message: MailMessage, mail: Any) -> None:
    try:
        hear(message, mail)
    except (
        Refused
    ):  # The thread of the answer was merged or destroyed meanwhile; the mail itself is taken in all the same.
        return


taking.ON_TAKEN.append(_hear)
