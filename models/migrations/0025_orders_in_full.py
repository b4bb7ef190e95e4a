"""Orders in full: kinds, tags, notes, holds and whose they are; lists that remember what was asked once for many records."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
