"""A key of the ledger is one entry in one tree: what it is looked up by is what it is kept by."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
