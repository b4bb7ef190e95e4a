"""Runs the stand-in Amazon alone, on loopback."""

from __future__ import annotations

import sys


def pass_through(arguments: list[str]) -> int:
    from sandbox.__main__ import main

    return main(arguments) or 0


if __name__ == "__main__":
    sys.exit(pass_through(sys.argv[1:]))
