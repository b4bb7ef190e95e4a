"""What weighed parcels cost that no price sheet takes: proposed by one person, decided by another."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
