"""Translators, and what they made of messages and answers."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
