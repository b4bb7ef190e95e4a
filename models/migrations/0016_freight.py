"""Carriers, channels, versions of price sheets, and what currencies were worth by day."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
