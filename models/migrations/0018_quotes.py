"""Kept quotes, and what products weigh by the carton and what kind of cargo they are."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
