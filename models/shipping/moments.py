"""Moments of a parcel's life at which a later room acts in the same transaction. It says no by Refused, and nothing has happened:

    @at("label")
    def hold(parcel, *, charge, by, **more): …

| moment | given besides `charge` and `by` |
|---|---|
| `plan` | another weight, size or channel, before the label |
| `label` | |
| `weigh` | `weighing`: what the operator's scale said, its quote and the difference (models/shipping/weighing.py) |
| `price` | `amount_minor`: what two of the operator's people agreed that it costs, where `weighing` has no quote; in the label's currency |
| `void` | |
| `number` | `was`: the tracking number before, empty for the first one |
| `leave` | |
| `end` | `state`: delivered, lost or returned; a parcel may still come back after it was delivered |

`parcel` is the row as it stands, while others wait. `charge` is None for a parcel that never had a label. A module that listens is
imported by models/database.py, so that no process can write past it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.support.db import in_write_txn

MOMENTS = ("plan", "label", "weigh", "price", "void", "number", "leave", "end")
Listener = Callable[..., None]
LISTENERS: dict[str, list[Listener]] = {moment: [] for moment in MOMENTS}


@dataclass(frozen=True)
class Charge:
    """What the label fixed for ever: the kept quote, its total, the channel and whose it is (a team's id). What an operator's
    channel asks is owed to the operator; a seller's own channel is between the seller and its carrier."""

    quote: Any
    amount_minor: int
    currency: str
    channel: Any

    @property
    def owner_id(self) -> int:
        return self.channel.team_id

    @classmethod
    def of(cls, parcel: Any) -> Charge | None:
        quote = parcel.quote if parcel.labelled_at else None
        return quote and cls(quote, quote.total_minor, quote.currency, quote.channel)


def at(moment: str) -> Callable[[Listener], Listener]:
    """Registers a function for a moment. Those of one moment are called in the order in which they were registered."""

    def register(listener: Listener) -> Listener:
        LISTENERS[moment].append(listener)
        return listener

    return register


def come(moment: str, parcel: Any, **facts: Any) -> None:
    """Calls who listens, in the transaction of what happened. Raises what they raise."""
    if not in_write_txn():
        raise RuntimeError("A moment belongs inside write_txn(): who listens shares the transaction.")
    if not LISTENERS[moment]:
        return
    now = parcel.locked()
    charge = Charge.of(now)
    for listener in LISTENERS[moment]:
        listener(now, charge=charge, **facts)
