"""A team may take back a recharge it asked for while nobody has decided on it."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
