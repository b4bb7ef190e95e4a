"""What parcels weigh at the operator's scale, by which price that is charged, and teams' rules for channels."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
