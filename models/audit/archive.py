"""Events whose time is up leave the log: the oldest links go into a file, its end is signed and anchored, then they go.

File first, anchor second, rows last, each step whole: killed anywhere, the next run goes on, and the chain holds all the
while. What the anchor covers is the only thing the database lets anybody delete (triggers), and never a young event.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature

from config import logs
from models.audit.anchor import LogAnchor
from models.audit.chain import COLUMNS, GENESIS, EventSeal, SealHead, digest, links_after
from models.audit.checkpoint import signer
from models.audit.event import Event, declare, track
from models.support import clock
from models.support.db import is_sqlite, retrying, write_txn
from models.support.words import say
from models.vault.data_key import root_keys

FLOOR_DAYS = 365
MOST_LINKS, AT_ONCE = 50_000, 1_000
MOST_DRIFT = timedelta(hours=1)
FOLDER = "log-archive"
log = logs.logger("security")

declare(
    "log_archived", say("%(count)s events up to %(until)s left the log for the file %(file)s"), "count", "until", "file"
)


def archive(folder: Path, keep_days: int, tell: Any = lambda done: None) -> LogAnchor | None:
    """Lets go what is older than so many days, at most one segment. None when nothing was. Ends what an earlier run left."""
    _remove_covered(tell)
    if abs(clock.drift()) > MOST_DRIFT:
        log.warning("archive_skipped", problem="the clock of this machine was changed while the portal ran")
        return None
    old = _old_links(clock.now() - timedelta(days=max(keep_days, FLOOR_DAYS)))
    if not old:
        return None
    anchor = _anchor(old, *_write(folder, old))
    _remove_covered(tell)
    return anchor


def _old_links(before: datetime) -> list[tuple[EventSeal, dict[str, Any]]]:
    """The links from the start of the chain on, up to the first whose event is younger than that moment. The very last link
    stays, however old it is: the next event follows it."""
    last, head = LogAnchor.last(), SealHead.get_or_none(SealHead.id == 1)
    end = head.seq if head else 0
    found: list[tuple[EventSeal, dict[str, Any]]] = []
    limit = before.isoformat(" ")
    for link, row in links_after(last.seq if last else 0):
        if row is None or str(row["at"]) >= limit or link.seq == end or len(found) == MOST_LINKS:
            break
        found.append((link, row))
    return found


def _write(folder: Path, links: list[tuple[EventSeal, dict[str, Any]]]) -> tuple[str, str]:
    """The links as a file that is on disk for good. Returns its name and sha256."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"events-{links[0][0].seq:012d}-{links[-1][0].seq:012d}.jsonl.gz"
    lines = (json.dumps(_line(link, row), ensure_ascii=False) + "\n" for link, row in links)
    body = gzip.compress("".join(lines).encode(), mtime=0)
    part = folder / (name + ".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / name)
    place = os.open(folder, os.O_RDONLY)
    os.fsync(place)
    os.close(place)
    return name, hashlib.sha256(body).hexdigest()


def _line(link: EventSeal, row: dict[str, Any]) -> dict[str, Any]:
    event = {column: None if row[column] is None else str(row[column]) for column in COLUMNS}
    return {"seq": link.seq, "previous": link.previous, "hash": link.hash, "event": event}


def _anchor(links: list[tuple[EventSeal, dict[str, Any]]], file: str, sha256: str) -> LogAnchor:
    (first, oldest), (last, newest) = links[0], links[-1]
    version = root_keys().current
    anchor = LogAnchor(
        seq=last.seq, hash=last.hash, first_seq=first.seq, first_at=_moment(oldest), last_at=_moment(newest), file=file,
        sha256=sha256, at=clock.now().replace(microsecond=0), root_version=version,
    )  # fmt: skip
    anchor.signature = base64.b64encode(signer(version).sign(_message(anchor))).decode()
    with write_txn():
        anchor.save(force_insert=True)
        track("log_archived", anchor, count=anchor.count, until=anchor.last_at, file=file)
    log.info("log_archived", count=anchor.count)
    return anchor


def _moment(row: dict[str, Any]) -> datetime:
    return clock.parse_iso(str(row["at"])).replace(microsecond=0)


def _remove_covered(tell: Any) -> None:
    """Removes what the last anchor covers, a thousand at a time."""
    anchor = LogAnchor.last()
    while anchor is not None and (gone := _remove_some(anchor.seq)):
        tell(gone)
    if anchor is not None and is_sqlite():
        Event._meta.database.obj.checkpoint()  # What secure_delete erased leaves the write-ahead log, too.


@retrying
def _remove_some(seq: int) -> int:
    with write_txn():
        links = list(EventSeal.select().where(EventSeal.seq <= seq).order_by(EventSeal.seq).limit(AT_ONCE))
        if links:
            Event.delete().where(Event.id.in_([link.event_id for link in links])).execute()
            EventSeal.delete().where(EventSeal.seq <= links[-1].seq).execute()
    return len(links)


# Checking


def _message(anchor: LogAnchor) -> bytes:
    return b"portolan log anchor 1\n" + json.dumps(anchor.said(), sort_keys=True).encode()


def faults_of_anchors() -> list[str]:
    """What is wrong with the anchors themselves, in sentences: who signed them, and whether they follow each other."""
    faults, expected = [], 1
    for anchor in LogAnchor.every():
        try:
            public = signer(anchor.root_version).public_key()
            public.verify(base64.b64decode(anchor.signature), _message(anchor))
        except (InvalidSignature, KeyError, ValueError, TypeError):
            faults.append(f"The anchor of link {anchor.seq} was not signed by this portal.")
        if anchor.first_seq != expected:
            faults.append(f"Links {expected} to {anchor.first_seq - 1} left without an anchor.")
        expected = anchor.seq + 1
    return faults


def verify_segments(folder: Path) -> tuple[int, list[str]]:
    """Checks the files that are still in the folder: how many links hold in them, and what is wrong."""
    held, faults, previous = 0, [], GENESIS
    for anchor in LogAnchor.every():
        if (folder / anchor.file).exists():
            problem = _fault_of(folder / anchor.file, anchor, previous)
            held += 0 if problem else anchor.count
            faults += [problem] if problem else []
        previous = anchor.hash
    return held, faults


def _fault_of(path: Path, anchor: LogAnchor, previous: str) -> str | None:
    body = path.read_bytes()
    if hashlib.sha256(body).hexdigest() != anchor.sha256:
        return f"{path.name} is not the file that was anchored."
    seq = anchor.first_seq
    for line in _lines(body):
        if (line["seq"], line["previous"]) != (seq, previous) or digest(seq, previous, line["event"]) != line["hash"]:
            return f"{path.name}: link {seq} does not hold."
        seq, previous = seq + 1, line["hash"]
    return None if previous == anchor.hash else f"{path.name} does not end where its anchor says."


def _lines(body: bytes) -> Iterator[dict[str, Any]]:
    for line in gzip.decompress(body).decode().splitlines():
        yield json.loads(line)
