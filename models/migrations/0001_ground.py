"""The ground: events and their chain, runs of jobs, teams, persons, roles, sessions."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
