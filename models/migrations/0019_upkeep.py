"""What is kept beside price sheets: fuel rates, surcharges by hand, lists of remote places; when exchange rates were fetched."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
