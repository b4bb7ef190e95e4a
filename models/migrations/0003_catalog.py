"""The catalogue: product types, products, variants, images, imports, listings, publications and their issues."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
