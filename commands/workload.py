"""The figures of who did how much: counting them anew from the events."""

from __future__ import annotations

import sys

from commands.support import portal
from models.audit.chain import seal_events
from models.workload.count import rebuild


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("rebuild", help="count all events anew; the result is the same, whatever was there")


def run(args) -> int:
    with portal():
        while seal_events():
            pass
        done = rebuild(lambda so_far: print(f"  {so_far:,} events", file=sys.stderr, flush=True))
    print(f"✓ {done:,} events counted.")
    return 0
