"""Measures the portal against the physical limit on made-up data of real size, in a folder of its own.

--quick takes less than a minute (10 000 products, 50 000 orders); --full is for a quiet hour (100 000 and 1 000 000).
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bench import beside, wallet_peers
from bench.measure import Measurement, heading, machine, table
from bench.works import FULL, QUICK, WORKS


def add_arguments(parser) -> None:
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="small tables, under a minute (the default)")
    size.add_argument("--full", action="store_true", help="100 000 products, 1 000 000 orders")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the lines of JSON there, not after the table")
    parser.add_argument(
        "--peers",
        type=Path,
        metavar="FOLDER",
        help="also the lists and ledgers of other systems, installed into this folder when it is empty",
    )
    parser.add_argument("works", nargs="*", metavar="work", help=f"{', '.join(WORKS)}; all of them when none is named")


def run(args) -> int:
    if unknown := [name for name in args.works if name not in WORKS]:
        print(f"portolan: there is no work “{unknown[0]}”. There are {', '.join(WORKS)}.", file=sys.stderr)
        return 64
    began = time.monotonic()
    found = machine()
    print(heading(found), flush=True)
    measurements: list[Measurement] = []
    for name in args.works or WORKS:
        measurements += WORKS[name](FULL if args.full else QUICK, tell)
    size = FULL if args.full else QUICK
    if args.peers and (not args.works or "lists" in args.works):
        measurements += beside.run(size.lists, args.peers, tell)
    if args.peers and (not args.works or "wallets" in args.works):
        measurements += wallet_peers.run(size.wallets.postings, args.peers, tell)
    print("\n" + table(measurements))
    print(
        f"\n{sum(one.is_met for one in measurements)} of {len(measurements)} goals met, {time.monotonic() - began:.0f} s."
    )
    lines = "\n".join(one.line(found) for one in measurements) + "\n"
    if args.json:
        args.json.write_text(lines, "utf-8")
    else:
        print(lines, end="")
    return 0


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
