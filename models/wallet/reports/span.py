"""Which days a report is of, on the operator's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.lists.days import midnight
from models.wallet.reports.sums import SummedDay, last_summed, zone_of_days


@dataclass(frozen=True)
class Span:
    """From the beginning of `first` to the end of `last`."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        return midnight(self.first, zone_of_days())

    @property
    def until(self) -> datetime:
        return midnight(self.last + timedelta(days=1), zone_of_days())

    def summed(self) -> tuple[date | None, datetime]:
        """The last day whose sums are used, None where none are; and the moment from which on transfers are added up now."""
        last: SummedDay | None = last_summed()
        if last is None or last.day < self.first:
            return None, self.since
        return min(last.day, self.last), min(last.ended_at, self.until)
