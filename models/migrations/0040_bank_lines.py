"""Files of bank accounts, and their lines beside the recharges."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
