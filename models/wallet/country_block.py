"""Where the transfers of parcels to a country stand among all, so that the operator's table begins where a country of long ago does.

The numbers of transfers are cut into blocks. One is noted once no number in it can be given any more: by then a transfer is never
changed, nor is its parcel's country. What is not noted yet is looked at as it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import peewee

from models.shipping.parcel import Parcel
from models.support import clock
from models.support.bulk import insert_rows
from models.support.db import write_txn
from models.support.matching import beside_index
from models.support.record import About, Record
from models.wallet.reports.sums import LATE
from models.wallet.transfer import Transfer

SIZE = 5_000
DENSE = 20  # What a page costs along the numbers, of what looking all of them up does.
WHOLE = ""  # Of no country: the row that says a block is noted.
fn = peewee.fn


class CountryBlock(Record):
    """How many transfers of a block are of parcels to a country; the numbers of the first and the last of them."""

    id = peewee.BigAutoField()
    country = peewee.CharField(max_length=2)
    block = peewee.IntegerField()
    transfers = peewee.IntegerField()
    first = peewee.BigIntegerField()
    last = peewee.BigIntegerField()

    about = About(
        why="where a country's transfers are found", keep="as the transfers; made anew from them at any time",
        plain="id country block transfers first last",
    )  # fmt: skip

    class Meta:
        indexes = ((("country", "block"), True),)


@dataclass(frozen=True)
class Stretch:
    """From the first number noted of some countries to the last, with how many there are, and whether whole blocks between are without."""

    transfers: int
    first: int
    last: int
    has_gaps: bool

    @property
    def is_dense(self) -> bool:
        """Is a page of them met along the numbers before all of them are looked up?"""
        return self.transfers**2 > DENSE * (self.last - self.first)

    @classmethod
    def of(cls, countries: Iterable[str]) -> Stretch | None:
        """None where nothing is noted of them."""
        query: Any = CountryBlock.select(
            fn.SUM(CountryBlock.transfers), fn.MIN(CountryBlock.first), fn.MAX(CountryBlock.last),
            fn.COUNT(CountryBlock.block.distinct()), fn.MIN(CountryBlock.block), fn.MAX(CountryBlock.block),
        )  # fmt: skip
        transfers, first, last, count, least, most = query.where(_among(countries)).tuples().get()
        return None if count == 0 else cls(int(transfers), first, last, count <= most - least)


def in_blocks_of(countries: Iterable[str]) -> Any:
    """The condition of transfers in blocks where some of these countries are."""
    return (Transfer.id / SIZE).in_(CountryBlock.select(CountryBlock.block).where(_among(countries)))


def unnoted() -> int:
    """The first number of what is not noted yet."""
    last = CountryBlock.select(fn.MAX(CountryBlock.block)).where(CountryBlock.country == WHOLE).scalar()
    return 0 if last is None else (last + 1) * SIZE


def note_next(step: Callable[[], Any] = lambda: None) -> bool:
    """Notes the next block, if it is over for longer than a transaction lives."""
    first = unnoted()
    last, over = first + SIZE - 1, beside_index(Transfer.posted_at) < clock.now() - LATE
    newest = Transfer.select(Transfer.id).where(over).order_by(Transfer.id.desc()).limit(1).scalar()
    if newest is None or newest <= last:
        return False
    block, number = first // SIZE, Transfer.id
    found: Any = (
        Transfer.select(Parcel.country, fn.COUNT(number), fn.MIN(number), fn.MAX(number)).join(Parcel)
        .where(number.between(first, last)).group_by(Parcel.country).tuples()
    )  # fmt: skip
    with write_txn():
        step()
        rows = [(country, block, *told) for country, *told in found if country]
        insert_rows(
            CountryBlock,
            ("country", "block", "transfers", "first", "last"),
            [(WHOLE, block, SIZE, first, last), *rows],
        )
    return True


def _among(countries: Iterable[str]) -> Any:
    return CountryBlock.country.in_(list(countries))
