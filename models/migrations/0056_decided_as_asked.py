"""Recharges, their slips and changes of wallets by hand: the database itself keeps what was asked for and what was decided."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
