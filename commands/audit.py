"""Checks the whole event log against its hash chain, against checkpoints written down elsewhere, and the files of old
events; checks signed documents."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from commands.support import portal
from models.audit.anchor import LogAnchor
from models.audit.archive import FOLDER, archive, faults_of_anchors, verify_segments
from models.audit.chain import seal_events, verify
from models.audit.checkpoint import check_signature, make_checkpoint, stored_checkpoints
from models.compliance.document import check_file
from models.support.errors import Refused


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    check = verbs.add_parser("verify", help="walk the whole chain; exit code 1 when anything was changed")
    check.add_argument("--checkpoints", type=Path, metavar="FILE", help="lines of `audit checkpoint`, kept elsewhere")
    check.add_argument(
        "--segments", type=Path, metavar="FOLDER", help=f"files of old events; default: {FOLDER} in the data"
    )
    verbs.add_parser("archive", help="let events older than log_days go into signed files now")
    document = verbs.add_parser(
        "verify-document", help="check a signed PDF (an access review) against this portal's key"
    )
    document.add_argument("file", type=Path, metavar="FILE")
    verbs.add_parser("checkpoint", help="sign the present end of the chain and print it, to keep elsewhere")


def run(args) -> int:
    with portal() as settings:
        if args.verb == "archive":
            return let_go(settings.data / FOLDER, settings.log_days)
        if args.verb == "verify-document":
            return verify_document(args.file)
        if args.verb == "checkpoint":
            while seal_events():
                pass
            make_checkpoint()
            print(json.dumps(stored_checkpoints()[-1]) if stored_checkpoints() else "{}")
            return 0
        return check(args.checkpoints, args.segments or settings.data / FOLDER)


def let_go(folder: Path, days: int) -> int:
    while anchor := archive(folder, days):
        print(anchor.line())
    return 0


def check(file: Path | None, segments: Path) -> int:
    kept = stored_checkpoints() + (read_lines(file) if file else [])
    faults = [
        f"The checkpoint of link {c.get('seq')} was not signed by this portal." for c in kept if not check_signature(c)
    ]
    faults += faults_of_anchors()
    archived, broken = verify_segments(segments)
    faults += broken
    verdict = verify({int(c["seq"]): c["hash"] for c in kept if check_signature(c)})
    faults += verdict.faults
    for fault in faults:
        print(f"✗ {fault}", file=sys.stderr)
    if faults:
        return 1
    print(
        f"✓ {verdict.links} events hold, {verdict.waiting} not sealed yet, {len(kept)} checkpoints fit. End: {verdict.head}"
    )
    if verdict.left:
        print(
            f"  {verdict.left} events left for {LogAnchor.select().count()} signed files; {archived} of them were checked here."
        )
    return 0


def verify_document(file: Path) -> int:
    """0 for a file this portal signed and nobody changed."""
    try:
        found = check_file(file.read_bytes())
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None
    if found.fault:
        print(f"✗ {found.fault}", file=sys.stderr)
        return 1
    print(f"✓ Signed by this portal and unchanged. Access review {found.review}, content sha256 {found.content}.")
    print(f"  {'It is the file this portal keeps.' if found.is_stored else 'The portal keeps another copy, or none.'}")
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
