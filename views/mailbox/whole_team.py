"""What is the whole team's – rules for all stores, templates, the translator – is changed by who manages the mailbox of all its stores."""

from __future__ import annotations

from flask import abort

from models.mailbox.thread import MANAGE
from views.support.access import reach


def manages_all() -> bool:
    return reach.by_permission.get(MANAGE, frozenset()) is None


def require_all() -> None:
    """403 for who manages some stores' mailbox only."""
    if not manages_all():
        abort(403)
