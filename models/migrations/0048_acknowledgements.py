"""Tax apart from what an order's line brought; rules that acknowledge buyers' messages."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
