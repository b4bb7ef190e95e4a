"""What exactly Amazon was told of a parcel, how it spells carriers, and what it judges a seller by."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
