"""One authorized call of an operation, and how its parameters are read. Lists come comma-separated or repeated; what
cannot be read is refused as `InvalidInput`, in Amazon's manner."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.amazon import marketplaces
from sandbox.amazon.clock import parse
from sandbox.amazon.errors import InvalidInput, UnsupportedMediaType
from sandbox.amazon.marketplaces import Marketplace

if TYPE_CHECKING:
    from sandbox.amazon.records import Account, Application
    from sandbox.amazon.world import World


@dataclass
class Call:
    world: World
    operation: str
    application: Application
    account: Account
    now: int
    path: dict[str, str]
    query: dict[str, list[str]]
    base_url: str
    content_type: str = ""
    body: bytes = b""
    tricks: set[str] = field(default_factory=set)  # Faults that change what is answered, see `faults`.

    def text(self, name: str, default: str | None = None) -> str | None:
        values = self.query.get(name)
        return values[0] if values and values[0] != "" else default

    def csv(self, name: str, *, allowed: Collection[str] | None = None, most: int | None = None) -> list[str]:
        values = [part for value in self.query.get(name, []) for part in value.split(",") if part]
        if most is not None and len(values) > most:
            raise InvalidInput(f"'{name}' takes at most {most} value(s), {len(values)} were given.")
        for value in values:
            if allowed is not None and value not in allowed:
                raise InvalidInput(
                    f"'{value}' is not a valid value for '{name}'.", f"Valid: {', '.join(sorted(allowed))}"
                )
        return list(dict.fromkeys(values))

    def choice(self, name: str, allowed: Collection[str], default: str | None = None) -> str | None:
        value = self.text(name, default)
        if value is not None and value not in allowed:
            raise InvalidInput(f"'{value}' is not a valid value for '{name}'.", f"Valid: {', '.join(sorted(allowed))}")
        return value

    def integer(self, name: str, default: int, *, least: int, most: int) -> int:
        text = self.text(name)
        if text is None:
            return default
        try:
            value = int(text)
        except ValueError:
            raise InvalidInput(f"'{name}' has to be a whole number.") from None
        if not least <= value <= most:
            raise InvalidInput(f"'{name}' has to be between {least} and {most}.")
        return value

    def time(self, name: str) -> int | None:
        text = self.text(name)
        if text is None:
            return None
        try:
            return parse(text.replace(" ", "+"))  # An unencoded plus sign of the zone arrives as a space.
        except ValueError:
            raise InvalidInput(f"'{name}' has to be a date and time in ISO 8601 format.") from None

    def marketplaces(self, *, required: bool = True, most: int | None = None) -> list[Marketplace]:
        """The marketplaces asked for; the account has to take part in each of them."""
        wanted = self.csv("marketplaceIds", most=most)
        if not wanted and required:
            raise InvalidInput("The parameter 'marketplaceIds' is required.")
        found = []
        for identifier in wanted:
            marketplace = marketplaces.by_id().get(identifier)
            if marketplace is None or marketplace.code not in self.account.marketplaces:
                raise InvalidInput(f"'{identifier}' is not a marketplace of this selling partner.")
            found.append(marketplace)
        return found

    def json(self) -> dict[str, Any]:
        if "json" not in self.content_type:
            raise UnsupportedMediaType(self.content_type)
        try:
            value = json.loads(self.body)
        except ValueError as error:
            raise InvalidInput("The body is not valid JSON.", str(error)) from None
        if not isinstance(value, dict):
            raise InvalidInput("The body has to be a JSON object.")
        return value
