"""Counted work lies in the order of its key, and quarters of an hour nobody looks at any more are gone."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
