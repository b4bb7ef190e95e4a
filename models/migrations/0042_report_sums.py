"""Sums of days that are over, for the reports on wallets."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
