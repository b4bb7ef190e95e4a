"""Finding threads by words, though every word is sealed: the newest of what is held is opened and looked through, and nothing about it is
kept, so that no index remembers what was destroyed. Order numbers and addresses are found by index, however old.

It reads at most 3,000 threads and stops after two seconds; what it costs stands in docs/mailbox.md.
"""

from __future__ import annotations

import re
import time
import unicodedata
import uuid
from collections.abc import Iterator
from typing import Any

from models.mailbox.marks import Marker
from models.mailbox.message import MailMessage
from models.mailbox.thread import PERMISSION, MailThread
from models.support.bulk import among, raw_rows
from models.vault.data_key import held_keys
from models.vault.seal import place_of, unseal

MOST_THREADS, MOST_SECONDS, MOST_FOUND = 3000, 2.0, 500
AT_ONCE = 200
ORDER_NO = re.compile(r"\d{3}-\d{7}-\d{7}")
RELAY = re.compile(r"([a-z0-9]{8,32})(?:\+[0-9a-f-]{36})?@marketplace\.amazon\.[a-z.]{2,6}")


def found(viewer: Any, text: str) -> list[int]:
    """The ids of threads in which every word stands, the newest first. Only of stores whose mailbox this person reads."""
    text = folded(text)
    exact = _exact(viewer.reach, text)
    return exact if exact is not None else _scanned(viewer.reach, text.split())


def of_order(reach: Any, text: str, most: int) -> list[MailThread]:
    """Threads of an order by its whole number."""
    if not ORDER_NO.fullmatch(text.strip()):
        return []
    found = list(_mine(reach).where(MailThread.order_no == text.strip()).limit(MOST_FOUND))
    return sorted(found, key=lambda thread: thread.last_at, reverse=True)[:most]


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _exact(reach: Any, text: str) -> list[int] | None:
    """By what has an index; None for words."""
    if ORDER_NO.fullmatch(text):
        return _ids(_mine(reach).where(MailThread.order_no == text))
    if match := RELAY.fullmatch(text):
        marker = Marker(reach.team_id)
        stores = {row.store_id for row in _mine(reach).select(MailThread.store).distinct()}
        marks = [marker.buyer(store, match[1]) for store in stores]
        return _ids(_mine(reach).where(MailThread.buyer_mark.in_(marks)))
    try:
        return _ids(_mine(reach).where(MailThread.uid == uuid.UUID(text)))
    except ValueError:
        return None


def _mine(reach: Any) -> Any:
    return MailThread.visible_to(reach, PERMISSION).where(MailThread.merged_into.is_null())


def _ids(query: Any) -> list[int]:
    """The newest first. Sorted here: with an order to keep, SQLite would rather walk all threads along it."""
    found = raw_rows(query.select(MailThread.last_at, MailThread.id).limit(MOST_FOUND))
    return [row[1] for row in sorted(found, reverse=True)]


def _scanned(reach: Any, words: list[str]) -> list[int]:
    ends, ids = time.monotonic() + MOST_SECONDS, []  # type: ignore[var-annotated]
    for threads in _bunches(reach):
        texts = _texts(threads)
        ids += [thread.id for thread in threads if all(word in texts.get(thread.id, "") for word in words)]
        if time.monotonic() > ends or len(ids) >= MOST_FOUND:
            break
    return ids[:MOST_FOUND]


def _bunches(reach: Any) -> Iterator[list[MailThread]]:
    """The newest threads that are still held."""
    query = (
        _mine(reach).where(MailThread.destroyed_at.is_null()).order_by(MailThread.last_at.desc(), MailThread.id.desc())
    )
    held = list(query.limit(MOST_THREADS))
    for start in range(0, len(held), AT_ONCE):
        yield held[start : start + AT_ONCE]


def _texts(threads: list[MailThread]) -> dict[int, str]:
    """All that is written in each thread, folded. What cannot be opened any more is left out."""
    subjects = {thread.id: thread.seal_subject() for thread in threads}
    keys = held_keys(subjects.values())
    found: dict[int, list[str]] = {}
    for thread in threads:
        if key := keys.get(subjects[thread.id]):
            for name in ("subject", "buyer_name"):
                if (sealed := getattr(thread, name)) is not None:
                    found.setdefault(thread.id, []).append(unseal(key, thread._place(name), sealed).decode())
    columns = (MailMessage.thread, MailMessage.uid, MailMessage.subject, MailMessage.text)
    rows = MailMessage.select(*columns).where(among(MailMessage.thread, list(subjects)))
    for message in rows:
        if key := keys.get(subjects[message.thread_id]):
            for name in ("subject", "text"):
                if (sealed := getattr(message, name)) is not None:
                    place = place_of("mail_message", name, subjects[message.thread_id], str(message.uid))
                    found.setdefault(message.thread_id, []).append(unseal(key, place, sealed).decode())
    return {thread: folded("\n".join(texts)) for thread, texts in found.items()}
