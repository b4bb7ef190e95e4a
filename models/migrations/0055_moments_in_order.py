"""A wallet knows the moment of its last transfer, before which none is posted; so that moment and number together give the order of its
transfers, and no index by number alone is needed."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
