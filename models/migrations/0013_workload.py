"""Work counted from events, targets, indexes for searching the event log, and the way by which its oldest events leave."""

from models.migrations.statements import run_file


def up(_migrator, db):
    run_file(db, __file__)
