"""Imports of every room, in place of the files of products that were imported before."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
