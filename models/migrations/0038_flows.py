"""Differences of carriers' bills in wallets, refunds and claims, and teams that leave."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
