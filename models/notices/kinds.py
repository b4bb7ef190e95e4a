"""What people may be told by mail. A room declares its kinds when it is imported, and who may see such things:

told("wallet_low", say("A wallet falls below its alert level"), "wallet.view")
"""

from __future__ import annotations

from dataclasses import dataclass

from models.support.words import Words


@dataclass(frozen=True)
class Kind:
    name: str
    words: Words
    permission: str


KINDS: dict[str, Kind] = {}


def told(name: str, words: Words, permission: str) -> None:
    KINDS[name] = Kind(name, words, permission)
