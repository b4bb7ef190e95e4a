"""An event that names no person, store, address or request is in no index of those."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
