"""Which import somebody means, and whether they may: each kind has the permission of the room it belongs to."""

from __future__ import annotations

import uuid
from pathlib import Path

from flask import abort, current_app

from models.imports.importer import IMPORTERS, Importer
from models.imports.record import Import
from views.support.access import reach


def importer_of(kind: str) -> Importer:
    """The importer of this kind: 404 when there is none, 403 without its permission."""
    importer = IMPORTERS.get(kind) or abort(404)
    if not reach.may(importer.permission):
        abort(403)
    return importer


def import_of(uid: uuid.UUID) -> Import:
    batch = reach.get(Import, uid)
    importer_of(batch.kind)
    return batch


def allowed_kinds() -> list[str]:
    return [kind for kind, importer in IMPORTERS.items() if reach.may(importer.permission)]


def folder() -> Path:
    """Where the originals lie."""
    return current_app.config["SETTINGS"].data / "imports"
