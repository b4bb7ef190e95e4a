"""Taking a bank's file: kept as it came, looked at in a dry run, then its lines taken in, all or none, each once however many files
bring it."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import peewee

from models.audit.event import track
from models.imports.cells import bare, clean
from models.imports.importer import CellError
from models.imports.mapping import ImportMapping
from models.imports.originals import sha256_of, shown_name
from models.imports.reading import Shape, Survey, format_of, rows, survey
from models.people.team import Team
from models.support import clock
from models.support.bulk import among, insert_rows, raw_rows
from models.support.db import db, retrying, write_txn
from models.support.errors import FieldRefused, Refused
from models.vault.data_key import keys_for
from models.vault.seal import Sealer
from models.wallet.bank.columns import FIELDS, BankRow, read_row
from models.wallet.bank.file import KIND, BankFile
from models.wallet.bank.line import BankLine
from models.wallet.bank.matching import match_all
from models.wallet.bank.original import BankOriginal, opened
from models.wallet.wallet import CURRENCIES

MOST_BYTES, MOST_PROBLEMS = 8 * 1024 * 1024, 200
NAMES = (
    "uid", "team", "file", "row_number", "booked_on", "amount_minor", "currency", "balance_minor", "reference", "summary", "counterparty",
    "fingerprint", "occurrence", "state", "rule", "reason", "created_at",
)  # fmt: skip


@dataclass
class Reading:
    """What a file says: lines with their fingerprint and how often it stood above, and what is wrong."""

    lines: list[tuple[BankRow, str, int]]
    errors: list[CellError]

    @property
    def bad(self) -> int:
        return len({error.row for error in self.errors})


def take(team: Team, account: str, currency: str, name: str, content: Path, *, by: Any) -> BankFile:
    """Keeps an uploaded file and guesses its columns; the one that is there, if the same bytes came before. Raises Refused."""
    account = " ".join(account.split())
    if not account or len(account) > 60:
        raise FieldRefused("account", "Name the bank account, with at most 60 characters.")
    if currency not in CURRENCIES:
        raise FieldRefused("currency", "Choose from the list.")
    if content.stat().st_size > MOST_BYTES:
        raise Refused("The file is larger than 8 MB. Split it.")
    sha256 = sha256_of(content)
    same = BankFile.select().where(BankFile.team == team, BankFile.sha256 == sha256)
    if (earlier := same.first()) is not None:
        return earlier.require_new()
    made = BankFile(team=team, account=account, currency=currency, sha256=sha256, name=shown_name(name), uploaded_by=by)
    made.read_as(survey(content, Shape(format_of(content, name)), FIELDS))
    original = BankOriginal(file=made).seal(content=content.read_bytes())  # The key is written first.
    try:
        with write_txn(), db.atomic():
            made.save(force_insert=True)
            original.file = made
            original.save(force_insert=True)
    except peewee.IntegrityError:  # Two at once: the other was first.
        return same.get().require_new()
    return made


def surveyed(file: BankFile, folder: Path, **shape: Any) -> Survey:
    """What is in it, read as it is read now or in another way. Raises Refused."""
    with opened(file, folder) as path:
        return survey(path, replace(Shape(**file.shape), **shape), FIELDS)


def look(file: BankFile, folder: Path, mapping: list[str]) -> None:
    """The dry run by these columns, which are remembered for the next file. Raises Refused, FieldRefused."""
    mapping = file.checked(mapping)
    found = read(file, folder, mapping)
    known = len(found.lines) - len(_new(file, found))
    counts = {"new": len(found.lines) - known, "known": known, "bad": found.bad}
    problems = [[error.row, error.column, error.words.to_json()] for error in found.errors[:MOST_PROBLEMS]]
    with write_txn():
        file.move(("mapping", "looked"), "looked", mapping=mapping, counts=counts, problems=problems)
        ImportMapping.remember(file.team, KIND, file.headings, mapping)


def read(file: BankFile, folder: Path, mapping: list[str]) -> Reading:
    columns = [(place, column) for place, column in enumerate(mapping) if column]
    text_of = (lambda cell: bare(clean(cell))) if file.shape["format"] == "csv" else clean
    found, seen = Reading([], []), Counter[str]()
    with opened(file, folder) as path:
        for number, cells in rows(path, Shape(**file.shape)):
            named = {column: text_of(cells[place]) if place < len(cells) else "" for place, column in columns}
            line = read_row(number, named, file.currency)
            if isinstance(line, list):
                found.errors.extend(line)
                continue
            mark = line.fingerprint(file.account)
            seen[mark] += 1
            found.lines.append((line, mark, seen[mark]))
    return found


def _new(file: BankFile, found: Reading) -> list[tuple[BankRow, str, int]]:
    """Those that no file of the account brought before."""
    marks = {mark for _line, mark, _number in found.lines}
    query = BankLine.select(BankLine.fingerprint, BankLine.occurrence).where(
        BankLine.team == file.team_id, among(BankLine.fingerprint, sorted(marks))
    )
    known = {tuple(row) for row in raw_rows(query)} if marks else set()
    return [one for one in found.lines if one[1:] not in known]


@retrying
def apply(file: BankFile, folder: Path, *, by: Any) -> int:
    """Takes its lines in, and proposes what they may be. How many are new. Raises AlreadyDecided, Refused."""
    if file.state != "looked":
        raise Refused("Look at what the file would do first.")
    found = read(file, folder, file.mapping)
    key = keys_for([file.seal_subject()])[file.seal_subject()]
    made = {one: _values(file, Sealer(key), *one) for one in found.lines}
    with write_txn():
        type(file.team).take_turn(file.team_id)  # Two files with the same lines come one after the other.
        new = _new(file, found)
        counts = {"new": len(new), "known": len(found.lines) - len(new), "bad": found.bad}
        file.move("looked", "applied", counts=counts, applied_by=by, applied_at=clock.now())
        insert_rows(BankLine, NAMES, [made[one] for one in new])
        track("bank_file_applied", file, by=by, file=file.name, account=file.account, created=len(new),
              known=counts["known"], bad=found.bad)  # fmt: skip
    match_all(file.team_id)
    return len(new)


def _values(file: BankFile, sealer: Sealer, line: BankRow, mark: str, number: int) -> tuple[Any, ...]:
    made = BankLine(uid=uuid.uuid4(), file=file)

    def sealed(name: str, text: str) -> bytes | None:
        return sealer.seal(made._place(name), text) if text else None

    return (
        made.uid, file.team_id, file.id, line.number, line.booked_on, line.amount_minor, line.currency, line.balance_minor, line.reference,
        sealed("summary", line.summary), sealed("counterparty", line.counterparty), mark, number,
        "unmatched" if line.amount_minor > 0 else "outgoing", "", "", clock.now(),
    )  # fmt: skip
