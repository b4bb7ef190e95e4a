"""Checks the whole event log against its hash chain, and against checkpoints written down elsewhere."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from commands.support import portal
from models.audit.chain import seal_events, verify
from models.audit.checkpoint import check_signature, make_checkpoint, stored_checkpoints
from models.support.errors import Refused


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("verify", help="walk the whole chain; exit code 1 when anything was changed")
    check.add_argument("--checkpoints", type=Path, metavar="FILE", help="lines of `audit checkpoint`, kept elsewhere")
    verbs.add_parser("checkpoint", help="sign the present end of the chain and print it, to keep elsewhere")


def run(args) -> int:
    with portal():
        if args.verb == "checkpoint":
            while seal_events():
                pass
            make_checkpoint()
            print(json.dumps(stored_checkpoints()[-1]) if stored_checkpoints() else "{}")
            return 0
        return check(args.checkpoints)


def check(file: Path | None) -> int:
    kept = stored_checkpoints() + (read_lines(file) if file else [])
    faults = [
        f"The checkpoint of link {c.get('seq')} was not signed by this portal." for c in kept if not check_signature(c)
    ]
    verdict = verify({int(c["seq"]): c["hash"] for c in kept if check_signature(c)})
    faults += verdict.faults
    for fault in faults:
        print(f"✗ {fault}", file=sys.stderr)
    if faults:
        return 1
    print(
        f"✓ {verdict.links} events hold, {verdict.waiting} not sealed yet, {len(kept)} checkpoints fit. End: {verdict.head}"
    )
    return 0


def read_lines(file: Path) -> list[dict]:
    """Checkpoints kept in a file, one a line. Raises Refused for a line that is none."""
    kept = []
    for number, line in enumerate(file.read_text("utf-8", errors="replace").splitlines(), 1):
        if line.strip():
            try:
                kept.append(dict(**json.loads(line)))
            except (ValueError, TypeError):
                raise Refused(f"{file}, line {number}: this is no checkpoint.") from None
    return kept
