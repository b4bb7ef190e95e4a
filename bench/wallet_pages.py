"""A wallet with many deductions behind it: its page, every view and filter of the table, the operator's tables and reports, over HTTP;
and postings to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from app import create_app
from bench import ground, postgres
from bench.ground import SLUG, Ground
from bench.lists import look_inside, portal
from bench.measure import Measurement, at_least, at_most, quantiles
from bench.serving import BROWSER, get
from bench.wallet_rows import CHANNELS, DAYS, MUCH, OLD, RARE, filled
from models.audit.origin import Origin, acting
from models.people.employees import invite
from models.people.session import Session
from models.people.team import Team
from models.stores.store import Store
from models.support import clock
from models.support.job_run import JobRun
from models.support.paging import make_key
from models.wallet.mending import adjust, pay_in
from models.wallet.movements import MOVEMENTS, TRANSFERS
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet

MOST_P95_MS, LEAST_OF_EMPTY, MOST_PROVING = 50, 0.9, 300.0
POSTED, SLICE, ORDERS = 1_000, 25, 2_000


@dataclass(frozen=True)
class Asked:
    name: str
    path: str
    token: str  # Of who asks: the team's boss, or the operator's clerk.


def run(rows: int, samples: int, tell: Callable[[str], None]) -> Iterator[Measurement]:
    yield from measured(rows, samples, "sqlite", "", tell)
    programs = postgres.binaries()
    if programs is not None:
        with postgres.cluster(programs) as port:
            yield from measured(rows, samples, "postgres", postgres.create(port, "pages"), tell)


def measured(rows: int, samples: int, kind: str, database: str, tell: Callable[[str], None]) -> Iterator[Measurement]:
    tell(f"wallets: making {rows:,} deductions on {kind}")
    with ExitStack() as ended:
        began = time.perf_counter()
        place = ended.enter_context(ground.fresh(database=database, orders=ORDERS))
        stack = ended.enter_context(ExitStack())
        with place.stood_on():
            full = filled(place, rows)
            tell(f"wallets: that took {time.perf_counter() - began:.0f} s; looking at each page")
            asked: Any = pages(place, rows)
            app = create_app(place.settings)
            inside = {page.name: look_inside(app, page.token, page) for page in asked}
        server = stack.enter_context(portal(place))
        _until_proved(place)
        times: dict[str, list[float]] = {page.name: [] for page in asked}
        for at in range(samples + 1):  # The first is not counted: a connection plans what it is asked first.
            for page in asked:
                times[page.name][at:] = [get(server, page.path, f"sid={page.token}")[0]]
        for page in asked:
            found = quantiles(times[page.name][1:])
            yield Measurement(
                "wallets", page.name, kind, rows, found, {}, **at_most(found["p95_ms"], MOST_P95_MS), more=inside[page.name]
            )  # fmt: skip
        stack.close()  # Nobody else posts while it is posted.
        with place.stood_on():
            yield posted(full, kind, rows)


def _until_proved(place: Ground) -> None:
    """The nightly proof comes first where a portal was never started. It finds the digests wrong, and reads everything twice."""
    until = time.monotonic() + MOST_PROVING
    with place.stood_on():
        proved = JobRun.select().where(JobRun.job == "wallet.prove", JobRun.state != "running")
        while not proved.exists() and time.monotonic() < until:
            time.sleep(0.5)


def posted(full: Wallet, database: str, rows: int) -> Measurement:
    """Postings to the wallet with so many transfers behind it and to an empty one beside it, by turns."""
    full.change(state="active")  # The portal's nightly proof froze it: rows made in bulk have no true digests.
    with acting(Origin("job", "bench")):
        empty = Wallet.open_for(full.team, "USD")
        pay_in(empty, MUCH, key="much too")
        sides: dict[str, tuple[Wallet, list[float]]] = {"full": (full, []), "empty": (empty, [])}
        for start in range(0, POSTED, SLICE):
            for name, (wallet, times) in sides.items():
                for at in range(start, start + SLICE):
                    began = time.perf_counter()
                    adjust(wallet, -1, key=f"{name} {at}")
                    times.append(time.perf_counter() - began)
    rates = {name: POSTED / sum(times) for name, (_wallet, times) in sides.items()}
    ours, theirs = ({"per_second": round(rates[name]), **quantiles(sides[name][1])} for name in ("full", "empty"))
    return Measurement(
        "wallets", "postings to a wallet with many lines, of an empty one's", database, rows, ours, theirs,
        **at_least(rates["full"] / rates["empty"], LEAST_OF_EMPTY),
    )  # fmt: skip


def pages(place: Ground, rows: int) -> list[Asked]:
    """What people open. The database must be open, to find the row in the middle."""
    [middle] = Transfer.select().order_by(Transfer.posted_at.desc(), Transfer.id.desc()).offset(rows // 2).limit(1)
    day = clock.now() - timedelta(days=DAYS // 2)
    codes, stores = list(CHANNELS), [str(one.uid) for one in Store.select().order_by(Store.id)]
    mine = [
        Asked(f"deductions: {name}", f"/t/{SLUG}/wallet/" + (f"?{urlencode(wanted, doseq=True)}" if wanted else ""), place.token)
        for name, wanted in _wanted(middle, rows, day, codes, stores).items()
    ]  # fmt: skip
    shipper = _seated(Team.get_by_id(place.team_id), "sam", "shipper", stores=[place.store_id])
    mine.append(Asked("deductions: who sees one store", f"/t/{SLUG}/wallet/", shipper))
    one = f"/t/{SLUG}/wallet/transfers/{middle.uid}"
    news = f"/t/{SLUG}/wallet/CNY/figures?since={Transfer.select().order_by(Transfer.id.desc()).get().id - 5}"
    return [
        *mine,
        Asked("one deduction", one, place.token),
        Asked("five new rows", news, place.token),
        *_operators(middle, day, codes),
    ]


def _wanted(
    middle: Transfer, rows: int, day: datetime, codes: list[str], stores: list[str]
) -> dict[str, dict[str, Any]]:
    of_day = {"posted_from": f"{day:%Y-%m-%d}", "posted_to": f"{day:%Y-%m-%d}"}
    key = make_key(middle, TRANSFERS.sorts["-posted"])
    return {
        "first": {},
        "freight": {"kind": ["freight", "extra", "refund"]},
        "rare kind": {"kind": "recharge"},
        "by hand": {"kind": ["adjustment", "reversal"]},
        "one channel": {"channel": codes[0]},
        "two channels": {"channel": codes[:2]},
        "a rare channel": {"channel": codes[RARE]},
        "a channel of long ago": {"channel": codes[OLD]},
        "a channel's extras": {"channel": codes[1], "kind": "extra"},
        "a channel's refunds": {"channel": codes[0], "kind": "refund"},
        "a store": {"store": stores[0]},
        "a store of long ago": {"store": stores[1]},
        "last 30 days": {"posted": "30"},
        "extras of a day": {"kind": "extra", **of_day},
        "a waybill": {"q": f"YT26326{rows // 3:011d}"},
        "deep": {"after": key},
        "deep in a channel": {"channel": codes[0], "after": key},
        "oldest first": {"sort": "posted"},
    }


def _operators(middle: Transfer, day: datetime, codes: list[str]) -> list[Asked]:
    """Of the operator: transfers of all wallets, and the reports."""
    operator: Any = Team.operator()
    token = _seated(operator, "olga", "clerk")
    year = {"since": f"{clock.now() - timedelta(days=DAYS):%Y-%m-%d}", "until": f"{clock.now():%Y-%m-%d}"}
    month = {"since": f"{day:%Y-%m-01}", "until": f"{day:%Y-%m-28}"}
    wanted: list[tuple[str, str, dict[str, Any]]] = [
        ("all transfers: first", "movements/", {}),
        ("all transfers: a team's", "movements/", {"team": SLUG}),
        ("all transfers: rare kind", "movements/", {"kind": "recharge"}),
        ("all transfers: a day", "movements/", {"posted_from": f"{day:%Y-%m-%d}", "posted_to": f"{day:%Y-%m-%d}"}),
        ("all transfers: a channel", "movements/", {"channel": codes[0]}),
        ("all transfers: a rare channel", "movements/", {"channel": codes[RARE]}),
        ("all transfers: a channel of long ago", "movements/", {"channel": codes[OLD]}),
        ("all transfers: a country", "movements/", {"country": "DE"}),
        ("all transfers: a country of long ago", "movements/", {"country": CHANNELS[codes[OLD]]}),
        ("all transfers: deep", "movements/", {"after": make_key(middle, MOVEMENTS.sorts["-posted"])}),
        ("report: balances of a past day", "reports/", {"day": f"{day:%Y-%m-%d}"}),
        ("report: what moved in a month", "reports/movements", month),
        ("report: what moved in a year", "reports/movements", year),
        ("report: income of a year by channel", "reports/income", {name: text[:7] for name, text in year.items()}),
        ("report: income of a year by country", "reports/income", {"by": "country"} | {name: text[:7] for name, text in year.items()}),
    ]  # fmt: skip
    return [
        Asked(name, f"/t/{operator.slug}/wallet/{path}" + (f"?{urlencode(args)}" if args else ""), token)
        for name, path, args in wanted
    ]


def _seated(team: Team, login: str, role: str, stores: list[int] | None = None) -> str:
    """The token of a session of somebody else."""
    with acting(Origin("command", "bench")):
        person, _link = invite(team, login, login.title(), role=role, stores=stores)
        person.change(state="active", last_seen_at=clock.now())
        _session, token = Session.open(person, address="127.0.0.1", device=BROWSER, proved_by="code")
    return token
