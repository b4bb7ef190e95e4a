"""What goes with parcels on paper: labels, slips and lists, the sender, waybills of carriers; what products tell customs."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
