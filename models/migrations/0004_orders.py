"""Orders: what was bought, lines, parcels, the sealed buyer and payload, changes, what could not be read."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
