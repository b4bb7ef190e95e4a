"""Imports products from a CSV file or an Excel workbook, like the page Products. Without --apply it only says what would
happen."""

from __future__ import annotations

import sys
from pathlib import Path

from commands import imports
from commands.store import team_of
from commands.support import portal, print_json
from models.catalog.product_importer import PRODUCTS
from models.imports.entry import ImportEntry, ImportRowError
from models.imports.record import Import
from models.people.team import Team
from models.support.errors import Refused

VERBS = ("new", "changed", "unchanged", "refused")


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    bring = verbs.add_parser("import", help="read a file of products (CSV or XLSX)")
    bring.add_argument("file", type=Path)
    bring.add_argument("--team", metavar="SLUG", help="whose products; may be left out when there is one team")
    bring.add_argument("--apply", action="store_true", help="carry it out")
    bring.add_argument("--json", action="store_true")
    verbs.add_parser("template", help="print the header line of an empty file")


def run(args) -> int:
    if args.verb == "template":
        print(",".join(PRODUCTS.columns(None)), end="\r\n")
        return 0
    try:
        args.file.open("rb").close()
    except OSError as error:
        raise Refused(f"{args.file} cannot be read: {error.strerror}.") from None
    with portal() as settings:
        batch = imports.look(settings, only_team(args.team), PRODUCTS.kind, args.file)
        if args.apply:
            batch = imports.apply(settings, batch)
        report(batch, args)
        return 1 if batch.error_count else 0


def only_team(slug: str | None) -> Team:
    if slug:
        return team_of(slug)
    teams = Team.everyone()
    sellers = [team for team in teams if not team.is_operator] or teams
    if len(sellers) != 1:
        raise Refused("Say whose products these are: --team SLUG.")
    return sellers[0]


def report(batch: Import, args) -> None:
    counts = {verb: batch.planned.get(verb, 0) for verb in VERBS}
    is_applied = bool(batch.applied_at)
    if args.json:
        print_json({
            "file": batch.name, "sha256": batch.sha256, "rows": batch.rows, "applied": args.apply, **counts,
            "errors": [
                {"sheet": batch.sheet, "row": e.row, "column": e.column, "value": e.value, "problem": str(e.sentence)}
                for e in ImportRowError.of(batch)
            ],
        })  # fmt: skip
        return
    for error in ImportRowError.of(batch):
        print(f"✗ row {error.row}, {error.column}: {error.sentence}", file=sys.stderr)
    if not is_applied:
        for entry in ImportEntry.all_changed(batch):
            for name, old, new in entry.differences:
                print(f"  {entry.key}: {name}: {old} → {new}")
    done = "imported" if is_applied else "dry run"
    print(f"{done}: {batch.rows} rows; " + ", ".join(f"{count} {verb}" for verb, count in counts.items()))
    if not args.apply and not batch.error_count:
        print("Nothing was changed. Add --apply to carry it out.")
