"""Wallets, the ledger of transfers, holds, recharges and adjustments."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
