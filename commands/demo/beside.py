"""What the operator keeps beside its price sheets: exchange rates, fuel by date, a list of remote places, a peak surcharge."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from jobs.runner import Runner
from models.freight.carrier import Carrier
from models.freight.channel import Channel
from models.freight.channel_surcharge import ChannelSurcharge
from models.freight.dated import Span
from models.freight.day_rate import DayRate, today
from models.freight.fuel_rate import FuelRate
from models.freight.remote_list import RemoteList
from models.people.person import Person
from models.people.team import Team
from models.support import clock

PEGGED = {"AED": Decimal("1.8115"), "SAR": Decimal("1.7742")}  # The bank has no rates of these.
PERCENTS = ("23.5", "24.25", "22.75")
DAYS_LEFT = 5
REMOTE = (
    "US,range,99501,99950,REMOTE", "US,prefix,967,,REMOTE", "US,prefix,968,,REMOTE", "US,prefix,969,,SUPER_REMOTE",
    "US,prefix,006,,REMOTE", "US,prefix,007,,REMOTE", "US,prefix,009,,REMOTE", "US,prefix,962,,EMBARGO", "US,prefix,963,,EMBARGO",
    "GB,prefix,HS,,REMOTE", "GB,prefix,ZE,,REMOTE", "GB,prefix,KW,,REMOTE", "DE,prefix,27498,,REMOTE", "FR,prefix,20,,REMOTE",
    "FR,prefix,97,,SUPER_REMOTE", "CA,prefix,X0,,SUPER_REMOTE", "CA,prefix,Y,,REMOTE", "AU,range,0800,0899,REMOTE",
    "ES,range,35000,35999,REMOTE", "ES,range,38000,38999,REMOTE", "DE,city,Helgoland,,REMOTE", "KP,,,,EMBARGO",
)  # fmt: skip


def keep(runner: Runner, team: Team, *, by: Person) -> None:
    """As a clerk and the jobs do it. Needs the carriers to be there."""
    runner.run("rates.fetch")
    for currency, cny in PEGGED.items():
        DayRate.give(team, currency, today() - timedelta(days=1), cny, for_all=True, by=by)
    channel = Channel.select().where(Channel.team == team, Channel.kind == "express").order_by(Channel.id).first()
    if channel is None:
        return
    _fuel(channel.carrier, today(), by=by)
    ChannelSurcharge.give(
        channel, {"code": "peak", "when": "always", "basis": "PER_KG", "amount": "2.5", "fuelable": "yes"},
        Span(today() - timedelta(days=7), today() + timedelta(days=40)), note="Peak season", by=by,
    )  # fmt: skip
    _remote(runner, channel.carrier, by=by)


def _fuel(carrier: Carrier, day: date, *, by: Person) -> None:
    """Four weeks each; nobody has given the next one yet."""
    first = day + timedelta(days=DAYS_LEFT + 1 - 28 * len(PERCENTS))
    for number, percent in enumerate(PERCENTS):
        begins = first + timedelta(days=28 * number)
        FuelRate.give(carrier, None, Span(begins, begins + timedelta(days=27)), Decimal(percent), by=by)


def _remote(runner: Runner, carrier: Carrier, *, by: Person) -> None:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "remote.csv"
        file.write_text("\n".join(["country,kind,a,b,level", *REMOTE]), "utf-8")
        made = RemoteList.bring(
            carrier, f"{carrier.code} remote areas.csv", file, runner.settings.data / "imports", by=by
        )
    runner.run("freight.remote", "", clock.now())
    made.reload().put_in_force(today() - timedelta(days=30), by=by)
