"""The customer mailbox: threads and their messages, notes, tags, drafts, and who gets new ones."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
