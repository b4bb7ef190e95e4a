"""Making a paper: gathered in bunches, each laid out by the printer it is handed, joined, sealed. Killed anywhere, it begins again
from the start and leaves nothing of the first attempt; nothing of it touches the disk in clear."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import IO, Any

from models.exports import files
from models.exports.files import FileGone, Folder, NoSpace
from models.shipping.papers.gathering import Gathering, Page
from models.shipping.papers.page import summed
from models.shipping.papers.paper import KEPT, WITH_A_FILE, Paper
from models.support import clock
from models.support.db import is_disk_full, write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.job_run import Cancelled, Fenced, Interrupted, JobRun
from models.support.words import say, speaking
from models.vault import data_key

MOST_ATTEMPTS = 3


class PaperFolder(Folder):
    """`<data>/papers`."""

    name = "papers"

    def open(self, name: str) -> IO[bytes]:
        try:
            return super().open(name)
        except FileGone:
            raise Refused("This file is not there any more. Have it made again.") from None


@dataclass(frozen=True)
class Printer:
    """`lay_out(kind, values, language)` makes a PDF; `join` makes one of several."""

    lay_out: Callable[[str, dict[str, Any], str], bytes]
    join: Callable[[Sequence[bytes]], bytes]


class NothingToPrint(Refused):
    def __init__(self) -> None:
        super().__init__("None of these parcels can be on it.")


def make(paper: Paper, folder: Folder, run: JobRun, printer: Printer) -> None:
    """Makes a waiting paper, or one whose making was killed."""
    if not _begin(paper, folder, run):
        return
    try:
        with speaking(paper.language):
            _finish(paper, run, _written(paper, folder, run, printer))
    except (Cancelled, Fenced, Interrupted) as stopped:
        _put_away(paper, folder, stopped)
        raise
    except Refused as refused:
        _fail(paper, folder, refused)
    except Exception as error:
        if is_disk_full(error) or getattr(error, "errno", None) == 28:
            _fail(paper, folder, NoSpace())
            return
        words = "It stopped with an unexpected error (%(kind)s). The log has the place."
        _fail(paper, folder, Refused(words, kind=type(error).__name__))
        raise


def _begin(paper: Paper, folder: Folder, run: JobRun) -> bool:
    """Takes the paper in hand under a fresh file name. False when it is no longer wanted or was killed too often."""
    folder.remove(paper.file_name)
    if paper.attempts >= MOST_ATTEMPTS:
        paper.fail(say("It was interrupted %(times)s times and given up. Choose fewer parcels.", times=paper.attempts))
        return False
    try:
        with write_txn():
            run.fence()
            paper.move(
                ("waiting", "running"), "running", attempts=paper.attempts + 1, file_name=folder.new_name(), done=0,
                left_out=[], started_at=clock.now(),
            )  # fmt: skip
    except AlreadyDecided:
        return False
    return True


def _written(paper: Paper, folder: Folder, run: JobRun, printer: Printer) -> int:
    """Writes the sealed file. Returns how many clear bytes it has."""
    folder.require_space()
    gathering = Gathering(paper)
    parts = _parts(paper, gathering, run, printer)
    paper.change(left_out=gathering.left_out)
    if not parts:
        raise NothingToPrint()
    content = parts[0] if len(parts) == 1 else printer.join(parts)
    subject = paper.vault_subject
    key = data_key.keys_for([subject]).get(subject)
    if key is None:  # It was deleted a moment ago.
        raise Cancelled()
    with folder.create(paper.file_name) as file:
        size = files.write_sealed(file, key, subject, files.in_pieces(io.BytesIO(content)))
        files.keep_for_good(file)
    return size


def _parts(paper: Paper, gathering: Gathering, run: JobRun, printer: Printer) -> list[bytes]:
    """A PDF for each bunch; a pick list is one for all, since it sums up."""
    parts: list[bytes] = []
    picks: list[Any] = []
    done = 0
    for pages in gathering.bunches():
        if paper.kind == "picks":
            picks += pages
        else:
            parts += _laid_out(paper, pages, printer)
        done += len(pages)
        _tell(paper, run, done)
    if picks:
        values = {"picks": picks, "rows": summed(picks), "team": paper.team.name, "when": _when(paper)}
        parts.append(printer.lay_out("picks", values, paper.language))
    return parts


def _laid_out(paper: Paper, pages: list[Page], printer: Printer) -> list[bytes]:
    """Ours together, a carrier's own as it is, in the order of the parcels."""
    parts: list[bytes] = []
    for is_own, run_of in groupby(pages, key=lambda page: isinstance(page, dict)):
        some = list(run_of)
        own: list[Any] = [printer.lay_out(paper.kind, {"pages": some}, paper.language)] if is_own else some
        parts += own
    return parts


def _when(paper: Paper) -> str:
    return f"{clock.local(clock.now(), paper.zone):%Y-%m-%d %H:%M}"


def _tell(paper: Paper, run: JobRun, done: int) -> None:
    with write_txn():
        run.fence(done=done, total=paper.total)
        mine = (Paper.id == paper.id) & (Paper.state == "running")
        if not Paper.update(done=done).where(mine).execute():
            raise Cancelled()


def _finish(paper: Paper, run: JobRun, size: int) -> None:
    try:
        with write_txn():
            run.fence(done=paper.total, total=paper.total)
            paper.move("running", "ready", size_bytes=size, done=paper.total, expires_at=clock.now() + KEPT)
    except AlreadyDecided:
        raise Cancelled() from None


def _fail(paper: Paper, folder: Folder, refused: Refused) -> None:
    folder.remove(paper.file_name)
    paper.fail(refused.words)


def _put_away(paper: Paper, folder: Folder, stopped: Exception) -> None:
    """Whoever took the run over makes a file of another name; what a person stopped has ended."""
    folder.remove(paper.file_name)
    if isinstance(stopped, Cancelled):
        paper.fail(say("It was stopped."))
        data_key.destroy([paper.vault_subject])
    elif isinstance(stopped, Interrupted):
        with write_txn():
            Paper.update(attempts=Paper.attempts - 1).where(Paper.id == paper.id, Paper.state == "running").execute()


# The end of a paper's day


def expire(folder: Folder) -> int:
    """Ends what is over: keys, rows, files, in this order. Returns how many ended."""
    ended = 0
    while old := Paper.expired():
        for paper in old:
            paper.expire()
            folder.remove(paper.file_name)
            ended += 1
    folder.sweep(
        row.file_name for row in Paper.select(Paper.file_name).where(Paper.state.in_(WITH_A_FILE)) if row.file_name
    )
    _sweep_keys()
    Paper.forget_old()
    return ended


def _sweep_keys() -> None:
    """Destroys keys of papers that ended: a process was killed between the two, or a backup of the keys came back."""
    after = ""
    while subjects := data_key.living_subjects("paper:", before=clock.ago(hours=1), after=after):
        wanted = {str(row.uid) for row in Paper.select(Paper.uid).where(Paper.state.in_(WITH_A_FILE))}
        data_key.destroy(subject for subject in subjects if subject.removeprefix("paper:") not in wanted)
        after = subjects[-1]
