"""Blind marks: what has to be found again and may not be read. Each is an HMAC under a key of the team's own, which is never the
key of a thread: a mark tells that two things are the same, and outlives what was sealed so that no mail comes twice."""

from __future__ import annotations

import hashlib
import hmac

from models.vault.data_key import KeyDestroyed, keys_for


def key_subject(team_id: int) -> str:
    return f"mailmarks:{team_id}"


class Marker:
    """Makes the marks of one team."""

    def __init__(self, team_id: int):
        subject = key_subject(team_id)
        key = keys_for([subject]).get(subject)
        if key is None:
            raise KeyDestroyed()
        self._key = key

    def mark(self, kind: str, *parts: object) -> str:
        """The mark of these parts; the kind keeps a mail's from a buyer's."""
        told = "\0".join([kind, *(str(part) for part in parts)])
        return hmac.new(self._key, told.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def mail(self, message_id: str) -> str:
        """The mark of a Message-ID, with or without its brackets."""
        return self.mark("mail", message_id.strip().strip("<>"))

    def digest(self, raw: bytes) -> str:
        """The mark of a mail's very bytes."""
        return self.mark("raw", hashlib.sha256(raw).hexdigest())

    def buyer(self, store_id: int, buyer_key: str) -> str:
        """The mark of a buyer of a store; none for whoever has no relay address."""
        return self.mark("buyer", store_id, buyer_key.casefold()) if buyer_key else ""
