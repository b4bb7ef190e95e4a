"""The filters of the operator's table: transfers of all wallets, which nothing but their numbers holds in one order. Where numbers and
moments do not go together, because a clock was set back, still nothing is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

import peewee

from models.lists.filters import Args, Choices, Days, Offer
from models.lists.viewer import Viewer
from models.people.team import Team
from models.shipping.parcel import Parcel
from models.support import clock
from models.support.bulk import among, raw_rows
from models.support.matching import beside_index
from models.support.paging import COUNT_LIMIT
from models.wallet.country_block import Stretch, in_blocks_of, unnoted
from models.wallet.finding import MOST_WAYBILLS, TRACKED, accounts, beside, tracking
from models.wallet.reports.sums import FreightMonth
from models.wallet.transfer import OTHER, Transfer
from models.wallet.wallet import Wallet

FEW_DAYS, LATELY, MOST_UNNOTED = timedelta(days=35), 5_000, 20_000


@dataclass(frozen=True)
class ChannelOfAll(Choices):
    """By the accounts on which the channel earns. Of one that earned nothing lately, between its first charge and its last."""

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        wanted = {one.value for one in value}
        mine = tuple(sorted(one for (channel, _), one in viewer.once(accounts).items() if channel in wanted))
        query = query.where(*_earned(mine, is_beside=True))
        bounds = viewer.once(_numbers_of, mine)
        return query.where(Transfer.id.between(*bounds)) if bounds else query


@dataclass(frozen=True)
class DaysOfAll(Days):
    """Of few days the first number and the last are looked up in each wallet's own order; many are met soon on the way."""

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        query, (since, until) = super().where(query, value, viewer, walked), self.bounds(value, viewer)
        if since is None or (until or clock.now()) - since > FEW_DAYS:
            return query
        return query.where(Transfer.id.between(*viewer.once(_numbers_between, since, until)))


@dataclass(frozen=True)
class OfCountry(Choices):
    """Any country a report leads to, whether it is on offer or not. The transfers of few parcels are looked up; those of many are met
    soon on the way."""

    few: ClassVar[int] = 10_000

    def read(self, args: Args, viewer: Viewer) -> Any:
        wanted = [
            code for code in (args.get(self.name) or ())[:30] if len(code) == 2 and code.isascii() and code.isupper()
        ]
        return tuple(Offer(code, code, code) for code in dict.fromkeys(wanted)) or None

    def ids(self, value: Any, viewer: Viewer) -> list[int] | None:
        return viewer.once(self._of_few, tuple(one.value for one in value))  # type: ignore[no-any-return]

    def counted(self, value: Any, viewer: Viewer, most: int) -> int | None:
        if not viewer.reach.team.is_operator:
            return None
        if (known := self.ids(value, viewer)) is not None:
            return min(len(known), most)
        if viewer.once(_unnoted) is None:
            return None
        wanted = tuple(one.value for one in value)
        noted = viewer.once(_stretch, wanted)
        count = noted.transfers if noted else 0
        return most if count >= most else min(most, count + viewer.once(_late, wanted, most))

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        known = self.ids(value, viewer)
        if known is not None:
            return query.where(among(Transfer.id, known))
        wanted = tuple(one.value for one in value)
        return query.where(*viewer.once(_stretched, wanted), _sent_to(wanted))

    def _of_few(self, viewer: Viewer, values: tuple[Any, ...]) -> list[int] | None:
        noted = viewer.once(_stretch, values)
        if noted is not None and (noted.transfers > self.few or noted.is_dense):
            return None
        mine = Parcel.select(Parcel.id).where(Parcel.team.in_(Team.select(Team.id)), self.column.in_(values))
        parcels = [row[0] for row in raw_rows(mine.limit(self.few + 1))]
        if len(parcels) > self.few:
            return None
        found = beside(parcels, self.few + 1)
        return found if len(found) <= self.few else None


def countries(viewer: Viewer) -> list[Offer]:
    """Those that parcels were charged for on days that are summed."""
    query: Any = FreightMonth.select(FreightMonth.country).where(FreightMonth.country != "").distinct()
    return [Offer(code, code, code) for (code,) in query.order_by(FreightMonth.country).limit(300).tuples()]


def any_parcels(viewer: Viewer, text: str) -> list[int]:
    """Parcels of any team with these tracking numbers."""
    numbers = tracking(text.split()[:MOST_WAYBILLS])
    query = Parcel.select(Parcel.id).where(
        Parcel.team.in_(Team.select(Team.id)), Parcel.tracking_number.in_(numbers), TRACKED
    )
    return [row[0] for row in raw_rows(query.limit(COUNT_LIMIT))]


def any_transfers(viewer: Viewer, text: str) -> list[int]:
    """The transfers of any team's parcels with these tracking numbers."""
    return beside(any_parcels(viewer, text), COUNT_LIMIT)


def teams(viewer: Viewer) -> list[Offer]:
    query = Team.select().where(Team.id.in_(Wallet.select(Wallet.team))).order_by(Team.name)
    return [Offer(team.slug, team.id, team.name) for team in query]


def all_wallets(viewer: Viewer) -> list[Offer]:
    return [Offer(str(one.uid), one.id, one.label) for one in Wallet.select().order_by(Wallet.id).limit(1000)]


def _earned(mine: tuple[int, ...], *, is_beside: bool) -> tuple[Any, Any]:
    """As conditions: transfers of parcels beside these accounts; with or without the index that knows them."""
    account = beside_index(peewee.EnclosedNodeList([OTHER]), is_beside)
    return Transfer.parcel.is_null(False), peewee.Expression(account, peewee.OP.IN, list(mine))


def _numbers_of(viewer: Viewer, mine: tuple[int, ...]) -> tuple[int, int] | None:
    """The first number and the last of what these accounts earned; None where some of it is so new that it is met soon."""
    late = Transfer.select(Transfer.id).where(Transfer.id > _newest() - LATELY, *_earned(mine, is_beside=True))
    return None if late.exists() else _bounds(*_earned(mine, is_beside=False))


def _numbers_between(viewer: Viewer, since: datetime, until: datetime | None) -> tuple[int, int]:
    """The first number and the last of what was posted between these moments."""
    spanned = (Transfer.posted_at >= since, *((Transfer.posted_at < until,) if until else ()))
    return _bounds(Transfer.wallet.in_(Wallet.select(Wallet.id)), *spanned)


def _sent_to(countries: tuple[str, ...]) -> Any:
    is_one = (Parcel.id == Transfer.parcel) & beside_index(Parcel.country).in_(countries)
    return peewee.fn.EXISTS(Parcel.select(peewee.SQL("1")).where(is_one))


def _stretch(viewer: Viewer, countries: tuple[str, ...]) -> Stretch | None:
    return Stretch.of(countries)


def _unnoted(viewer: Viewer) -> Any:
    """The condition of what is not noted yet; None where that is too much to look through."""
    since = unnoted()
    if since == 0 or _newest() - since > MOST_UNNOTED:
        return None
    return Transfer.id >= peewee.SQL(
        str(since)
    )  # As it is: PostgreSQL would take a parameter for a third of the table.


def _late(viewer: Viewer, countries: tuple[str, ...], most: int) -> int:
    """How many of what is not noted yet, at most so many."""
    found = Transfer.select(Transfer.id).where(viewer.once(_unnoted), _sent_to(countries))
    return len(raw_rows(found.order_by(Transfer.id.desc()).limit(most)))


def _stretched(viewer: Viewer, countries: tuple[str, ...]) -> tuple[Any, ...]:
    """As conditions: the numbers among which these countries are, as far as blocks are noted; of what is not noted yet, all or nothing."""
    if (newer := viewer.once(_unnoted)) is None:
        return ()
    if (noted := viewer.once(_stretch, countries)) is None:
        return (newer,)
    within = Transfer.id <= noted.last
    within = within & in_blocks_of(countries) if noted.has_gaps else within
    return Transfer.id >= noted.first, (within | newer) if viewer.once(_late, countries, 1) else within


def _newest() -> int:
    return Transfer.select(peewee.fn.MAX(Transfer.id)).scalar() or 0


def _bounds(*conditions: Any) -> tuple[int, int]:
    """(1, 0), between which there is nothing, without any."""
    number = Transfer.id + 0  # PostgreSQL would walk along the numbers to find the least of them.
    numbers: Any = Transfer.select(peewee.fn.MIN(number), peewee.fn.MAX(number)).where(*conditions)
    least, most = numbers.tuples().get()
    return (1, 0) if least is None else (least, most)
