"""Files of parcels priced at once, and carriers' bills with what they differ in from the quotes."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
