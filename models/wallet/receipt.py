"""The receipt of a recharge: what was paid in, as a PDF in each language, made once after the approval and never changed.

`content` is what it says, with the transfer's own digest, so that it can be compared with the ledger for ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

import peewee

from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.record import About, Record
from models.wallet.recharge import Recharge
from models.wallet.transfer import NOT_FREIGHT, Transfer

LANGUAGES = ("en", "zh_Hans")
AT_ONCE = 50
Render = Callable[[dict[str, Any], Sequence[str]], dict[str, bytes]]


class Receipt(Record):
    recharge = peewee.ForeignKeyField(Recharge, index=False, backref="receipts", on_delete="RESTRICT")
    language = peewee.CharField(max_length=12)
    content = peewee.TextField()
    pdf = peewee.BlobField()
    file_sha256 = peewee.CharField(max_length=64)
    made_at = UtcField(default=clock.now)

    about = About(
        why="proof for a team that its money came in", keep="10 years, as the law wants of accounts",
        plain="id recharge language content pdf file_sha256 made_at",
    )  # fmt: skip

    class Meta:
        indexes = ((("recharge", "language"), True),)

    @classmethod
    def of(cls, recharge: Recharge, language: str) -> Receipt | None:
        """In this language, or in English."""
        found = {row.language: row for row in cls.select().where(cls.recharge == recharge)}
        return found.get(language) or found.get("en")

    @property
    def bytes(self) -> bytes:
        return bytes(self.pdf)

    @property
    def file_name(self) -> str:
        return f"receipt-{self.recharge.label}.pdf"


def wanted() -> list[Recharge]:
    """Approved recharges without a receipt, the oldest first."""
    without = Recharge.id.not_in(Receipt.select(Receipt.recharge))
    return list(Recharge.select().where(Recharge.state == "approved", without).order_by(Recharge.id).limit(AT_ONCE))


def content_of(recharge: Recharge) -> dict[str, Any]:
    """Everything the receipt says, as plain values."""
    posted = Transfer.get(
        Transfer.wallet == recharge.wallet_id,
        NOT_FREIGHT,
        Transfer.ref_kind == "recharge",
        Transfer.ref_id == recharge.id,
    )
    operator, wallet = Team.operator(), recharge.wallet
    return {
        "number": recharge.label, "wallet": wallet.label, "team": wallet.team.name, "zone": wallet.team.timezone,
        "operator": operator.name if operator else "", "amount": recharge.amount.text(), "currency": recharge.currency,
        "method": recharge.method, "bank_reference": recharge.bank_reference,
        "paid_on": recharge.paid_on.isoformat() if recharge.paid_on else "", "approved_at": _iso(recharge.decided_at),
        "posted_at": _iso(posted.posted_at), "transfer": posted.label, "digest": posted.digest,
        "balance_after": wallet.told(posted.balance_after_minor),
    }  # fmt: skip


def _iso(moment: Any) -> str:
    return clock.iso(moment.replace(microsecond=0)) if moment else ""


def make(recharge: Recharge, render: Render, step: Callable[[], Any] = lambda: None) -> None:
    """Has it printed and keeps it. `render` is never called inside a transaction; killed before the end, it begins again."""
    content = content_of(recharge)
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    printed = render(content, LANGUAGES)
    with write_txn():
        step()
        for language, pdf in printed.items():
            row = {"recharge": recharge, "language": language, "content": text, "pdf": pdf}
            row |= {"file_sha256": hashlib.sha256(pdf).hexdigest(), "made_at": clock.now()}
            Receipt.insert(row).on_conflict_ignore().execute()
