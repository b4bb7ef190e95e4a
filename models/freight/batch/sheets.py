"""The result of a batch as files: what each parcel costs (a column for each channel), the lines of its cheapest price, and the
rows that could not be read. Text is text, whatever it begins with (models/support/sheets.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import IO, Any

from models.freight.batch.folder import BatchFolder
from models.freight.batch.parts import QuoteBatchError
from models.freight.batch.reasons import reason
from models.freight.batch.record import QuoteBatch
from models.freight.explaining import line_words
from models.imports.importer import Record
from models.support import clock
from models.support.money import Money
from models.support.sheets import Sheet, SheetColumn, write_csv
from models.support.words import say
from models.support.workbooks import write_workbook

Rows = Callable[[], Iterator[tuple[Record, Any]]]
PLACE, VERSION, TOTAL, CURRENCY, HOME_TOTAL, CHARGEABLE, UNIT, ETA, WARNINGS, LINES = range(10)


def write(batch: QuoteBatch, folder: BatchFolder, rows: Rows) -> None:
    """Writes every file of the result."""
    prices, lines, wrong = _prices(batch), _lines(batch), _wrong(batch)

    def workbook(file: IO[bytes]) -> None:
        parts = [(prices, rows()), (lines, _line_rows(rows)), (wrong, QuoteBatchError.every(batch))]
        write_workbook(file, parts, scratch=folder.path)

    folder.write(batch.stem, "xlsx", workbook)
    folder.write(batch.stem, "csv", lambda file: file.writelines(write_csv(prices, rows())))
    folder.write(batch.stem, "lines", lambda file: file.writelines(write_csv(lines, _line_rows(rows))))


def _sheet(batch: QuoteBatch, title: str, columns: list[SheetColumn]) -> Sheet:
    return Sheet(title, columns, "UTC", author=batch.person.name if batch.person else "", made_at=clock.now())


def _prices(batch: QuoteBatch) -> Sheet:
    """A row for each parcel. `row` is (record of the file, answer)."""
    headings = [heading for _id, heading in batch.channels]

    def best(place: int, made: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda row: made(row[1][0][place]) if row[1] and row[1][0] else None

    columns = [
        SheetColumn(str(say("Your number of the parcel")), lambda row: row[0].key),
        SheetColumn(str(say("Row")), lambda row: row[0].rows[0].number, "number"),
        SheetColumn(str(say("Country")), lambda row: _told(row[0], "country")),
        SheetColumn(str(say("Postcode")), lambda row: _told(row[0], "postcode")),
        SheetColumn(str(say("Cheapest channel")), best(PLACE, lambda place: headings[place])),
        SheetColumn(str(say("Total in CNY")), best(HOME_TOTAL, Decimal), "number"),
        SheetColumn(str(say("Chargeable weight")), best(CHARGEABLE, Decimal), "number"),
        SheetColumn(str(say("Unit")), best(UNIT, str)),
        SheetColumn(str(say("Days")), best(ETA, lambda eta: _days(eta))),
        SheetColumn(str(say("Total")), lambda row: _total(row[1]), "money"),
        SheetColumn(str(say("Remark")), lambda row: _remark(row[1])),
    ]
    return _sheet(
        batch, str(say("Prices")), columns + [_channel(place, heading) for place, heading in enumerate(headings)]
    )


def _channel(place: int, heading: str) -> SheetColumn:
    return SheetColumn(heading, lambda row: _cell(row[1][1][place]) if row[1] else None, "number")


def _cell(cell: Any) -> Any:
    if cell is None:
        return None
    return Decimal(cell).scaleb(-2) if type(cell) is int else "; ".join(map(reason, cell))


def _told(record: Record, column: str) -> str:
    return next((row[column] for row in record.rows if row[column]), "")


def _days(eta: Any) -> str | None:
    return None if not eta else str(eta[0]) if eta[0] == eta[1] else f"{eta[0]}–{eta[1]}"


def _total(answer: Any) -> Money | None:
    return Money.of(answer[0][TOTAL], answer[0][CURRENCY]) if answer and answer[0] else None


def _remark(answer: Any) -> str:
    if answer is None:
        return str(say("Not priced: a row of it could not be read."))
    if answer[0] is None:
        return str(say("No channel takes it."))
    return "; ".join(map(reason, answer[0][WARNINGS]))


def _line_rows(rows: Rows) -> Iterator[Any]:
    """A row for each line of the cheapest price: (record, answer, code, amount)."""
    for record, answer in rows():
        for code, amount in answer[0][LINES] if answer and answer[0] else ():
            yield record, answer, code, amount


def _lines(batch: QuoteBatch) -> Sheet:
    headings = [heading for _id, heading in batch.channels]
    columns = [
        SheetColumn(str(say("Your number of the parcel")), lambda row: row[0].key),
        SheetColumn(str(say("Channel")), lambda row: headings[row[1][0][PLACE]]),
        SheetColumn(str(say("Version of the price sheet")), lambda row: row[1][0][VERSION], "number"),
        SheetColumn(str(say("Line")), lambda row: str(line_words(row[2]))),
        SheetColumn(str(say("Amount")), lambda row: Money.of(row[3], row[1][0][CURRENCY]), "money"),
    ]
    return _sheet(batch, str(say("Lines of the cheapest")), columns)


def _wrong(batch: QuoteBatch) -> Sheet:
    columns = [
        SheetColumn(str(say("Row")), lambda error: error.row, "number"),
        SheetColumn(str(say("Column")), lambda error: error.column),
        SheetColumn(str(say("Value")), lambda error: error.value),
        SheetColumn(str(say("What is wrong")), lambda error: str(error.sentence)),
    ]
    return _sheet(batch, str(say("Rows refused")), columns)


def wrong_csv(batch: QuoteBatch) -> Iterator[bytes]:
    """The rows that could not be read, each with its sentence."""
    return write_csv(_wrong(batch), QuoteBatchError.every(batch))
