"""One-time links to the file of an export (models/exports/one_time.py)."""

from __future__ import annotations

from typing import Any

from models.audit.event import track
from models.exports import files, one_time
from models.exports.export import Export
from models.exports.files import Folder
from models.exports.table import NotAllowed, viewer_of
from models.people.reach import OutOfReach
from models.support.db import write_txn
from models.vault.data_key import key_of


def make_link(export: Export, session: Any) -> str:
    """The token of a new link to a ready file; an older link ends. Raises AlreadyDecided when it is not ready."""
    return one_time.make(export, session)


def spend(token: str, reach: Any, session: Any) -> Export:
    """The export of a link, which is used up by this. Raises OutOfReach for every link that is not good, whatever is wrong."""
    is_good = one_time.is_good(Export, token, session)
    export = Export.reachable(reach).where(is_good, Export.person == reach.person).first()
    if export is None:
        raise OutOfReach
    try:
        viewer_of(export)
    except NotAllowed:
        raise OutOfReach from None
    with write_txn():
        one_time.use_up(export, is_good)
        track("export_downloaded", export, by=reach.person, number=export.number, rows=export.row_count)
    return export


def contents(export: Export, folder: Folder) -> Any:
    """The file in clear, piece by piece. Raises FileGone, KeyDestroyed."""
    key = key_of(export.vault_subject) if export.is_personal else b""
    file = folder.open(export.file_name)
    pieces = files.read_sealed(file, key, export.vault_subject) if export.is_personal else files.read_plain(file)
    return files.closing(file, pieces)
