"""Parcels to a country are found by themselves, however few of a million they are."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
