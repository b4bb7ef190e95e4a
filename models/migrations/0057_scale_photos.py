"""Photos of parcels on the operator's scale, sealed with their buyers."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
