"""Everything here happens in the seller's world of `tests/stores/selling.py`, or against a server that misbehaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from config.settings import Settings
from integrations.amazon import lwa
from integrations.amazon.client import AmazonClient, Call
from integrations.amazon.lwa import Tokens
from tests.integrations.rogue import Rogue
from tests.stores.selling import *  # noqa: F403
from tests.stores.selling import CLIENT_ID, CLIENT_SECRET, Amazon, _jobs_of_this_test  # noqa: F401


@dataclass
class Taps:
    """A throttle that lets everything pass and notes what it was told."""

    taken: list[str] = field(default_factory=list)
    learned: list[tuple[str, float]] = field(default_factory=list)
    emptied: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def take(self, operation: str, rate: float, burst: int) -> float:
        if self.waits:
            return self.waits.pop(0)
        self.taken.append(operation)
        return 0.0

    def learn(self, operation: str, rate: float) -> None:
        self.learned.append((operation, rate))

    def exhausted(self, operation: str, rate: float, burst: int) -> None:
        self.emptied.append(operation)


@dataclass
class Line:
    """A client of one account, and what it left behind."""

    client: AmazonClient
    taps: Taps
    calls: list[Call]
    tokens: Tokens
    slept: list[float]

    @property
    def asked(self) -> list[Call]:
        """The calls of the API, without those for a token."""
        return [call for call in self.calls if call.operation != "token"]

    def call(self, name: str = "getMarketplaceParticipations", **options: Any) -> Any:
        return self.client.call(name, **options)


@pytest.fixture
def bare() -> Settings:
    """Settings of mode test without any data behind them."""
    from pathlib import Path

    return Settings(data=Path("/nowhere"), mode="test")


@pytest.fixture
def line_to(bare: Settings) -> Iterator[Callable[..., Line]]:
    """`line_to(url)`: a client that calls there; keywords change its application, token or settings."""
    opened: list[AmazonClient] = []

    def line(
        url: str, *, secret: str = CLIENT_SECRET, refresh_token: str = "Atzr|canary-refresh-0123456789", **changes: Any
    ):
        taps, calls, tokens, slept = Taps(), [], Tokens(), []  # type: ignore[var-annotated]
        settings = replace(bare, **{"amazon_url": url, "lwa_url": url, **changes})
        client = AmazonClient(
            settings, store="store", region="eu", application=lwa.Application(CLIENT_ID, secret), refresh_token=refresh_token,
            tokens=tokens, throttle=taps, log=calls.append, sleep=slept.append,
        )  # fmt: skip
        opened.append(client)
        return Line(client, taps, calls, tokens, slept)

    yield line
    for client in opened:
        client.__exit__()


@pytest.fixture
def rogue() -> Iterator[Rogue]:
    server = Rogue()
    yield server
    server.close()


@pytest.fixture
def line(rogue: Rogue, line_to: Any) -> Line:
    """A client that calls the server that misbehaves."""
    return line_to(rogue.url)


@pytest.fixture
def account(amazon: Amazon) -> dict[str, Any]:
    """The European account of the stand-in Amazon."""
    return amazon.account("eu")


@pytest.fixture
def honest(amazon: Amazon, account: dict[str, Any], line_to: Any) -> Line:
    """A client that calls the stand-in Amazon for its European account."""
    return line_to(amazon.url, refresh_token=account["refresh_token"])
