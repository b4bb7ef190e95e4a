"""Nobody asks for transfers by the accounts they move, and few transfers reverse another: what is posted costs every index it is in."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
