"""Which version of a channel's prices follows which: one holds at a time, and a new one ends the one before on the eve.

Versions are handed in (models/freight/rate_card.py keeps them), so that nothing here needs to know their table.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from models.audit.event import Event
from models.freight.channel import Channel
from models.freight.origin import today
from models.support.errors import Refused

DAY = timedelta(days=1)


def predecessor(version: Any) -> Any | None:
    """What holds on a draft's first day; of a version that was approved, what had been approved for that day before it."""
    model = type(version)
    found = model.select(*model.without_content(), Channel).join(Channel).where(
        model.channel == version.channel_id, model.id != version.id, model.effective_from <= (version.effective_from or today())
    )  # fmt: skip
    if version.approved_at is None:
        found = found.where(model.state == "approved")
    else:
        found = found.where(model.approved_at < version.approved_at)
    return found.order_by(model.effective_from.desc(), model.approved_at.desc()).first()


def close_earlier(version: Any, first: date) -> list[int]:
    """Ends the approved versions that would hold beside this one; the numbers of those that were ended. Raises Refused."""
    closed = []
    for other in _beside(version, first):
        if other.effective_from < first:
            other.change(effective_to=first - DAY)
        elif other.effective_from == first:
            other.move("approved", "retired")
        else:
            raise Refused("Version %(version)s is approved from %(day)s on. Withdraw it first, or end this one before.",
                          version=other.version, day=other.effective_from)  # fmt: skip
        closed.append(other.version)
    return closed


def _beside(version: Any, first: date) -> Iterable[Any]:
    model = type(version)
    found = model.select().where(
        model.channel == version.channel_id, model.state == "approved",
        model.effective_to.is_null() | (model.effective_to >= first),
    )  # fmt: skip
    if version.effective_to is not None:
        found = found.where(model.effective_from <= version.effective_to)
    return found.order_by(model.effective_from)


def hands_on(versions: Iterable[Any]) -> dict[int, set[int]]:
    """Everybody who made or changed the cells of each version (one question of the event log): they do not approve it."""
    found = {one.id: {one.made_by_id, one.changed_by_id} - {None} for one in versions}
    query: Any = Event.select(Event.object_id, Event.actor_id).where(
        Event.object_kind == "rate_card", Event.object_id.in_(list(found)), Event.name == "rate_card_revised"
    )
    for version_id, person_id in query.distinct().tuples() if found else ():
        if person_id is not None:
            found[version_id].add(person_id)
    return found
