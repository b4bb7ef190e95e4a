"""For those who declare what a record is found by: the SQL that keeps its words, for a numbered migration.

A view says what a record's words are; `<table>_search` holds them with their index; triggers keep it true in the
transaction of the change, whoever makes it. The triggers of SQLite may not write to FTS5 (`trusted_schema` is off), so
they note what changed in `search_due`, and `write_txn()` catches up before it commits.
"""

from __future__ import annotations

from models.support.search import Part, Searched

DUE = (
    'CREATE TABLE "search_due" ("kind" TEXT NOT NULL, "id" INTEGER NOT NULL, PRIMARY KEY ("kind", "id")) WITHOUT ROWID'
)
# What PostgreSQL looks up in a GIN index: every three signs in a row, and every two of which one is not ASCII, so that a
# Chinese word of two signs has an entry. It needs no extension and does not depend on the locale, as pg_trgm does.
GRAMS = """CREATE FUNCTION search_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    SELECT coalesce(array_agg(DISTINCT gram), '{}') FROM (
        SELECT three AS gram FROM generate_series(1, length(words) - 2) AS at, substr(lower(words), at, 3) AS three
        UNION ALL
        SELECT two FROM generate_series(1, length(words) - 1) AS at, substr(lower(words), at, 2) AS two WHERE two ~ '[^\\x01-\\x7f]'
    ) AS grams
$$"""


def statements(searched: Searched, dialect: str) -> list[str]:
    """Everything that makes and keeps the words of a kind of record, and takes in those that exist."""
    return (_sqlite if dialect == "sqlite" else _postgres)(searched)


def _view(searched: Searched, joined: str) -> str:
    own = " || ' ' || ".join(f'"{searched.name}"."{column}"' for column in searched.columns)
    parts = "".join(f" || ' ' || {_of_part(part, searched.name, joined)}" for part in searched.parts)
    return (
        f'CREATE VIEW "{searched.name}_words" AS\n'
        f'SELECT "{searched.name}"."id", "{searched.name}"."team_id", {own}{parts} AS "words" FROM "{searched.name}"'
    )


def _of_part(part: Part, owner: str, joined: str) -> str:
    told = " || ' ' || ".join(f'"{part.name}"."{column}"' for column in part.columns)
    return (
        f'coalesce((SELECT {joined.format(f"DISTINCT {told}")} FROM "{part.name}"'  # noqa: S608
        f' WHERE "{part.name}"."{part.owner}" = "{owner}"."id"), \'\')'
    )


# SQLite


def _sqlite(searched: Searched) -> list[str]:
    name = searched.name
    made = [
        _view(searched, "group_concat({})"),
        f'CREATE VIRTUAL TABLE "{name}_search" USING fts5("words", "team_id" UNINDEXED, tokenize = \'trigram\')',
    ]
    made += _due(name, name, "id", ("team_id", *searched.columns))
    for part in searched.parts:
        made += _due(name, part.name, part.owner, (part.owner, *part.columns))
    fill = (
        f'INSERT INTO "{name}_search" ("rowid", "words", "team_id") SELECT "id", "words", "team_id" FROM "{name}_words"'  # noqa: S608
    )
    return [*made, fill]


def _due(kind: str, table: str, column: str, watched: tuple[str, ...]) -> list[str]:
    def note(row: str) -> str:
        taken = f'NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = \'{kind}\' AND "id" = {row}."{column}")'  # noqa: S608 (our own names)
        return f'    INSERT INTO "search_due" SELECT \'{kind}\', {row}."{column}" WHERE {taken};'

    events = {
        "insert": ("INSERT", note("NEW")),
        "delete": ("DELETE", note("OLD")),
        "update": ("UPDATE OF " + ", ".join(f'"{name}"' for name in watched), note("OLD") + "\n" + note("NEW")),
    }
    return [
        f'CREATE TRIGGER "{kind}_search_{table}_{name}" AFTER {event} ON "{table}"\nBEGIN\n{body}\nEND'
        for name, (event, body) in events.items()
    ]


# PostgreSQL


def _postgres(searched: Searched) -> list[str]:
    name = searched.name
    made = [
        _view(searched, "string_agg({}, ' ')"),
        f'CREATE TABLE "{name}_search" (\n    "id" BIGINT NOT NULL PRIMARY KEY REFERENCES "{name}" ("id") ON DELETE CASCADE,\n'
        f'    "team_id" BIGINT NOT NULL,\n    "words" TEXT NOT NULL\n)',
        f'INSERT INTO "{name}_search" ("id", "team_id", "words") SELECT "id", "team_id", "words" FROM "{name}_words"',  # noqa: S608
        f'CREATE INDEX "{name}_search_grams" ON "{name}_search" USING gin (search_grams("words"))',
        _renew(name),
    ]
    made += _renewing(name, name, "id", ("team_id", *searched.columns), ("insert",))
    for part in searched.parts:
        made += _renewing(name, part.name, part.owner, (part.owner, *part.columns), ("insert", "delete"))
    return made


def _renew(name: str) -> str:
    """Locks first, then reads with a new snapshot: two who change parts of one record cannot lose each other's."""
    return f"""CREATE FUNCTION "{name}_search_renew"(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM "{name}_search" WHERE "id" = ANY(ids) ORDER BY "id" FOR UPDATE;
    INSERT INTO "{name}_search" AS kept ("id", "team_id", "words")
    SELECT "id", "team_id", "words" FROM "{name}_words" WHERE "id" = ANY(ids) ORDER BY "id"
    ON CONFLICT ("id") DO UPDATE SET "team_id" = excluded."team_id", "words" = excluded."words"
    WHERE kept."words" <> excluded."words" OR kept."team_id" <> excluded."team_id";
END $$"""  # noqa: S608 (our own names)


def _renewing(kind: str, table: str, column: str, watched: tuple[str, ...], whole: tuple[str, ...]) -> list[str]:
    """Rows that come and go are taken together, statement by statement; an update only where a watched column changed."""
    made, call = [], f'PERFORM "{kind}_search_renew"'
    for event in whole:
        function, rows = f"{kind}_search_{table}_{event}", "NEW" if event == "insert" else "OLD"
        body = f'{call}(ARRAY(SELECT DISTINCT "{column}" FROM changed)); RETURN NULL;'  # noqa: S608
        made.append(_function(function, body))
        made.append(
            f'CREATE TRIGGER "{function}" AFTER {event.upper()} ON "{table}" REFERENCING {rows} TABLE AS changed\n'
            f'FOR EACH STATEMENT EXECUTE FUNCTION "{function}"()'
        )
    function = f"{kind}_search_{table}_update"
    columns = ", ".join(f'"{name}"' for name in watched)
    differs = " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in watched)
    made.append(_function(function, f'{call}(ARRAY[OLD."{column}", NEW."{column}"]::bigint[]); RETURN NULL;'))
    made.append(
        f'CREATE TRIGGER "{function}" AFTER UPDATE OF {columns} ON "{table}"\n'
        f'FOR EACH ROW WHEN ({differs}) EXECUTE FUNCTION "{function}"()'
    )
    return made


def _function(name: str, body: str) -> str:
    return f'CREATE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    {body}\nEND $$'
