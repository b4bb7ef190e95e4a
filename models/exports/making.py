"""Making an export: sent at once into an answer, or by a job into a file. Killed anywhere, it begins again from the start and
leaves nothing of the first attempt; a cancelled or deleted one stops at its next step."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any

from xlsxwriter.exceptions import XlsxWriterException

from models.exports import files
from models.exports.export import KEPT, WITH_A_FILE, Export
from models.exports.files import Folder, NoSpace
from models.exports.table import Table, table_of
from models.support import clock
from models.support.db import is_disk_full, write_txn
from models.support.errors import AlreadyDecided, Refused
from models.support.job_run import Cancelled, Fenced, Interrupted, JobRun
from models.support.sheets import write_csv
from models.support.words import say, speaking
from models.support.workbooks import write_xlsx
from models.vault import data_key

MOST_ATTEMPTS = 3
STEP_SECONDS = 0.5
STOPPED = say("It was stopped.")


def send(export: Export, folder: Folder) -> Iterator[bytes]:
    """The file of an export that is sent at once, in pieces. Personal data touches no disk on its way."""
    table = table_of(export)
    if export.file_format == "csv":
        return write_csv(table.sheet, table.records)
    if export.is_personal:
        return files.in_pieces(_workbook_in_memory(table))
    file = folder.create(name := folder.new_name())
    folder.remove(name)  # It lives as long as it is open.
    write_xlsx(file, table.sheet, table.records, scratch=folder.path)
    file.seek(0)
    return files.closing(file, files.read_plain(file))


def _workbook_in_memory(table: Table) -> io.BytesIO:
    content = io.BytesIO()
    write_xlsx(content, table.sheet, table.records)
    return content


def make(export: Export, folder: Folder, run: JobRun) -> None:
    """Makes the file of a waiting export, or of one whose making was killed."""
    if not _begin(export, folder, run):
        return
    try:
        with speaking(export.language):
            size, count = _write(export, folder, run)
        _finish(export, run, size, count)
    except (Cancelled, Fenced, Interrupted) as stopped:
        _put_away(export, folder, stopped)
        raise
    except Refused as refused:
        folder.remove(export.file_name)
        export.fail(refused.words)
    except Exception as error:
        folder.remove(export.file_name)
        if _is_full(error):
            export.fail(NoSpace().words)
            return
        export.fail(
            say("It stopped with an unexpected error (%(kind)s). The log has the place.", kind=type(error).__name__)
        )
        raise


def _begin(export: Export, folder: Folder, run: JobRun) -> bool:
    """Takes the export in hand under a fresh file name. False when it is no longer wanted or was killed too often."""
    folder.remove(export.file_name)
    if export.attempts >= MOST_ATTEMPTS:
        export.fail(say("It was interrupted %(times)s times and given up. Ask for fewer rows.", times=export.attempts))
        return False
    try:
        with write_txn():
            run.fence()
            export.move(
                ("waiting", "running"), "running", attempts=export.attempts + 1, file_name=folder.new_name(), done=0,
                started_at=clock.now(),
            )  # fmt: skip
    except AlreadyDecided:
        return False
    return True


def _write(export: Export, folder: Folder, run: JobRun) -> tuple[int, int]:
    """Writes the file for good. Returns its size and its number of rows."""
    folder.require_space()
    table = table_of(export)
    counted = _Counted(export, run, table.total)
    table.records = counted.through(table.records)
    with folder.create(export.file_name) as file:
        size = _write_sealed(export, file, table) if export.is_personal else _write_plain(export, file, table, folder)
        files.keep_for_good(file)
    return size, counted.done


def _write_plain(export: Export, file: Any, table: Table, folder: Folder) -> int:
    if export.file_format == "xlsx":
        write_xlsx(file, table.sheet, table.records, scratch=folder.path)
    else:
        for piece in write_csv(table.sheet, table.records):
            file.write(piece)
    file.seek(0, io.SEEK_END)
    return file.tell()


def _write_sealed(export: Export, file: Any, table: Table) -> int:
    subject = export.vault_subject
    key = data_key.keys_for([subject]).get(subject)
    if key is None:  # It was deleted a moment ago.
        raise Cancelled()
    if export.file_format == "xlsx":
        pieces = files.in_pieces(_workbook_in_memory(table))
    else:
        pieces = write_csv(table.sheet, table.records)
    return files.write_sealed(file, key, subject, pieces)


def _finish(export: Export, run: JobRun, size: int, count: int) -> None:
    try:
        with write_txn():
            run.fence(done=count)
            export.move("running", "ready", size_bytes=size, row_count=count, done=count, expires_at=clock.now() + KEPT)
            export.tell_exported()
    except AlreadyDecided:
        raise Cancelled() from None


def _put_away(export: Export, folder: Folder, stopped: Exception) -> None:
    """Whoever took the run over makes a file of another name; what a person stopped has ended."""
    folder.remove(export.file_name)
    if isinstance(stopped, Cancelled):
        export.fail(STOPPED)
        data_key.destroy([export.vault_subject])
    elif isinstance(stopped, Interrupted):
        with write_txn():
            Export.update(attempts=Export.attempts - 1).where(
                Export.id == export.id, Export.state == "running"
            ).execute()


def _is_full(error: BaseException) -> bool:
    if isinstance(error, XlsxWriterException) and error.args and isinstance(error.args[0], OSError):
        error = error.args[0]
    return (isinstance(error, Exception) and is_disk_full(error)) or getattr(error, "errno", None) == 28


class _Counted:
    """Counts the rows that pass, and every half second tells how far it is and asks whether it is still wanted."""

    def __init__(self, export: Export, run: JobRun, total: int):
        self.export, self.run, self.total = export, run, total
        self.done, self._told_at = 0, time.monotonic()

    def through(self, records: Iterator[Any]) -> Iterator[Any]:
        for record in records:
            yield record
            self.done += 1
            if not self.done % 200 and time.monotonic() - self._told_at > STEP_SECONDS:
                self._tell()

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        with write_txn():
            self.run.fence(done=self.done, total=max(self.total, self.done))
            mine = (Export.id == self.export.id) & (Export.state == "running")
            if not Export.update(done=self.done).where(mine).execute():
                raise Cancelled()


# The end of a file's day


def expire(folder: Folder) -> int:
    """Ends what is over: keys, rows, files, in this order. Returns how many ended."""
    ended = 0
    while old := Export.expired():
        for export in old:
            export.expire()
            folder.remove(export.file_name)
            ended += 1
    named = Export.select(Export.file_name).where(Export.state.in_(WITH_A_FILE), Export.file_name != "")
    folder.sweep(row.file_name for row in named)
    _sweep_keys()
    Export.forget_old()
    return ended


def _sweep_keys() -> None:
    """Destroys keys of files that ended: a process was killed between the two, or a backup of the keys came back."""
    after = ""
    while subjects := data_key.living_subjects("export:", before=clock.ago(hours=1), after=after):
        wanted = {str(row.uid) for row in Export.select(Export.uid).where(Export.state.in_(WITH_A_FILE))}
        data_key.destroy(subject for subject in subjects if subject.removeprefix("export:") not in wanted)
        after = subjects[-1]
