"""A quote's booking follows its parcel's tracking number where that is corrected; it is never taken off again."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
