"""What becomes of an answer: claimed, handed over, sent. `sent` is a server's 250 and nothing else.

What may have gone is never sent again by itself: a claim is kept before the server hears of the mail, and whoever dies between its
250 and our record leaves a claim that ends in doubt (`is_unsure`). Amazon's copy of the answer settles that, or a person does.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from models.audit.event import declare, track
from models.audit.measure import measure
from models.audit.telling import as_said, tell
from models.mailbox import answer_clock
from models.mailbox.account import MailAccount
from models.mailbox.answer_clock import take_turn
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.replying import AUTOMATIC, LEAVING, require_unsettled
from models.mailbox.trouble import tell_author
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.errors import AlreadyDecided
from models.support.words import Words, say

JOB = "mailbox.send"
CODES = re.compile(r"\d{3}(?: \d\.\d{1,3}\.\d{1,3})?")
AGAIN_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
HELD = timedelta(minutes=15)  # Longer than any handing over lasts.
IN_DOUBT = say("Nobody knows whether it was sent: the server's answer never came. It is not sent again by itself. Amazon's copy of it settles "
               "this; otherwise look in Seller Central.")  # fmt: skip
DESTROYED = say("What it said was destroyed before it was sent: its time was up.")
NO_MAILBOX = say("The mailbox it was to leave by was removed.")

declare("reply_sent", say("The answer in the thread %(object)s was sent"), "tries")
declare("reply_failed", say("The answer in the thread %(object)s was not sent: %(reason)s"), "reason")
tell("reply_failed.reason", as_said)
declare("reply_in_doubt", say("Nobody knows whether the answer in the thread %(object)s was sent"))
declare("reply_settled", say("%(actor)s says of the answer in the thread %(object)s: it was sent"))
measure("replies_sent", say("Answers sent"), "reply_sent")


# What is due


def accounts_with_work() -> list[str]:
    """Uids of the mailboxes by which something leaves now."""
    ids = {row.account_id for row in _due().select(MailMessage.account_id).distinct()}
    return [str(one.uid) for one in MailAccount.select(MailAccount.uid).where(MailAccount.id.in_(ids))] if ids else []


def has_work() -> bool:
    return _due().exists()


def due(account: MailAccount, most: int = 50) -> list[MailMessage]:
    """Those that may leave now, the oldest first."""
    mine = _due().where(MailMessage.account_id == account.id, MailMessage.state == "waiting")
    return list(mine.order_by(MailMessage.send_after, MailMessage.id).limit(most))


def _due() -> Any:
    return MailMessage.select().where(MailMessage.state.in_(LEAVING), MailMessage.send_after <= clock.now())


def doubt_the_lost(account: MailAccount) -> int:
    """Those a job had in hand when it died."""
    lost = list(_due().where(MailMessage.account_id == account.id, MailMessage.state == "sending"))
    return sum(doubt(one) for one in lost)


# Steps of the job


def claim(message: MailMessage) -> bytes | None:
    """Takes it for sending and gives its bytes; None when another was first, or it may not leave any more."""
    now = clock.now()
    with write_txn():
        taken = (
            MailMessage.update(state="sending", tries=MailMessage.tries + 1, send_after=now + HELD, next_try_at=None, problem="")
            .where(MailMessage.id == message.id, MailMessage.state == "waiting", MailMessage.send_after <= now)
            .execute()
        )  # fmt: skip
    if not taken:
        return None
    message.state, message.tries = "sending", message.tries + 1
    return MailRaw.of(message)


@retrying
def accept(message: MailMessage) -> None:
    """A server said 250, or its copy came back: the clock stops."""
    with write_txn():
        thread = message.thread
        take_turn(thread)
        message.move(
            "sending", "sent", sent_at=clock.now(), send_after=None, next_try_at=None, trouble_at=None, problem=""
        )
        track("reply_sent", thread, by=message.author, tries=message.tries)
        if message.kind != AUTOMATIC:  # Nobody has answered the buyer yet.
            answer_clock.stop(thread, message, by=message.author)


def later(message: MailMessage, problem: Words, *, was_claimed: bool = True) -> None:
    """Surely not sent: again after 1, 5 and 30 minutes, then it is a person's."""
    tries = message.tries if was_claimed else message.tries + 1
    if tries > len(AGAIN_AFTER):
        fail(message, problem)
        return
    then = clock.now() + AGAIN_AFTER[tries - 1]
    with write_txn():
        message.move(
            LEAVING, "waiting", tries=tries, send_after=then, next_try_at=then, problem=_kept(problem)
        )  # fmt: skip


def rest(message: MailMessage, problem: Words) -> None:
    """Its mailbox cannot send just now, which is no try."""
    then = clock.now() + AGAIN_AFTER[1]
    with write_txn():
        message.move("waiting", "waiting", send_after=then, next_try_at=then, problem=_kept(problem))


def fail(message: MailMessage, problem: Words) -> None:
    with write_txn():
        message.move(
            LEAVING, "failed", send_after=None, next_try_at=None, problem=_kept(problem), trouble_at=since(message)
        )
        track("reply_failed", message.thread, reason=_lasting(problem))
        tell_author(message)


def doubt(message: MailMessage) -> bool:
    """It may have gone."""
    with write_txn():
        try:
            message.move(
                "sending", "sending", send_after=None, next_try_at=None, problem=_kept(IN_DOUBT), trouble_at=since(message)
            )  # fmt: skip
        except AlreadyDecided:  # The copy was faster.
            return False
        track("reply_in_doubt", message.thread)
        tell_author(message)
    return True


def since(message: MailMessage) -> datetime | None:
    """From when on it waits for somebody to see to it. An acknowledgement is nobody's answer: its thread waits anyway."""
    return None if message.kind == AUTOMATIC else clock.now()


def settle(message: MailMessage, *, by: Any) -> None:
    """A person looked in Seller Central: it is there. Raises AlreadyDecided."""
    with write_txn():
        take_turn(message.thread)
        require_unsettled(message)
        message.move(message.state, "sending", problem="")
        track("reply_settled", message.thread, by=by)
        accept(message)


def _lasting(problem: Words) -> Words:
    """As an event keeps it, which outlives the thread: of a server's own words, which may repeat the mail's, only the codes."""
    told = {name: (CODES.match(str(value)) or [""])[0] for name, value in problem.params.items()}
    return Words(problem.message, **told)


def _kept(problem: Words) -> str:
    """As the column takes it: a server's long words are cut."""
    text = problem.to_json()
    if len(text) <= MailMessage.problem.max_length:
        return text
    over = len(text) - MailMessage.problem.max_length + 1
    told = {name: str(value)[: max(0, len(str(value)) - over)] + "…" for name, value in problem.params.items()}
    return Words(problem.message, **told).to_json()
