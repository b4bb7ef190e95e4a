"""Mailboxes that are read, how far, and which store their mails are for."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
