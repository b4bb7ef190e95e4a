"""A program of its own that prints the rows of a workbook's sheet as JSON lines, started by models/imports/reading.py.

Reading a workbook may need any amount of memory or break the process that does it; this one has limits and may break.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal

MEMORY, SECONDS = 1024 * 1024 * 1024, 60
PASSWORD, DAMAGED, NO_SHEET, TOO_LARGE = 3, 4, 5, 6


def main(path: str, wanted: str) -> int:
    """First line: the names of the visible sheets and the one that follows; then a list of texts for each row."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(path)
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == calamine.SheetVisibleEnum.Visible and sheet.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        if not names or (wanted and wanted not in names):
            return NO_SHEET
        sheet = book.get_sheet_by_name(wanted or names[0])
        put({"sheets": names, "sheet": sheet.name})
        before = [""] * (sheet.start[1] if sheet.start else 0)  # Rows begin with the first column that holds anything.
        for row in sheet.iter_rows():
            put(before + [text(cell) for cell in row])
    except calamine.PasswordError:
        return PASSWORD
    except MemoryError:
        return TOO_LARGE
    except BrokenPipeError:
        return 0
    except BaseException:  # Whatever the reader stumbles over, in its own words or as a panic.
        return DAMAGED
    return 0


def put(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")


def text(cell: object) -> str:
    """A cell as a person sees it: whole numbers without a point, fifteen digits, days as 2026-11-30."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        number = format(Decimal(f"{cell:.15g}"), "f")
        return number.rstrip("0").rstrip(".") if "." in number else number
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, (date, time, timedelta)):
        return str(cell)
    return str(cell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
