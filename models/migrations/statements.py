"""How a migration runs: the statements of its own SQL file for the database at hand, separated by blank lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import peewee


def run_file(db: Any, migration: str) -> None:
    """Runs `<migration>.sqlite.sql` or `<migration>.postgres.sql` beside the migration's own file."""
    dialect = "sqlite" if isinstance(db, peewee.SqliteDatabase) else "postgres"
    text = Path(migration).with_suffix(f".{dialect}.sql").read_text("utf-8")
    if dialect == "postgres":
        text = text.replace("%", "%%")  # The driver reads a single % as a placeholder.
    for statement in text.split("\n\n"):
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        if any(line.strip() for line in lines):
            db.execute_sql("\n".join(lines))
