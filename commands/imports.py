"""Importing a file from the server, for every kind of import: the same verbs and the same job as the screen's."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TypeVar

from config.settings import Settings
from jobs import amazon
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.imports import looking
from models.imports.fields import guess_column
from models.imports.file_work import FileWork
from models.imports.record import Import
from models.people.person import Person
from models.people.team import Team
from models.support.errors import Refused

Kind = TypeVar("Kind", bound=FileWork)


def look(settings: Settings, team: Team, kind: str, file: Path, *, by: Person | None = None) -> Import:
    """Takes the file in and looks at it. A heading that is not known is a mistake here, since nobody chooses columns."""
    folder = settings.data / "imports"
    batch = Import.take(team, kind, file.name, file, folder, by=by)
    if unknown := batch.unknown_headings():
        raise Refused("The file has columns that are not known: %(names)s.", names=_named(batch, unknown))
    batch.map(batch.mapping)
    looking.look(batch, folder, by=by)
    return finished(settings, batch)


def _named(batch: Import, unknown: list[str]) -> str:
    fields = batch.importer.fields
    twice = [heading for heading in unknown if guess_column(fields, heading)]
    if twice:
        raise Refused("The column %(name)s stands twice.", name=twice[0])
    return ", ".join(heading or "–" for heading in unknown[:10])


def apply(settings: Settings, batch: Import, *, by: Person | None = None) -> Import:
    """Applies what was looked at; nothing to apply is fine."""
    if not batch.may_be_applied:
        return batch
    batch.begin("applying", by=by)
    return finished(settings, batch)


def finished(settings: Settings, batch: Kind) -> Kind:
    """Works on it here and now, or waits for the server that does already. Raises Refused when it was set aside."""
    amazon.use_settings(settings)
    runner = Runner(SCHEDULE, settings)
    while (batch := batch.reload()).is_busy:
        if runner.run(batch.job, str(batch.uid)) is None:
            time.sleep(0.2)
    if batch.problem_words is not None:
        raise Refused(batch.problem_words)
    return batch
