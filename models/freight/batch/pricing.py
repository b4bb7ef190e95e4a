"""Pricing a batch: bundle after bundle of its parcels under every channel offered on their days, then the sheets.

Answers to a bundle and the progress they make share a transaction, and `step` (the fence of the run) stands first in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.freight.answering import plain
from models.freight.batch import sheets
from models.freight.batch.columns import PARCELS, Asked, Reader
from models.freight.batch.folder import BatchFolder
from models.freight.batch.parts import QuoteBatchError, QuoteBatchPart
from models.freight.batch.record import MOST_PARCELS, QuoteBatch
from models.freight.channel import Channel
from models.freight.day_rate import rates_on
from models.freight.engine.offer import Offer
from models.freight.engine.parcel import Parcel
from models.freight.engine.quoting import HOME, Quote
from models.freight.engine.tariff import Tariff
from models.freight.offering import Offered, offered
from models.freight.origin import today
from models.imports.importer import Record
from models.imports.spool import Spool
from models.support.db import retrying, write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.job_run import Cancelled
from models.support.words import speaking

AT_ONCE, MOST_ERRORS = 250, 20_000
Step = Callable[..., None]
Answer = list[Any] | None


@dataclass
class DayPrices:
    """A day's tariff of all channels or of one; `incomplete` are the cards without a fuel rate for the day."""

    tariff: Tariff
    offered: dict[int, Offered]  # By the id of the card.
    incomplete: set[int]
    countries: dict[int, set[str]]  # To which a card goes at all.


class Prices:
    """What the team may ship with, day by day, and what parcels cost under it. A batch has parcels of few days."""

    def __init__(self, team_id: int):
        self.team_id = team_id
        self._offered: dict[date, list[Offered]] = {}
        self._days: dict[tuple[date, str], DayPrices] = {}

    def on(self, day: date) -> list[Offered]:
        if day not in self._offered:
            self._offered[day] = offered(self.team_id, day)
        return self._offered[day]

    def codes(self, day: date) -> set[str]:
        return {one.channel.code for one in self.on(day)}

    def of(self, day: date, channel: str) -> DayPrices:
        if (day, channel) not in self._days:
            self._days[day, channel] = self._made(
                day, [one for one in self.on(day) if channel in ("", one.channel.code)]
            )
        return self._days[day, channel]

    def _made(self, day: date, chosen: list[Offered]) -> DayPrices:
        rates = rates_on(self.team_id, min(day, today()), {one.card.currency for one in chosen})
        return DayPrices(
            Tariff([one.card for one in chosen], rates),
            {id(one.card): one for one in chosen},
            {
                id(one.card)
                for one in chosen
                if one.card.fuels and not any(fuel.dates.holds(day) for fuel in one.card.fuels)
            },
            {id(one.card): {place.area.country for place in one.card.zones} for one in chosen},
        )


def work(batch: QuoteBatch, folder: BatchFolder, step: Step) -> None:
    """Does what is left of a batch. Raises Refused for a file that cannot be priced, Cancelled when nobody wants it any more."""
    with Spool(PARCELS, folder.path).fill(batch.original(folder), batch.file_shape, batch.mapping) as spool:
        if len(spool) > MOST_PARCELS:
            raise Refused(
                "The file has %(count)s parcels; at most %(most)s at once. Split it.",
                count=len(spool),
                most=MOST_PARCELS,
            )
        prices = Prices(batch.team_id)
        if not batch.is_read:
            _read(batch, spool, prices, step)
        first, reader = QuoteBatchPart.count_of(batch), Reader(batch.today, prices.codes)
        for number, records in enumerate(spool.records(AT_ONCE)):
            asked = [
                reader.read(record) for record in records
            ]  # Also what is done: days are counted in the file's order.
            if number >= first:
                _bundle(batch, number, asked, prices, step)
        _write(batch, folder, spool, step)


def _read(batch: QuoteBatch, spool: Spool, prices: Prices, step: Step) -> None:
    """Looks through the whole file: what is wrong with it, on which days it ships, and so which channels have a column."""
    reader, errors = Reader(batch.today, prices.codes), list(spool.errors)
    days: dict[date, None] = {}
    for records in spool.records(AT_ONCE):
        for asked in map(reader.read, records):
            errors += asked.errors
            days |= {asked.parcel.ship_date: None} if asked.parcel else {}
    channels = {one.channel.id: one.channel for day in sorted(days) for one in prices.on(day)}
    columns = [
        [channel.id, _heading(channel, channels.values())] for channel in sorted(channels.values(), key=_by_code)
    ]
    with write_txn():
        step(done=0, total=len(spool))
        _require(
            batch.note(is_read=True, total=len(spool), channels=columns, refused=len({error.row for error in errors}))
        )
        QuoteBatchError.add(batch, errors[:MOST_ERRORS])


def _bundle(batch: QuoteBatch, number: int, asked: Sequence[Asked], prices: Prices, step: Step) -> None:
    """Prices some parcels and keeps the answers."""
    columns = {channel: place for place, (channel, _heading) in enumerate(batch.channels)}
    answers = _answers(asked, prices, columns)
    priced = sum(1 for answer in answers if answer and answer[0])
    _keep(batch, number, answers, batch.done + len(answers), batch.priced + priced, step)


def _by_code(channel: Channel) -> tuple[str, int]:
    return channel.code, channel.id


def _heading(channel: Channel, others: Iterable[Channel]) -> str:
    """Its code; a team's own channel and the operator's of the same code are told apart by their team."""
    is_alone = sum(other.code == channel.code for other in others) == 1
    return channel.code if is_alone else f"{channel.code} ({channel.team.name})"


@retrying
def _keep(batch: QuoteBatch, number: int, answers: Sequence[Answer], done: int, priced: int, step: Step) -> None:
    with write_txn():
        step(add=len(answers))
        if not batch.note(done=done, priced=priced):
            raise Cancelled()
        QuoteBatchPart.keep(batch, number, answers)


def _require(is_wanted: bool) -> None:
    if not is_wanted:
        raise Cancelled()


# One parcel


def _answers(asked: Sequence[Asked], prices: Prices, columns: dict[int, int]) -> list[Answer]:
    """An answer for each parcel in its turn; those of one day and channel are asked for together."""
    answers: list[Answer] = [None] * len(asked)
    together: dict[tuple[date, str], list[int]] = {}
    for at, one in enumerate(asked):
        if one.parcel is not None:
            together.setdefault((one.parcel.ship_date, one.channel), []).append(at)
    for (day, channel), places in together.items():
        on_day = prices.of(day, channel)
        parcels = [parcel for at in places if (parcel := asked[at].parcel)]
        found = on_day.tariff.offers_of(parcels) if on_day.offered else ([] for _ in parcels)
        for at, parcel, offers in zip(places, parcels, found, strict=True):
            answers[at] = _answer(parcel, offers, on_day, columns)
    return answers


def _answer(parcel: Parcel, offers: Iterable[Any], on_day: DayPrices, columns: dict[int, int]) -> Answer:
    """The price of the cheapest channel (None: nobody takes it), and a cell for each column: CNY in minor units, or codes of
    what is against it or to know about it, the last with the price where there is one."""
    cells: list[Any] = [None] * len(columns)
    best: Any = None
    has_sizes = all(all(box.sides) for box in parcel.boxes)
    for found in offers:
        card = found.card
        one = on_day.offered[id(card)]
        if (place := columns.get(one.channel.id)) is None:  # Offered since the columns were settled.
            continue
        if not found.is_ok:
            cells[place] = (
                ["NO_SERVICE"] if parcel.country not in on_day.countries[id(card)] else list(_exact(found).reasons)
            )
            continue
        home = found.total_home
        is_complete = id(card) not in on_day.incomplete
        if is_complete and home is not None and (has_sizes or card.volume_mode == "NONE"):
            cells[place] = int(home.scaleb(2))
        else:
            price = f"{found.total} {card.currency}" if home is None else f"{home} {HOME}"
            cells[place] = [*_exact(found).warnings, price]
        if best is None and is_complete and home is not None:  # An incomplete price is nobody's choice but a person's.
            best = _told(place, one, _exact(found))
    return [best, cells]


def _exact(found: Any) -> Quote:
    return found.quote if isinstance(found, Offer) else found


def _told(place: int, one: Offered, quote: Quote) -> list[Any]:
    """Everything about the cheapest price: what a label would be bought for."""
    assert quote.weighed is not None
    return [
        place, one.rate_card.version, str(quote.total), quote.card.currency, str(quote.total_home), plain(quote.weighed.chargeable),
        quote.card.unit, quote.eta, quote.warnings, [[line.code, str(line.amount)] for line in quote.lines],
    ]  # fmt: skip


# The sheets


def _write(batch: QuoteBatch, folder: BatchFolder, spool: Spool, step: Step) -> None:
    """Writes the sheets in the language of whoever asked, and closes the batch."""

    def still_wanted() -> None:
        with write_txn():
            step()
            _require(batch.note(is_writing=True))

    def rows() -> Iterator[tuple[Record, Answer]]:
        for number, records in enumerate(spool.records(AT_ONCE)):
            still_wanted() if number % 4 == 0 else None
            yield from zip(records, QuoteBatchPart.of(batch, number), strict=True)

    with speaking(batch.language):
        sheets.write(batch, folder, rows)
    with write_txn():
        step()
        try:
            batch.finish()
        except AlreadyDecided:
            raise Cancelled() from None
