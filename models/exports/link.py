"""One-time links to a file: five minutes, one download, the session that asked and no other. Only a hash is stored."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from models.audit.event import track
from models.exports import files
from models.exports.export import Export
from models.exports.files import Folder
from models.exports.table import NotAllowed, viewer_of
from models.people.reach import OutOfReach
from models.people.session import hash_of
from models.support import clock
from models.support.db import write_txn
from models.vault.data_key import key_of

LASTS = timedelta(minutes=5)


def make_link(export: Export, session: Any) -> str:
    """The token of a new link to a ready file; an older link ends. Raises AlreadyDecided when it is not ready."""
    token = secrets.token_urlsafe(32)
    with write_txn():
        export.move("ready", "ready", link_hash=hash_of(token), link_session=session.id, link_until=clock.now() + LASTS)
    return token


def spend(token: str, reach: Any, session: Any) -> Export:
    """The export of a link, which is used up by this. Raises OutOfReach for every link that is not good, whatever is wrong."""
    if len(token) > 100 or not token.isascii():
        raise OutOfReach
    now, hashed = clock.now(), hash_of(token)
    is_good = (
        (Export.link_hash == hashed) & (Export.link_session == session.id) & (Export.link_until > now)
        & (Export.state == "ready") & (Export.expires_at > now)
    )  # fmt: skip
    export = Export.reachable(reach).where(is_good, Export.person == reach.person).first()
    if export is None:
        raise OutOfReach
    try:
        viewer_of(export)
    except NotAllowed:
        raise OutOfReach from None
    with write_txn():
        if (
            not Export.update(link_hash=None, link_session=None, link_until=None)
            .where(Export.id == export.id, is_good)
            .execute()
        ):
            raise OutOfReach
        track("export_downloaded", export, by=reach.person, number=export.number, rows=export.row_count)
    return export


def contents(export: Export, folder: Folder) -> Any:
    """The file in clear, piece by piece. Raises FileGone, KeyDestroyed."""
    key = key_of(export.vault_subject) if export.is_personal else b""
    file = folder.open(export.file_name)
    pieces = files.read_sealed(file, key, export.vault_subject) if export.is_personal else files.read_plain(file)
    return files.closing(file, pieces)
