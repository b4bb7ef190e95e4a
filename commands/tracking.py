"""Whose tracking numbers are and whether their check digits are right, without a database: lines in, JSON lines out (docs/tracking.md).

printf '1Z 999 AA1 01 2345 6784\n' | ./portolan tracking check
"""

from __future__ import annotations

import json
import sys
from typing import Any

from models.shipping.number import TrackingNumber, numbers_in


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("check", help="a number a line on stdin, an answer a line on stdout")
    check.add_argument(
        "--split", action="store_true", help="read any pasted text and print the numbers in it as one JSON list"
    )


def run(args) -> int:
    text = sys.stdin.buffer.read().decode("utf-8", "replace")
    if args.split:
        print(json.dumps(numbers_in(text), ensure_ascii=False))
        return 0
    for line in text.split("\n"):
        if line.strip():
            print(json.dumps(shown(TrackingNumber.read(line.rstrip("\r"))), ensure_ascii=False))
    return 0


def shown(number: TrackingNumber) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "input": number.input,
        "normalized": number.normalized,
        "matches": [[match.carrier, match.form, match.check] for match in number.matches],
        "valid": number.is_valid and not number.is_order_id,
        "core": number.core,
    }
    return answer | ({"refused": "ORDER_ID"} if number.is_order_id else {})
