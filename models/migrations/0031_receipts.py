"""Receipts of recharges, and an index of what moves wallets besides charges."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
