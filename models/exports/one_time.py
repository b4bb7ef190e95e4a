"""One-time links to a made file: five minutes, one download, the session that asked and no other. Only a hash is stored.

A record with such links has a `state`, `link_hash`, `link_session`, `link_until` and `expires_at`.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from models.people.reach import OutOfReach
from models.people.session import hash_of
from models.support import clock

LASTS = timedelta(minutes=5)


def make(record: Any, session: Any) -> str:
    """The token of a new link to a ready file; an older link ends. Raises AlreadyDecided when it is not ready."""
    token = secrets.token_urlsafe(32)
    record.move("ready", "ready", link_hash=hash_of(token), link_session=session.id, link_until=clock.now() + LASTS)
    return token


def is_good(model: Any, token: str, session: Any) -> Any:
    """The condition of the one record this link leads to. Raises OutOfReach for what cannot be a link."""
    if len(token) > 100 or not token.isascii():
        raise OutOfReach
    now = clock.now()
    return (
        (model.link_hash == hash_of(token)) & (model.link_session == session.id) & (model.link_until > now)
        & (model.state == "ready") & (model.expires_at > now)
    )  # fmt: skip


def use_up(record: Any, condition: Any) -> None:
    """Ends the link. Inside a transaction; raises OutOfReach when another was faster."""
    model = type(record)
    ended = model.update(link_hash=None, link_session=None, link_until=None).where(model.id == record.id, condition)
    if not ended.execute():
        raise OutOfReach
