"""One-time links to a paper (models/exports/one_time.py)."""

from __future__ import annotations

from typing import Any

from models.audit.event import track
from models.exports import files, one_time
from models.exports.files import Folder
from models.people.reach import OutOfReach
from models.shipping.papers.paper import Paper
from models.support.db import write_txn
from models.support.errors import Refused
from models.vault.data_key import key_of


def make_link(paper: Paper, session: Any) -> str:
    """The token of a new link to a ready paper; an older link ends. Raises AlreadyDecided when it is not ready."""
    return one_time.make(paper, session)


def spend(token: str, reach: Any, session: Any) -> Paper:
    """The paper of a link, which is used up by this. Raises OutOfReach for every link that is not good, whatever is wrong."""
    is_good = one_time.is_good(Paper, token, session)
    paper = Paper.reachable(reach).where(is_good, Paper.person == reach.person).first()
    if paper is None:
        raise OutOfReach
    try:
        paper.reach_now()
    except Refused:
        raise OutOfReach from None
    with write_txn():
        one_time.use_up(paper, is_good)
        track("paper_downloaded", paper, by=reach.person, number=paper.number, parcels=paper.on_it)
    return paper


def contents(paper: Paper, folder: Folder) -> Any:
    """The PDF in clear, piece by piece. Raises FileGone, KeyDestroyed."""
    key = key_of(paper.vault_subject)
    file = folder.open(paper.file_name)
    return files.closing(file, files.read_sealed(file, key, paper.vault_subject))
