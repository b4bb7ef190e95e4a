"""Ready answers to buyers, in languages and versions."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
