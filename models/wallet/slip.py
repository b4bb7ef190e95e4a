"""The bank's slip of a recharge: an image or a PDF, sealed as it comes, and shown to nobody before it was made anew from what is drawn in
it alone. What came is then forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import peewee

from models.catalog.image import redrawn
from models.support import clock
from models.support.db import write_txn
from models.support.errors import AlreadyDecided, FieldRefused
from models.support.fields import SealedField, StatusField, UtcField
from models.support.job_run import wake
from models.support.record import About, Record
from models.support.words import say
from models.vault.data_key import keys_for
from models.vault.seal import Sealed
from models.wallet.recharge import Recharge
from models.wallet.wallet import Wallet

JOB = "wallet.slips"
MOST_BYTES, MOST_SIDE = 8 * 1024 * 1024, 2400
KINDS = {"image": "image/jpeg", "pdf": "application/pdf"}
ENDINGS = {"image": "jpg", "pdf": "pdf"}


class RechargeSlip(Sealed, Record):
    """`waiting` holds what came in `sent`; `ready` what was made of it in `content`; `refused` neither."""

    recharge = peewee.ForeignKeyField(Recharge, unique=True, backref="slips", on_delete="RESTRICT")
    kind = StatusField(*KINDS)
    state = StatusField("waiting", "ready", "refused", default="waiting")
    sent = SealedField(null=True)
    content = SealedField(null=True)
    created_at = UtcField(default=clock.now)

    about = About(
        why="the bank's own word for a payment, for who decides on it", keep="10 years, as the law wants of accounts",
        plain="id recharge kind state created_at", secret="sent content",
    )  # fmt: skip

    def seal_subject(self) -> str:
        return f"recharge:{self.recharge.uid}"

    @property
    def file_name(self) -> str:
        return f"slip-{self.recharge.label}.{ENDINGS[self.kind]}"

    @property
    def mime_type(self) -> str:
        return KINDS[self.kind]

    @property
    def file(self) -> bytes | None:
        """What is shown of it; None while it is not made, or was refused."""
        return self.unseal_bytes("content")

    @classmethod
    def of(cls, recharge: Recharge) -> RechargeSlip | None:
        return cls.get_or_none(cls.recharge == recharge)

    @classmethod
    def waiting(cls) -> list[RechargeSlip]:
        return list(cls.select().where(cls.state == "waiting").order_by(cls.id).limit(20))

    @classmethod
    def has_work(cls) -> bool:
        return cls.select().where(cls.state == "waiting").exists()

    def clean(self, flat_pdf: Callable[[bytes], bytes | None], step: Callable[[], Any] = lambda: None) -> None:
        """Makes it anew. `flat_pdf` gives pages without anything in them but what is drawn, None for what is no PDF; it is never
        called inside a transaction."""
        sent = self.unseal_bytes("sent") or b""
        made = flat_pdf(sent) if self.kind == "pdf" else _picture(sent)
        self.seal(content=made)
        with write_txn():
            step()
            try:
                self.move("waiting", "ready" if made else "refused", content=self.content, sent=None)
            except AlreadyDecided:  # Another run was faster.
                return


RechargeSlip.add_index(
    RechargeSlip.index(RechargeSlip.id, where=RechargeSlip.state == "waiting", name="recharge_slip_waiting")
)


def ask_with_slip(wallet: Wallet, amount_minor: int, sent: bytes | None, **facts: Any) -> Recharge:
    """Asks for a recharge, with the bank's slip where there is one. Raises InvalidAmount, FieldRefused."""
    if not sent:
        return Recharge.ask(wallet, amount_minor, **facts)
    kind = kind_of(sent)
    with write_txn():
        asked = Recharge.ask(wallet, amount_minor, **facts)
        if asked.state != "waiting" or RechargeSlip.of(asked) is not None:  # It was sent before, with its key.
            return asked
        slip = RechargeSlip(recharge=asked, kind=kind)
        key = keys_for([slip.seal_subject()])[slip.seal_subject()]  # A key without its slip opens nothing.
        slip.seal(key=key, sent=sent)
        slip.save(force_insert=True)
        wake(JOB)
    return asked


def kind_of(sent: bytes) -> str:
    """By its first signs. Raises FieldRefused."""
    if len(sent) > MOST_BYTES:
        raise FieldRefused("slip", "A slip has at most 8 MB.")
    if sent[:5] == b"%PDF-":
        return "pdf"
    if (
        sent[:3] == b"\xff\xd8\xff"
        or sent[:8] == b"\x89PNG\r\n\x1a\n"
        or (sent[:4] == b"RIFF" and sent[8:12] == b"WEBP")
    ):
        return "image"
    raise FieldRefused("slip", "Use a PDF, or a JPEG, PNG or WebP image.")


def _picture(sent: bytes) -> bytes | None:
    try:
        return redrawn(sent, MOST_SIDE)
    except FieldRefused:
        return None


REFUSED = say("The slip cannot be read, so it is not shown. The bank reference still finds the payment.")
