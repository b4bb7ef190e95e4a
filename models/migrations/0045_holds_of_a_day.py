"""What was on hold on a past day is found without reading every hold there ever was."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
