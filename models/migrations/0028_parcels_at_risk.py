"""Parcels at risk: a team's rules, what was found, and what lanes have taught."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
