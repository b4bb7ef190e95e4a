"""Accounts with tracking services, what they follow, what they sent by themselves, and the calls made to them."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
