"""Lists: how each person lays them out, saved views, what was done with many records."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
