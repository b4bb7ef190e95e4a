"""Mails to the people who work here, and what wallets tell by them."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
