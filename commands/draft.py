"""For those who change a model: prints the SQL of tables that no migration makes yet, for both databases.

What it prints is the draft of a numbered migration; triggers and changes of existing tables are written by hand.
"""

from __future__ import annotations

from collections.abc import Iterable

import peewee

from models.support.db import db
from models.support.record import Record


def table_sql(model: type[Record], dialect: str) -> list[str]:
    """CREATE statements of a model for "sqlite" or "postgres", as peewee would run them."""
    database = (
        peewee.SqliteDatabase(None) if dialect == "sqlite" else peewee.PostgresqlDatabase(None, prefer_psycopg3=True)
    )
    with database.bind_ctx([model], bind_refs=False, bind_backrefs=False):
        schema = peewee.SchemaManager(model, database=database)
        contexts = [schema._create_table(safe=False), *schema._create_indexes(safe=False)]
        return [laid_out(inlined(context.query())) for context in contexts]


def inlined(query: tuple[str, list]) -> str:
    sql, params = query
    for value in params:
        text = str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
        for mark in ("?", "%s"):
            if mark in sql:
                sql = sql.replace(mark, text, 1)
                break
    return sql


def laid_out(sql: str) -> str:
    """One column a line."""
    if not sql.startswith("CREATE TABLE"):
        return sql
    head, _, body = sql.partition(" (")
    depth, line, lines = 0, "", []
    for sign in body[:-1]:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            lines.append(line.strip() + ",")
            line = ""
        else:
            line += sign
    return head + " (\n    " + "\n    ".join([*lines, line.strip()]) + "\n)"


def draft(tables: Iterable[type[Record]], dialect: str) -> str:
    existing = set(db.get_tables())
    missing = [model for model in tables if model._meta.table_name not in existing]
    return "\n\n".join(statement for model in missing for statement in table_sql(model, dialect)) + "\n"
