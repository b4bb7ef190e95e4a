"""Parcels with their lines, what carriers say of them, and what Amazon is told."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
