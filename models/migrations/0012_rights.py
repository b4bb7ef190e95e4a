"""Rights: when people leave, what opens buyers' data to them, and grants that two people decide."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
