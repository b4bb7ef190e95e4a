"""Imports products from a CSV file, like the page Products. Without --apply it only says what would happen."""

from __future__ import annotations

import sys
from pathlib import Path

from commands.store import team_of
from commands.support import portal, print_json
from models.catalog.importing import apply, plan, template
from models.people.team import Team
from models.support.errors import Refused


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    bring = verbs.add_parser("import", help="read a CSV file of products")
    bring.add_argument("file", type=Path)
    bring.add_argument("--team", metavar="SLUG", help="whose products; may be left out when there is one team")
    bring.add_argument("--apply", action="store_true", help="carry it out")
    bring.add_argument("--json", action="store_true")
    verbs.add_parser("template", help="print the header line of an empty file")


def run(args) -> int:
    if args.verb == "template":
        print(template(), end="")
        return 0
    try:
        content = args.file.read_bytes()
    except OSError as error:
        raise Refused(f"{args.file} cannot be read: {error.strerror}.") from None
    with portal() as settings:
        made = plan(only_team(args.team), args.file.name, content)
        if args.apply:
            apply(made, settings.data / "imports")
        report(made, args)
    return 1 if made.errors else 0


def only_team(slug: str | None) -> Team:
    if slug:
        return team_of(slug)
    teams = Team.everyone()
    sellers = [team for team in teams if not team.is_operator] or teams
    if len(sellers) != 1:
        raise Refused("Say whose products these are: --team SLUG.")
    return sellers[0]


def report(made, args) -> None:
    counts = {verb: made.count(verb) for verb in ("new", "changed", "unchanged", "refused")}
    errors = [{"row": e.row, "column": e.column, "value": e.value, "problem": str(e.words)} for e in made.errors]
    if args.json:
        print_json(
            {
                "file": made.name,
                "sha256": made.sha256,
                "rows": made.row_count,
                "applied": args.apply,
                **counts,
                "errors": errors,
            }
        )
        return
    for error in made.errors:
        print(f"✗ {error}", file=sys.stderr)
    for entry in made.entries:
        if entry.verb == "changed" and not args.apply:
            for name, (old, new) in entry.differences.items():
                print(f"  {entry.code}: {name}: {old} → {new}")
    done = "imported" if args.apply else "dry run"
    print(f"{done}: {made.row_count} rows; " + ", ".join(f"{count} {verb}" for verb, count in counts.items()))
    if not args.apply and not made.errors:
        print("Nothing was changed. Add --apply to carry it out.")
