"""Uploaded price sheets, what is wrong in them, and which prices they would change."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
