"""Making a statement: the lines are read twice, once for the sums and the CSV, once for the pages, and never held all at once.

`Printer` prints a first page, prints pages of lines, and joins; it is handed in by the job. Killed anywhere, it begins again.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from models.support.job_run import JobRun
from models.support.words import say, speaking
from models.wallet.statements.document import content_of, kind_word, money_of
from models.wallet.statements.lines import COLUMNS, MISMATCH, DoesNotAddUp, Line, csv_row, lines_of, summed
from models.wallet.statements.pages import Page, bunches, pages_of
from models.wallet.statements.statement import Statement
from models.wallet.statements.sums import Sums

FOLDER = "statements"
AT_ONCE = 2  # Two children print side by side.
FIRST: list[Page] = []  # A bunch of no lines: the first page.
MOST_LINES = 200_000


@dataclass(frozen=True)
class Printer:
    """`first(content, language)` and `lines(content, pages, language)` make PDFs, `join(parts, most)` one of several."""

    first: Callable[[dict[str, Any], str], bytes]
    lines: Callable[[dict[str, Any], list[Page], str], bytes]
    join: Callable[[list[bytes], int], bytes]


def path_of(folder: Path, statement: Statement, kind: str) -> Path:
    """Where the file of a statement lies; `kind` is pdf or csv."""
    return folder / FOLDER / f"{statement.uid}.{kind}"


def make(statement: Statement, folder: Path, base_url: str, run: JobRun, printer: Printer) -> str:
    """Makes one that waits, or whose making was killed. What does not add up, where its lines do not."""
    if not statement.is_open:
        return ""
    if statement.state == "waiting":
        statement.move("waiting", "running")
    (folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
    try:
        sums = write_csv(statement, path_of(folder, statement, "csv"))
    except DoesNotAddUp as error:
        statement.fail(MISMATCH)
        return str(error)
    if sums.lines > MOST_LINES:
        statement.fail(say("It has more than %(most)s lines. Choose a shorter period.", most=MOST_LINES))
        return ""
    statement.sealed(sums.opening, sums.closing, sums.lines, sums.digest)
    with speaking(statement.language):
        content = content_of(statement, sums, base_url)
        pdf = printed(statement, content, sums, run, printer)
    keep(path_of(folder, statement, "pdf"), pdf)
    statement.issue(
        opening_minor=sums.opening, closing_minor=sums.closing, lines=sums.lines, digest=sums.digest,
        pages=content["pages"], file_digest=hashlib.sha256(pdf).hexdigest(),
    )  # fmt: skip
    return ""


def write_csv(statement: Statement, path: Path) -> Sums:
    """Writes the lines and adds them up. Raises DoesNotAddUp."""
    wallet, half = statement.wallet, path.with_suffix(".part")
    with half.open("wb") as file:
        half.chmod(0o600)
        file.write(b"\xef\xbb\xbf" + csv_row(COLUMNS))
        sums = summed(
            wallet, statement.first_day, statement.last_day, statement.zone,
            keep=lambda line: file.write(csv_row(line.cells(wallet.currency))),
        )  # fmt: skip
    half.rename(path)
    return sums


def keep(path: Path, data: bytes) -> None:
    half = path.with_suffix(".part")
    half.write_bytes(data)
    half.chmod(0o600)
    half.rename(path)


def printed(statement: Statement, content: dict[str, Any], sums: Sums, run: JobRun, printer: Printer) -> bytes:
    """All pages, two bunches at a time."""
    language, front, count = statement.language, content["front"], content["pages"]
    money = money_of(statement.wallet.currency)
    pages = pages_of(_lines(statement, sums), sums.opening, sums.lines, money, kind_word, front)
    done = 0

    def print_one(bunch: list[Page]) -> bytes:
        return printer.lines(content, bunch, language) if bunch else printer.first(content, language)

    def step(bunch: list[Page]) -> None:
        nonlocal done
        done += sum(page.rows for page in bunch)
        run.progress(done=done, total=sums.lines)

    parts = side_by_side(chain([FIRST], bunches(pages, count - front)), print_one, step)
    return parts[0] if len(parts) == 1 else printer.join(parts, count)


def side_by_side(
    waiting: Iterator[list[Page]],
    print_one: Callable[[list[Page]], bytes],
    step: Callable[[list[Page]], None] = lambda some: None,
) -> list[bytes]:
    """Prints bunches of pages, two at a time; no more of them are held than are printed. A bunch without pages is the first page."""
    parts: list[bytes] = []
    under_way: deque[tuple[list[Page], Future[bytes]]] = deque()
    with ThreadPoolExecutor(AT_ONCE) as children:
        for bunch in waiting:
            if len(under_way) == AT_ONCE:
                _take(parts, *under_way.popleft(), step)
            under_way.append((bunch, children.submit(print_one, bunch)))
        for bunch, printing in under_way:
            _take(parts, bunch, printing, step)
    return parts


def _take(parts: list[bytes], bunch: list[Page], printing: Future[bytes], step: Callable[[list[Page]], None]) -> None:
    parts.append(printing.result())
    step(bunch)


def _lines(statement: Statement, sums: Sums) -> Iterator[Line]:
    """The same lines as were added up, whatever is posted meanwhile: the period is over."""
    found = lines_of(statement.wallet, statement.first_day, statement.last_day, statement.zone)
    return (line for _row, line in islice(found, sums.lines))
