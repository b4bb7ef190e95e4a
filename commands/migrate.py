"""Brings the database to this version: applies pending migrations after a backup."""

from __future__ import annotations

from commands.support import portal
from models.database import migrate, schema_problem


def add_arguments(parser) -> None:
    parser.add_argument("--status", action="store_true", help="only say whether something is pending")
    parser.add_argument(
        "--draft", choices=["sqlite", "postgres"], help="for developers: SQL of tables no migration makes yet"
    )


def run(args) -> int:
    with portal(migrated=False) as settings:
        if args.draft:
            from commands.draft import draft
            from models.tables import TABLES

            print(draft(TABLES, args.draft), end="")
            return 0
        if args.status:
            print(schema_problem() or "The database fits this version.")
            return 0
        applied = migrate(settings)
        print("\n".join(f"applied {name}" for name in applied) if applied else "Nothing was pending.")
    return 0
