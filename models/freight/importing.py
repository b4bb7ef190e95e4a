"""Reading an uploaded price sheet and making a draft of it, as a job: nothing is stored of a file but what a person then sees.

Killed anywhere it starts over: a reading replaces what the one before found, and a draft is made in the transaction that says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from models.freight.channel import Channel
from models.freight.comparing import changes
from models.freight.rate_card import RateCard
from models.freight.sheet_findings import SheetChange, SheetProblem, forget
from models.freight.sheet_import import JOB, SheetImport
from models.freight.succession import predecessor
from models.freight.workbook.opening import sheets_of
from models.freight.workbook.problem import ERROR
from models.freight.workbook.reading import PriceSheet, price_sheet_of
from models.freight.workbook.recognising import code_in
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.job_run import wake
from models.support.words import say

Step = Callable[..., None]
MEANWHILE = say("Other prices came into force since this file was read. Look at the differences again.")


def work(batch: SheetImport, folder: Path, step: Step) -> None:
    """Does what the import waits for. `step` is the fence of the run."""
    found = read(batch, folder)
    if batch.state == "reading":
        _keep(batch, found, step)
    else:
        _draft(batch, found, step)


@dataclass(frozen=True)
class Reading:
    """What a file says: its channel, if the team has it, and the version that a draft of it would follow."""

    channel: Channel | None
    code: str
    before: RateCard | None
    sheet: PriceSheet


def read(batch: SheetImport, folder: Path) -> Reading:
    """Raises Refused for what cannot be opened; stores nothing."""
    if not batch.original(folder).exists():
        raise FileNotFoundError(batch.sha256)
    sheets = sheets_of(batch.original(folder))
    code = code_in(sheets)
    channel = batch.channel or channel_of(batch.team, code)
    current = RateCard.current(channel) if channel else None
    sheet = price_sheet_of(
        sheets, base=current.card if current else None, chosen=batch.sheet, channel=channel.code if channel else ""
    )
    first = sheet.card.dates.first
    before = predecessor(RateCard(channel=channel, effective_from=first)) if channel else None
    return Reading(channel, code, before, sheet)


def channel_of(team: Team, code: str) -> Channel | None:
    """The team's own channel of a code, however it is capitalised."""
    own = Channel.select().where(Channel.team == team)
    return next((channel for channel in own if code and channel.code.casefold() == code.casefold()), None)


def _keep(batch: SheetImport, found: Reading, step: Step) -> None:
    sheet, card = found.sheet, found.sheet.card
    differences = changes(found.before.card if found.before else None, card) if sheet.is_good else []
    errors = sum(one.grade == ERROR for one in sheet.problems)
    with write_txn():
        step()
        forget(batch)
        SheetProblem.add(batch, sheet.problems)
        SheetChange.add(batch, differences)
        batch.move(
            "reading", "read", channel=found.channel, channel_code=found.code[:40], compared_with=found.before,
            sheets=[name[:100] for name in sheet.candidates], passed_over=[name[:100] for name in sheet.passed_over],
            currency=card.currency, effective_from=card.dates.first, effective_to=card.dates.last, rows_read=sheet.rows_read,
            price_count=len(card.rows), error_count=errors, warning_count=len(sheet.problems) - errors,
            change_count=len(differences), steep_count=sum(one.is_steep for one in differences), read_at=clock.now(),
        )  # fmt: skip


def _draft(batch: SheetImport, found: Reading, step: Step) -> None:
    """Makes the draft of what a person saw; when other prices came into force meanwhile, they have to look again."""
    channel, card = batch.channel, found.sheet.card
    is_as_seen = (found.before.id if found.before else None) == batch.compared_with_id
    with write_txn():
        step()
        if channel is None or not found.sheet.is_good or not is_as_seen:
            batch.move("drafting", "reading", problem=MEANWHILE.to_json(), drafted_by=None, drafted_at=None)
            wake(JOB, str(batch.uid))
            return
        made = RateCard.draft(channel, replace(card, channel=channel.code), source=batch.name, sha256=batch.sha256,
                              note=batch.note, by=batch.drafted_by)  # fmt: skip
        batch.move("drafting", "drafted", rate_card=made, drafted_at=clock.now(), problem="")
