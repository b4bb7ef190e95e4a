"""A mail comes in: its store, its thread, its place in it, sealed, with the clock started, in one transaction.

Nothing comes twice: a mail is known by its Message-ID and by its very bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.mailbox.account import MailAccount
from models.mailbox.coming import Coming
from models.mailbox.looking_up import is_here
from models.mailbox.marks import Marker
from models.mailbox.message import KINDS, MailMessage
from models.mailbox.routing import store_of
from models.stores.store import Store
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.words import say

# Told of each mail in its own transaction: the message, and what was read of it.
ON_TAKEN: list[Callable[[MailMessage, Any], None]] = []

tell("mail_taken.kind", KINDS)
declare("mail_taken", say("A mail came into the thread %(object)s: %(kind)s"), "kind", "is_new")


@retrying
def take(account: MailAccount, mail: Any, raw: bytes, received: datetime | None = None) -> MailMessage | None:
    """Takes in what `models.mailbox.reading.read` made of the bytes; None when it is here already. `received` is when the server
    got it, for the clock; without it the mail's own date counts, which nobody vouches for."""
    marker = Marker(account.team_id)
    mark, digest = marker.mail(mail.message_id), marker.digest(raw)
    try:
        with write_txn():
            if is_here(account.team_id, mark, digest):
                return None
            store_id = store_of(account, mail, raw)
            Store.take_turn(store_id)  # Two mails of one buyer at once find the same thread.
            at = min(received or mail.date or clock.now(), clock.now())
            return _taken(Coming(account, mail, store_id, marker, at), raw, mark, digest)
    except peewee.IntegrityError:
        if is_here(account.team_id, mark, digest):  # Another account of the team brought it at the same time.
            return None
        raise


def _taken(coming: Coming, raw: bytes, mark: str, digest: str) -> MailMessage:
    message, is_new = coming.join(raw, mark, digest)
    track("mail_taken", message.thread, kind=coming.mail.type, is_new=is_new)
    for listen in ON_TAKEN:
        listen(message, coming.mail)
    return message
