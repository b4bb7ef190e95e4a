"""What the operator's warehouse looks for is found by itself: parcels that wait for the scale, and those without a price."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
