"""A transfer names its parcel's store, so that what a store's parcels cost is found in its order, however long ago it was."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
