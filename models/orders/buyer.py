"""The buyer of an order we ship ourselves: every field sealed under the order's key, shown masked, revealed with a reason."""

from __future__ import annotations

import json
from typing import Any

import peewee

from models.orders.order import Order
from models.support.fields import SealedField
from models.support.record import About, Record
from models.vault.data_key import key_of
from models.vault.seal import Sealed, unseal

FIELDS = ("name", "email", "company", "address", "phone", "purchase_order")
ADDRESS_LINES = ("addressLine1", "addressLine2", "addressLine3")
MOST_STARS = 10


class Buyer(Sealed, Record):
    """`address` is JSON with Amazon's own names of its parts, and `instructions` for whoever hands the parcel over."""

    order = peewee.ForeignKeyField(Order, primary_key=True, on_delete="CASCADE")
    name = SealedField(null=True)
    email = SealedField(null=True)
    company = SealedField(null=True)
    address = SealedField(null=True)
    phone = SealedField(null=True)
    purchase_order = SealedField(null=True)

    about = About(why="where the parcel goes", keep="until 23 days after delivery", plain="order",
                  buyer="name email company address phone purchase_order")  # fmt: skip

    def seal_subject(self) -> str:
        return self.order.vault_subject

    @classmethod
    def of(cls, order: Order) -> Buyer | None:
        buyer = cls.get_or_none(cls.order == order)
        if buyer is not None:
            buyer.order = order
        return buyer

    def clear(self, key: bytes | None = None) -> dict[str, Any]:
        """Everything in clear, the address as a dictionary; `key` is its order's, where it is at hand. Raises KeyDestroyed."""
        key = key or key_of(self.seal_subject())
        texts: dict[str, Any] = {name: self._open(key, name) for name in FIELDS}
        texts["address"] = _writable(json.loads(texts["address"])) if texts["address"] else {}
        return texts

    def _open(self, key: bytes, name: str) -> str:
        sealed = getattr(self, name)
        return "" if sealed is None else unseal(key, self._place(name), sealed).decode()

    def masked(self) -> str:
        """What everybody may see: "J*** S****, 9****, DE". Raises KeyDestroyed."""
        clear = self.clear()
        address = clear["address"]
        name = mask_words(clear["name"] or address.get("name", ""))
        parts = [name, mask_word(address.get("postalCode", "")), address.get("countryCode", "")[:2]]
        return ", ".join(part for part in parts if part)


def _writable(address: dict[str, Any]) -> dict[str, str]:
    """Its texts, without halves of characters: Amazon cuts names where it likes, and no paper or file takes half a sign."""
    texts = {part: text for part, text in address.items() if isinstance(text, str)}
    return {part: text.encode("utf-8", "ignore").decode() for part, text in texts.items()}


def address_lines(address: dict[str, Any]) -> list[str]:
    """An address as it is written on a parcel, without the country's own order of its parts."""
    place = " ".join(address.get(part, "") for part in ("postalCode", "city", "stateOrRegion") if address.get(part))
    lines = [address.get("name", ""), address.get("companyName", ""), *(address.get(n, "") for n in ADDRESS_LINES)]
    return [line for line in (*lines, place, address.get("countryCode", "")) if line]


def mask_words(text: str) -> str:
    return " ".join(mask_word(word) for word in text.split()[:3])


def mask_word(word: str) -> str:
    return word[:1] + "*" * min(len(word) - 1, MOST_STARS) if word else ""
