"""Bringing a price sheet in from the server: the same reading, the same rules and the same job as the screen's."""

from __future__ import annotations

import sys
from typing import Any

from commands.imports import finished
from commands.store import team_of
from commands.support import portal, print_json
from config.settings import Settings
from models.freight.importing import channel_of
from models.freight.sheet_findings import SheetChange, SheetProblem
from models.freight.sheet_import import FOLDER, SheetImport
from models.freight.workbook.problem import ERROR
from models.people.team import Team
from models.support.errors import FieldRefused, Refused


def bring(args) -> int:
    """The dry run, and with --apply the draft. 1 when cells are wrong, as for whatever is refused."""
    try:
        args.file.open("rb").close()
    except OSError as error:
        raise Refused(f"{args.file} cannot be read: {error.strerror}.") from None
    with portal() as settings:
        batch = read(settings, args)
        if args.apply and not batch.error_count:
            batch = draft(settings, batch, args)
        report(batch, args)
        return 1 if batch.error_count else 0


def read(settings: Settings, args) -> SheetImport:
    team = only_team(args.team)
    channel = channel_of(team, args.channel) if args.channel else None
    if args.channel and channel is None:
        raise Refused("The team has no channel %(code)s.", code=args.channel)
    batch = SheetImport.take(team, args.file.name, args.file, settings.data / FOLDER, channel=channel)
    batch = finished(settings, batch)
    if args.sheet and args.sheet != batch.sheet:
        batch.read_again(sheet=args.sheet)
        batch = finished(settings, batch)
    return batch


def only_team(slug: str | None) -> Team:
    if slug:
        return team_of(slug)
    teams = Team.everyone()
    if len(teams) != 1:
        raise Refused("Say whose price sheet this is: --team SLUG.")
    return teams[0]


def draft(settings: Settings, batch: SheetImport, args) -> SheetImport:
    try:
        batch.begin_draft(steep_ok=args.accept_steep, note=args.note)
    except FieldRefused as refused:
        if refused.field == "steep_ok":
            report(batch, args)
            raise Refused("Prices change by more than half. Look at them, then add --accept-steep.") from None
        raise
    return finished(settings, batch)


def report(batch: SheetImport, args) -> None:
    if args.json:
        print_json(told(batch))
        return
    for one in SheetProblem.of(batch):
        where = ", ".join(filter(None, (one.sheet, f"row {one.row}" if one.row else "", one.column)))
        print(f"{'✗' if one.grade == ERROR else '!'} {where}: {one.sentence}", file=sys.stderr)
    for change in SheetChange.of(batch):
        mark = f"{change.percent} %" if change.percent is not None else change.kind
        steep = "  (more than 50 %)" if change.is_steep else ""
        print(f"  {change.zone} {change.band} {change.what}: {plain(change.old)} → {plain(change.new)}  {mark}{steep}")
    for name in batch.passed_over:
        print(f"  passed over: {name}")
    made = batch.rate_card if batch.state == "drafted" else None
    where = batch.channel.code if batch.channel else f"no channel ({batch.channel_code or 'not named'})"
    print(f"{f'draft {made.version}' if made else 'dry run'}: {where}: {batch.price_count} prices, {batch.error_count} wrong cells, "
          f"{batch.warning_count} remarks, {batch.change_count} changed prices")  # fmt: skip
    if not args.apply and batch.may_be_drafted:
        print("Nothing was changed. Add --apply to make a draft of it.")
    if not made and batch.channel is None:
        print("Say which channel it is: --channel CODE.")


def told(batch: SheetImport) -> dict[str, Any]:
    """The dry run in plain data."""
    made = batch.rate_card if batch.state == "drafted" else None
    problems = list(SheetProblem.of(batch))
    return {
        "file": batch.name, "sha256": batch.sha256, "channel": batch.channel.code if batch.channel else None,
        "named_channel": batch.channel_code, "rows": batch.rows_read, "prices": batch.price_count, "currency": batch.currency,
        "effective_from": batch.effective_from, "effective_to": batch.effective_to, "applied": made is not None,
        "version": made.version if made else None,
        "compared_with": batch.compared_with.version if batch.compared_with else None, "passed_over": batch.passed_over,
        "sheets": batch.sheets, "steep": batch.steep_count,
        "errors": [_problem(one) for one in problems if one.grade == ERROR],
        "warnings": [_problem(one) for one in problems if one.grade != ERROR],
        "changes": [
            {"zone": one.zone, "band": one.band, "what": one.what, "kind": one.kind, "old": plain(one.old),
             "new": plain(one.new), "percent": plain(one.percent), "steep": one.is_steep}
            for one in SheetChange.of(batch)
        ],
    }  # fmt: skip


def _problem(one: SheetProblem) -> dict[str, Any]:
    return {
        "sheet": one.sheet, "row": one.row, "column": one.column, "code": one.code, "value": one.value,
        "problem": str(one.sentence),
    }  # fmt: skip


def plain(number: Any) -> str | None:
    return None if number is None else format(number, "f")
