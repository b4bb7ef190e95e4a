"""Gathers what stands on a paper: its parcels in bunches, each bunch with its buyers opened together. A parcel that cannot be on it
is left out with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from models.orders.holding import require_going_on
from models.orders.line import OrderLine
from models.orders.order import Order
from models.orders.printing import open_for
from models.shipping.papers.page import Opened, label_of, pick_of, slip_of, titles_of
from models.shipping.papers.paper import Paper
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.ship_from import ShipFrom
from models.shipping.waybill import Waybill
from models.support.bulk import among
from models.support.errors import Refused
from models.support.words import Words, say

BUNCH = 25
Page = dict[str, Any] | bytes
Lines = dict[int, list[ParcelLine]]


class Gathering:
    """`left_out` fills while the bunches are read."""

    def __init__(self, paper: Paper):
        self.paper, self.reach = paper, paper.reach_now()
        self.left_out: list[tuple[str, str]] = []

    def bunches(self) -> Iterator[list[Page]]:
        """What the template is given, bunch by bunch: values for a page of ours, bytes of a carrier's own label."""
        parcels = self.paper.parcels_now(self.reach)
        if gone := self.paper.total - len(parcels):
            self._leave_out("—", say("%(count)s are gone, or not yours to print.", count=gone))
        for start in range(0, len(parcels), BUNCH):
            bunch = [parcel for parcel in parcels[start : start + BUNCH] if self._fits(parcel)]
            yield list(self._pages(bunch))

    def _fits(self, parcel: Parcel) -> bool:
        if words := self.paper.told.unfit(parcel):
            self._leave_out(parcel.label, words)
        return not words

    def _leave_out(self, number: str, words: Words) -> None:
        self.left_out.append((number, words.to_json()))

    def _pages(self, parcels: list[Parcel]) -> Iterator[Page]:
        lines = lines_of(parcels)
        page = getattr(self, f"_{self.paper.kind}")(parcels, lines)
        for parcel in parcels:
            try:
                require_going_on([line.order_id for line in lines.get(parcel.id, [])])
                yield page(parcel, lines.get(parcel.id, []))
            except Refused as refused:
                self._leave_out(parcel.label, refused.words)

    def _labels(self, parcels: list[Parcel], lines: Lines) -> Callable[..., Page]:
        """A carrier's own label where there is one, else ours."""
        sender, kept = ShipFrom.required(self.paper.team_id), Waybill.labels_of(parcels)
        opened = self._open(parcels, lines, only_first=True)

        def page(parcel: Parcel, own: list[ParcelLine]) -> Page:
            return (
                _carriers(kept[parcel.id], own, opened) if parcel.id in kept else label_of(parcel, own, opened, sender)
            )

        return page

    def _slips(self, parcels: list[Parcel], lines: Lines) -> Callable[..., Page]:
        opened, titles = self._open(parcels, lines), self._titles(lines)
        return lambda parcel, own: slip_of(parcel, own, opened, titles)

    def _picks(self, parcels: list[Parcel], lines: Lines) -> Callable[..., Page]:
        titles = self._titles(lines)
        return lambda parcel, own: pick_of(parcel, own, titles)

    def _open(self, parcels: Sequence[Parcel], lines: Lines, *, only_first: bool = False) -> Opened:
        what = f"{self.paper.label}, %s"
        wanted: dict[int, str] = {}
        for parcel in parcels:
            for line in lines.get(parcel.id, [])[: 1 if only_first else None]:
                wanted[line.order_id] = what % parcel.label
        return open_for(self.reach, wanted)

    def _titles(self, lines: Lines) -> dict[str, dict[str, str]]:
        return titles_of(self.paper.team_id, [line.sku for own in lines.values() for line in own])


def lines_of(parcels: Sequence[Parcel]) -> Lines:
    """The lines of several parcels with their orders (parcel id → lines, in the order in which they were packed)."""
    query = ParcelLine.select(ParcelLine, Order, OrderLine).join(Order).switch(ParcelLine).join(OrderLine)
    found: Lines = {}
    for line in query.where(among(ParcelLine.parcel, [parcel.id for parcel in parcels])).order_by(ParcelLine.id):
        found.setdefault(line.parcel_id, []).append(line)
    return found


def _carriers(waybill: Waybill, lines: list[ParcelLine], opened: Opened) -> bytes:
    """The carrier's label, under the rules for the buyer it shows."""
    from models.shipping.papers.page import NoBuyer

    if not lines or lines[0].order_id not in opened:
        raise NoBuyer()
    return waybill.label_pdf()
