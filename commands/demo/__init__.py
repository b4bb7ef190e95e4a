"""Tries everything on this machine: invented teams, a stand-in Amazon, products that go live and orders that arrive."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8765, help="where it listens (default %(default)s)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="a new or empty folder, or one an earlier demo made")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same Amazon identifiers and buyers")
    parser.add_argument("--json", action="store_true", help="print one JSON line for scripts")
    parser.add_argument("--strict", action="store_true", help="everybody has a second factor and needs it")
    parser.add_argument("--no-serve", action="store_true", help="fill the folder and end")


def run(args: argparse.Namespace) -> int:
    # The stand-in Amazon starts from this package too, and must not load the portal.
    from commands.demo.voyage import sail

    return sail(args)
