"""What mails that come in say about answers that went out: Amazon's copy settles one in doubt, or is itself an answer, written in Seller Central;
a return opens what it answered again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.audit.event import declare, track
from models.mailbox import answer_clock, sending, taking
from models.mailbox.answer_clock import take_turn
from models.mailbox.message import MailMessage
from models.mailbox.outgoing import text_mark
from models.mailbox.outreach import Outreach
from models.mailbox.replying import AUTOMATIC
from models.mailbox.sending import accept
from models.mailbox.trouble import tell_author
from models.support import clock
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.words import say
from models.vault.data_key import KeyDestroyed

COPIES_WITHIN = timedelta(days=7)
COPY_FOLLOWS = timedelta(hours=6)  # Longer than Amazon takes to send the copy of what was sent.
CAME_BACK = say("Amazon did not deliver it. What it answered waits for an answer again.")

declare("reply_bounced", say("The answer in the thread %(object)s came back"))


def hear(message: MailMessage, mail: Any) -> None:
    """In the transaction that takes a mail in."""
    if message.kind == "confirmation_receipt":
        found = _named(message) or _of_text(message, mail)
        if found is None:
            _given_elsewhere(message, mail)
        elif found.state in ("sending", "failed"):
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
        message.move(
            ("sending", "sent"), "bounced", send_after=None, next_try_at=None, problem=CAME_BACK.to_json(), trouble_at=sending.since(message)
        )  # fmt: skip
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
    """Without our id in it: the thread's answer that says the same, one in doubt before one that was sent just now."""
    mark = text_mark(message.team_id, mail.buyer_text or "")
    is_doubted = (MailMessage.state == "sending") & (MailMessage.at > clock.now() - COPIES_WITHIN)
    is_sent = (MailMessage.state == "sent") & (MailMessage.sent_at > message.at - COPY_FOLLOWS)
    query = MailMessage.select().where(
        MailMessage.thread == message.thread_id,
        MailMessage.direction == "out",
        MailMessage.text_mark == mark,
        is_doubted | is_sent,
    )
    return query.order_by(MailMessage.state, MailMessage.id.desc()).first()


def _given_elsewhere(message: MailMessage, mail: Any) -> None:
    """The copy of an answer that is none of ours, written in Seller Central: it stands for that answer, and stops the clock for what was here
    when it was written."""
    thread, text = message.thread, mail.buyer_text or ""
    if thread.is_suspect or _went_through_amazon(message, text) or _was_automatic(message, text):
        return
    written_at = min(mail.date or message.at, message.at)
    message.change(state="sent", sent_at=written_at, text_mark=text_mark(message.team_id, text))
    answer_clock.stop_by_copy(thread, written_at)


def _went_through_amazon(message: MailMessage, text: str) -> bool:
    """It is the copy of a message that nobody meant as an answer (models/mailbox/outreach.py). Documents go in Amazon's own words."""
    order_id = message.thread.order_id
    if order_id is None:
        return False
    lately = Outreach.select().where(
        Outreach.order == order_id,
        Outreach.state.in_(("sending", "unsure", "sent")),
        Outreach.sent_at > message.at - COPY_FOLLOWS,
    )
    return any(_says(one, text) for one in lately)


def _was_automatic(message: MailMessage, text: str) -> bool:
    """It is the copy of an acknowledgement to which Amazon added words: nobody has answered yet."""
    lately = MailMessage.select().where(
        MailMessage.thread == message.thread_id,
        MailMessage.kind == AUTOMATIC,
        MailMessage.state.in_(("sending", "sent")),
        MailMessage.at > message.at - COPY_FOLLOWS,
    )
    return any(_says(one, text) for one in lately)


def _says(one: Outreach | MailMessage, text: str) -> bool:
    try:
        said = one.unseal("text")
    except KeyDestroyed:
        return False
    return not said or "".join(said.split()) in "".join(text.split())


def _hear(message: MailMessage, mail: Any) -> None:
    try:
        hear(message, mail)
    except (
        Refused
    ):  # The thread of the answer was merged or destroyed meanwhile; the mail itself is taken in all the same.
        return


taking.ON_TAKEN.append(_hear)
