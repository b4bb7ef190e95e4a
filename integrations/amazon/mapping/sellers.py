"""Where an account sells (Sellers API v1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from integrations.amazon.mapping.reading import dig, items, text


@dataclass(frozen=True)
class Participation:
    marketplace_id: str
    country: str
    currency: str
    language: str
    name: str
    is_participating: bool


def participations(payload: Any) -> list[Participation]:
    """The account's marketplaces, unknown ones included."""
    found = []
    for item in items(payload, "payload"):
        marketplace = dig(item, "marketplace")
        if marketplace_id := text(marketplace, "id"):
            found.append(
                Participation(
                    marketplace_id,
                    text(marketplace, "countryCode"),
                    text(marketplace, "defaultCurrencyCode"),
                    text(marketplace, "defaultLanguageCode"),
                    text(marketplace, "name"),
                    dig(item, "participation", "isParticipating") not in (False, "false"),
                )
            )
    return found
