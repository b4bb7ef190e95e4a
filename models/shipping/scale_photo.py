"""A photo of a parcel on the operator's scale. A box shows its label, so the photo is the buyer's data: drawn anew from what is on it,
sealed under the key of its order, opened one at a time by who may reveal buyers, and destroyed with the buyer or after 30 days.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.catalog.image import redrawn
from models.orders import purge
from models.orders.order import Order, write_alone
from models.orders.reveal import note_reveal
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.weighing import Weighing, weigh
from models.support import clock
from models.support.bulk import among
from models.support.db import retrying, write_txn
from models.support.errors import FieldRefused
from models.support.fields import SealedField, UidField, UtcField
from models.support.record import About, Record
from models.support.words import Words, say
from models.vault.data_key import held_keys
from models.vault.seal import Sealed

MOST_SIDE, QUALITY = 1280, 70  # About 150 KB: a label can be read, a million of them would fit.
KEPT = timedelta(days=30)
BATCH = 200
REASON = "the photo of the scale"

declare("scale_photos_destroyed", say("%(count)s photos of the scale were destroyed"), "count")


class ScalePhoto(Sealed, Record):
    """`order` is the one of the parcel whose key seals the picture (JPEG)."""

    uid = UidField()
    weighing = peewee.ForeignKeyField(Weighing, unique=True, backref="photos", on_delete="CASCADE")
    order = peewee.ForeignKeyField(Order, index=False, on_delete="CASCADE")
    picture = SealedField()
    taken_at = UtcField(default=clock.now, index=True)

    about = About(
        why="what lay on the scale, where its weight is disputed", keep="30 days, and no longer than the buyer's data",
        plain="id uid weighing order taken_at", buyer="picture",
    )  # fmt: skip

    def seal_subject(self) -> str:
        return self.order.vault_subject

    def seal_row(self) -> str:
        return str(self.uid)

    @classmethod
    def is_there(cls, weighing: Weighing | None) -> bool:
        return weighing is not None and cls.select(cls.id).where(cls.weighing == weighing).exists()

    @classmethod
    def of(cls, parcel: Parcel) -> ScalePhoto | None:
        return cls.select(cls, Order).join(Order).switch(cls).join(Weighing).where(Weighing.parcel == parcel).first()

    def open(self, *, by: Any) -> bytes:
        """The picture, as one look at the buyer. Raises QuotaReached, KeyDestroyed."""
        picture = self.unseal_bytes("picture") or b""
        with write_txn():
            note_reveal(self.order, REASON, by=by)
        return picture


def weigh_with(photo: bytes | None, parcel: Parcel, **measured: Any) -> Weighing:
    """Weighs in (`weigh`), with a photo where there is one. Raises what weighing does, and FieldRefused at `photo`."""
    if not photo:
        return weigh(parcel, **measured)
    picture, order = redrawn(photo, MOST_SIDE, field="photo", quality=QUALITY), _held_order(parcel)
    kept = ScalePhoto(order=order)
    key = held_keys([kept.seal_subject()]).get(kept.seal_subject())
    if key is None:
        raise FieldRefused("photo", NOT_KEPT)
    kept.seal(key=key, picture=picture)
    with write_txn():
        write_alone(order.store_id)  # A purge of its buyers comes before, and is seen here, or after.
        kept.weighing = weigh(parcel, **measured)
        _held_order(parcel)
        kept.save(force_insert=True)
    return kept.weighing  # type: ignore[no-any-return]


def _held_order(parcel: Parcel) -> Order:
    """One of those in the box whose key may seal it. None where the buyer of any was destroyed: the label names them."""
    orders: list[Order] = [line.order for line in ParcelLine.of(parcel)]
    held = next((order for order in orders if order.buyer_state == "held"), None)
    if held is None or any(order.has_buyer_destroyed for order in orders):
        raise FieldRefused("photo", NOT_KEPT)
    return held


NOT_KEPT: Words = say(
    "The buyer's data of this parcel are not kept here any more, so no photo of its box may be. Weigh it in without."
)


# Destroying


def forget_old(*, fence: Callable[..., None] | None = None) -> int:
    """Destroys photos that were kept long enough. Raises ClockLooksWrong."""
    purge.require_true_clock()
    gone = 0
    while ids := [row.id for row in _old().order_by(ScalePhoto.taken_at).limit(BATCH)]:
        gone += _forget(ids, fence)
    if gone:
        purge.erase_from_disk()
    return gone


def held_count() -> int:
    return ScalePhoto.select().count()


def _old() -> Any:
    return ScalePhoto.select(ScalePhoto.id).where(ScalePhoto.taken_at <= clock.now() - KEPT)


@retrying
def _forget(ids: Sequence[int], fence: Callable[..., None] | None) -> int:
    with write_txn():
        if fence:
            fence(add=len(ids))
        gone = ScalePhoto.delete().where(among(ScalePhoto.id, list(ids))).execute()
        track("scale_photos_destroyed", count=gone)
    return gone


@purge.with_buyers
def _go_with_buyers(order_ids: list[int]) -> None:
    """A photo shows the buyer of every order in its box."""
    parcels = ParcelLine.select(ParcelLine.parcel).where(among(ParcelLine.order, order_ids))
    ScalePhoto.delete().where(
        ScalePhoto.weighing.in_(Weighing.select(Weighing.id).where(Weighing.parcel.in_(parcels)))
    ).execute()
