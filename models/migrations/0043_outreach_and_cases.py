"""What is written to buyers through Amazon, and what went wrong after sales."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
