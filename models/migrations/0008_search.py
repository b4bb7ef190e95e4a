"""What products and orders are found by: their words, an index over them, and the triggers that keep both true."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
