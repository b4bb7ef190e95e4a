"""Access reviews with their lines and signed documents, alarms and what they are counted from, the daily baseline, canary orders."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
