"""Where the transfers to a country stand among all, and a word to PostgreSQL that a value is to be found in its own index."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
