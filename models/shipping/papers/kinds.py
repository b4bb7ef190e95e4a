"""The kinds of paper: which parcels each is for, and whether it shows a buyer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.support.words import Words, say

EDIT, REVEAL = "parcels.edit", "pii.reveal"


@dataclass(frozen=True)
class Kind:
    """`states` are those of the parcels it is made for; `buyers` says that it shows names and addresses, so that it takes the
    permission to reveal them as well."""

    name: str
    title: Words
    help: Words
    states: tuple[str, ...]
    buyers: bool

    @property
    def permissions(self) -> tuple[str, ...]:
        return (EDIT, REVEAL) if self.buyers else (EDIT,)

    def allowed(self, reach: Any, store_id: int | None = None) -> bool:
        return all(reach.may(permission, store_id) for permission in self.permissions)

    def unfit(self, parcel: Any) -> Words | None:
        """Why this parcel is on no such paper; None when it is."""
        if parcel.state in self.states:
            return None
        if parcel.state == "draft":
            return say("It has no label yet: fix its price with “Label” first.")
        if parcel.state == "void":
            return say("It is void.")
        return say("It has left.")


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "labels", say("Labels"), say("100 × 150 mm, with barcode, addresses and customs lines. For labelled parcels."),
            ("labelled",), True,
        ),
        Kind(
            "slips", say("Packing slips"), say("A4, in the language of the marketplace, without prices."),
            ("draft", "labelled"), True,
        ),
        Kind("picks", say("Pick list"), say("A4: what to take from the shelves, summed up and by parcel."), ("draft", "labelled"), False),
    )
}  # fmt: skip
