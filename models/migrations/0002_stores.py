"""Stores: applications, authorizations, marketplaces, rate buckets, the call log, the health of syncs."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
