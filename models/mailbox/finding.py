"""What the trial of a mailbox found, step by step, in words: what works, what does not, and what a person can do about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from models.mailbox.account import MailAccount
from models.support.words import Words

READ, SEND = "read", "smtp"
LEVELS = ("good", "info", "warn", "bad")


@dataclass(frozen=True)
class Finding:
    """`side` is reading or sending, `code` the short word of docs/mailbox.md."""

    side: str
    level: str
    code: str
    words: Words

    def told(self) -> dict[str, Any]:
        """As the account's row keeps it."""
        return {"side": self.side, "level": self.level, "code": self.code, "words": json.loads(self.words.to_json())}


def findings_of(account: MailAccount) -> list[Finding]:
    """Reading before sending, each in the order of its steps."""
    found = [
        Finding(one["side"], one["level"], one["code"], Words.from_json(json.dumps(one["words"])))
        for one in account.findings
    ]
    return sorted(found, key=lambda one: one.side != READ)
