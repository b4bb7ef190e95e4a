"""Doors: buckets for devices and wider networks, failed tries a person should know of, passwords of before."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
