"""What a client needs of ours to call out: a bucket of tokens to keep to the vendor's rate, and how a call is noted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Throttle(Protocol):
    """The token buckets of whoever we call for, one for each operation, kept by whoever calls us."""

    def take(self, operation: str, rate: float, burst: int) -> float:
        """Takes a token: 0, or the seconds until there is one (then nothing was taken)."""

    def learn(self, operation: str, rate: float) -> None:
        """The vendor's header says the rate is this."""

    def exhausted(self, operation: str, rate: float, burst: int) -> None:
        """The vendor says the bucket is empty."""


@dataclass(frozen=True)
class Call:
    """One request as the call log keeps it: no body, no token."""

    operation: str
    method: str
    status: int
    ms: int
    attempt: int
    request_id: str
    rate: float | None
    error: str
