"""What a carrier's answers do to a waybill (models/shipping/waybill.py): it was made, refused, or nobody knows yet."""

from __future__ import annotations

from typing import Any

from models.audit.event import declare, track
from models.audit.telling import as_said, tell
from models.orders.note import impersonal_words
from models.shipping.parcel_line import ParcelLine
from models.support import clock
from models.support.db import db, write_txn
from models.support.errors import Refused
from models.support.words import Words, say
from models.vault.data_key import KeyDestroyed

FIRST_REST, LONGEST_REST = 30, 3600
GIVEN = say("The carrier gave this number.")

declare("waybill_made", say("The carrier gave the parcel %(object)s the waybill %(number)s"), "number", "reference")
declare("waybill_refused", say("No waybill was made for the parcel %(object)s: %(reason)s"), "reason")
tell("waybill_refused.reason", as_said)
declare("waybill_label_kept", say("The carrier's label of the parcel %(object)s was fetched"), "number")


class Stepped:
    """What a `Waybill` can be told."""

    order: Any

    def take(self: Any, number: str, tracking_number: str) -> None:
        """The carrier has made it: its number is the parcel's."""
        parcel, tracking = self.parcel, tracking_number or number
        with write_txn():
            values: dict[str, Any] = {
                "number": number[:64],
                "tracking_number": tracking[:64],
                "problem": "",
                "tries": 0,
                "due_at": clock.now(),
            }
            self.move("asking", "made", **values)
            track("waybill_made", parcel, number=number, reference=self.reference)
            try:
                with db.atomic():
                    parcel.give_number(tracking, carrier=parcel.usual_carrier, reason=str(GIVEN))
            except Refused as refused:
                self.change(problem=refused.words.to_json())

    def refuse(self: Any, words: Words) -> None:
        """The carrier said no, or we cannot ask; nothing was made."""
        with write_txn():
            self.move(("waiting", "asking"), "refused", problem=words.to_json())
            track("waybill_refused", self.parcel, reason=impersonal_words(words))

    def later(self: Any, words: Words, *, is_unsure: bool, seconds: float | None = None) -> None:
        """Tries again after a while; `is_unsure` when the carrier may have taken it though its answer never came."""
        self.move("asking", "unsure" if is_unsure else "waiting", problem=words.to_json(), due_at=self._next(seconds))

    def keep_label(self: Any, pdf: bytes) -> None:
        """Seals the carrier's label under the key of the order whose data goes first. Raises KeyDestroyed."""
        orders = [line.order for line in ParcelLine.of(self.parcel) if not line.order.has_buyer_destroyed]
        if not orders:
            raise KeyDestroyed()
        self.order = min(orders, key=lambda order: order.purge_at or clock.now())
        self.seal(pdf=pdf)
        with write_txn():
            self.move("made", "ready", order=self.order, pdf=self.pdf, problem="")
            track("waybill_label_kept", self.parcel, number=self.number)

    def label_later(self: Any, words: Words, seconds: float | None = None) -> None:
        self.change(problem=words.to_json(), tries=self.tries + 1, due_at=self._next(seconds))

    def _next(self: Any, seconds: float | None) -> Any:
        rest = min(FIRST_REST * 2 ** min(self.tries, 10), LONGEST_REST)
        return clock.ahead(seconds=max(rest, seconds or 0))
