"""What is wrong or doubtful in a price sheet, with the place where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.support.words import Words

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Problem:
    """`row` counts as a spreadsheet does; 0 means the whole sheet. An error keeps its row out, a warning does not."""

    sheet: str
    row: int
    column: str
    code: str
    value: str
    words: Words
    grade: str = ERROR


@dataclass
class Problems:
    found: list[Problem] = field(default_factory=list)

    def add(self, cell: Cell, code: str, words: Words, grade: str = ERROR) -> None:
        self.found.append(Problem(cell.sheet, cell.row, cell.column, code, cell.text[:80], words, grade))

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.found if problem.grade == ERROR]


@dataclass(frozen=True)
class Cell:
    sheet: str
    row: int
    column: str
    text: str


class CellProblem(Exception):
    """Stops the reading of a row; the row's reader notes it."""

    def __init__(self, cell: Cell, code: str, words: Words):
        super().__init__(code)
        self.cell, self.code, self.words = cell, code, words
