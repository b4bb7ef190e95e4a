"""Keys of threads that are about to come, made fifty at a time: each making waits for the disk, and every buyer who writes for the first
time needs one. What is not used within the hour is forgotten here, and swept from the vault a day later as any key without a thread."""

from __future__ import annotations

import threading
from collections import deque
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.mailbox.thread import thread_subject
from models.support import clock
from models.support.fields import uid_in_order
from models.vault.data_key import keys_db, new_keys

AT_ONCE, FRESH = 50, timedelta(hours=1)


class KeysAhead:
    """Of one vault; another one that is opened begins anew."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._vault: Any = None
        self._made_at = datetime.min
        self._keys: deque[tuple[UUID, bytes]] = deque()

    def take(self) -> tuple[UUID, bytes]:
        """A uid for a thread, and its key, which is in the vault already."""
        with self._guard:
            now = clock.now()
            if self._vault is not keys_db.obj or not self._made_at <= now < self._made_at + FRESH:
                self._keys.clear()
            if not self._keys:
                uids = [uid_in_order(now) for _one in range(AT_ONCE)]
                keys = new_keys(thread_subject(uid) for uid in uids)
                self._keys.extend((uid, keys[thread_subject(uid)]) for uid in uids)
                self._vault, self._made_at = keys_db.obj, now
            return self._keys.popleft()


AHEAD = KeysAhead()
