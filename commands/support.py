"""What every command stands on: the open portal, who acts, tables of text."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from config import logs
from config.settings import Settings, read_settings
from models.audit.origin import Origin, acting
from models.database import NotReady, close_databases, open_databases, schema_problem

EXIT_REFUSED = 1
EXIT_IO = 74
EXIT_CONFIG = 78


@contextmanager
def portal(*, migrated: bool = True, **overrides: Any) -> Iterator[Settings]:
    """The settings with the databases open, acting as the person at the server. Raises NotReady."""
    settings = read_settings(**overrides)
    logs.set_up("warning")
    open_databases(settings)
    try:
        if migrated and (problem := schema_problem()):
            raise NotReady(problem)
        with acting(Origin("command", at_the_server())):
            yield settings
    finally:
        close_databases()


def at_the_server() -> str:
    """Who typed the command: the account behind sudo where there is one."""
    if os.environ.get("SUDO_USER"):
        return os.environ["SUDO_USER"]
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def print_table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    lines = [list(head), *([str("" if cell is None else cell) for cell in row] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))
