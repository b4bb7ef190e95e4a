"""Statements of 1, 10 and more pages, printed as the job prints them, and the longest also as one table in one document: how long, and how
much memory. `python -m bench.papers 100` prints one in a process of its own, so that its children alone count."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from bench.measure import Measurement, at_least, at_most
from config.settings import PROJECT
from jobs.papers.statements import PRINTER
from models.wallet.statements.lines import Line
from models.wallet.statements.making import AT_ONCE, FIRST, side_by_side
from models.wallet.statements.pages import ROWS, bunches, pages_of

LEAST_COMPARED, MOST_MIB, MUCH = 100, 250, 10**12
SECONDS = {10: 2.0, 100: 15.0}
CONTENT = {"number": "FS-00001-202603-1", "account": "W00001-CNY", "holder": "Lotus 荷花", "issuer": "Harbor Lines", "currency": "CNY",
           "zone": "Asia/Shanghai", "first_day": "2026-03-01", "last_day": "2026-03-31", "issued": "2026-04-01", "code": "7KQ2-M4XN-9RWD",
           "digest": "d" * 64, "address": "https://portal.example/statements/verify", "qr": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
           "summary": [("Opening balance", "1,000,000.00", "first"), ("Closing balance", "998,164.00", "strong")],
           "front": 1, "tables": [{"title": "By channel", "first": "Channel",
           "rows": [("YUN-US", "40", "20.800", "1,836.00", "0.00", "0.00", "1,836.00", "100 %")]}]}  # fmt: skip


def papers(sizes: tuple[int, ...], tell: Callable[[str], None]) -> Iterator[Measurement]:
    """Statements of so many pages of lines, and the first page before them."""
    for pages in sizes:
        tell(f"wallets: a statement of {pages} pages")
        ours, rows, name = _alone("bench.papers", pages), pages * ROWS, f"statement of {pages} pages"
        yield Measurement(
            "wallets", f"{name}, s", "none", rows, ours, {}, **at_most(ours["seconds"], SECONDS.get(pages, 2.0))
        )
        held = AT_ONCE * ours["largest_child_mib"]  # Both children at once.
        yield Measurement("wallets", f"{name}, MiB of both children", "none", rows, ours, {}, **at_most(held, MOST_MIB))
        if pages == max(sizes) >= LEAST_COMPARED:
            tell(f"wallets: {pages} pages in one piece")
            plain = _alone("bench.plain_statement", pages)
            for told, times, least in (
                ("fast", plain["seconds"] / ours["seconds"], 2),
                ("sparing of a processor", plain["cpu_seconds"] / ours["cpu_seconds"], 2),
                ("lean", plain["peak_mib"] / held, 3),
            ):
                yield Measurement(
                    "wallets", f"{name}, times as {told} as one piece", "none", rows, ours, plain, **at_least(times, least)
                )  # fmt: skip


def _alone(module: str, pages: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-P", "-m", module, str(pages)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def printed(pages: int) -> bytes:
    content = CONTENT | {"lines": pages * ROWS, "pages": pages + 1}
    found = pages_of(
        _lines(pages * ROWS), MUCH, pages * ROWS, lambda amount: f"{amount / 100:,.2f}", lambda kind: "运费"
    )
    parts = side_by_side(
        chain([FIRST], bunches(found, pages)),
        lambda bunch: PRINTER.lines(content, bunch, "en") if bunch else PRINTER.first(content, "en"),
    )
    return PRINTER.join(parts, pages + 1)


def _lines(count: int) -> Iterator[Line]:
    balance, day = MUCH, datetime(2026, 3, 1, 9)
    for number in range(count):
        balance -= 4_590
        yield Line(day + timedelta(minutes=number % 40_000), f"T-{number}", "freight", f"P-{number}", f"YT26326000{number:08d}",
                   f"302-{number:07d}-7654321", "YUN-US", "US", 520, "", 4_590, 0, balance)  # fmt: skip


def main() -> int:
    began = time.perf_counter()
    made = printed(int(sys.argv[1]))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {
        "seconds": round(time.perf_counter() - began, 2), "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
        "kilobytes": len(made) // 1024, "largest_child_mib": used.ru_maxrss // 1024,
    }  # fmt: skip
    json.dump(told, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
