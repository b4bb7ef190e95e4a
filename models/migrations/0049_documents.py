"""Files that go with messages through Amazon; answers that did not go out wait for somebody."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
