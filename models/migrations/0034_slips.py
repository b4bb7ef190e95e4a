"""Banks' slips of recharges, sealed."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
