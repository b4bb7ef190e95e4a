"""Sessions that remember when their person last proved who they are, second factors, and resets of lost ones."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
