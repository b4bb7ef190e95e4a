"""Exports: files of lists that somebody asked for, who agreed, how far they are, the hash of their one-time link."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
