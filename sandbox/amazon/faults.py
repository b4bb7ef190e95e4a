"""Things that go wrong on purpose. A fault belongs to one operation (or to all, `*`) and lasts a number of hits, a number
of real seconds, or until it is taken away."""

from __future__ import annotations

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sandbox.amazon.identifiers import chance

TRANSPORT = ("throttle", "html_503", "empty_500", "reset", "truncated", "slow", "expired_token")
TRICKS = ("schema_break", "duplicate_page", "stale_order", "forbidden_part")
LOGIN = "token"  # What Login with Amazon's one operation is called here; `*` does not mean it.
PUSHES = ("duplicate_push", "forged_push", "lost_push")  # What may happen to a carrier's webhooks.
TRANSLATING = ("short_answer", "lost_mark")  # What a translator may do to an answer.
KINDS = (*TRANSPORT, *TRICKS, *PUSHES, *TRANSLATING, "lwa_down")


@dataclass
class Fault:
    id: int
    operation: str
    kind: str
    times: int | None = None
    until: float | None = None  # By the monotonic clock.
    probability: float = 1.0
    options: dict[str, Any] = field(default_factory=dict)
    hits: int = 0

    @property
    def is_over(self) -> bool:
        return (self.times is not None and self.hits >= self.times) or (
            self.until is not None and time.monotonic() >= self.until
        )

    def is_about(self, operation: str) -> bool:
        if operation == LOGIN:
            return self.operation == LOGIN or self.kind == "lwa_down"
        return self.operation in ("*", operation, operation.partition("/")[0]) and self.kind != "lwa_down"

    def as_json(self) -> dict[str, Any]:
        left = None if self.until is None else round(max(0.0, self.until - time.monotonic()), 3)
        return {
            "id": self.id, "operation": self.operation, "kind": self.kind, "times": self.times, "seconds_left": left,
            "probability": self.probability, "hits": self.hits, **self.options,
        }  # fmt: skip


class Faults:
    def __init__(self, seed: int):
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._chance = chance(seed, "faults")
        self._last = 0

    def add(
        self,
        kind: str,
        operation: str = "*",
        *,
        times: int | None = None,
        seconds: float | None = None,
        probability: float = 1.0,
        **options: Any,
    ) -> Fault:
        with self._lock:
            self._last += 1
            until = None if seconds is None else time.monotonic() + seconds
            self._faults.append(Fault(self._last, operation, kind, times, until, probability, options))
            return self._faults[-1]

    def hit(self, operation: str, kinds: Collection[str]) -> list[Fault]:
        """The faults of these kinds that strike this call; each counts the hit."""
        with self._lock:
            self._faults = [fault for fault in self._faults if not fault.is_over]
            struck = [
                fault
                for fault in self._faults
                if fault.kind in kinds
                and fault.is_about(operation)
                and (fault.probability >= 1 or self._chance.random() < fault.probability)
            ]
            for fault in struck:
                fault.hits += 1
            return struck

    def clear(self, number: int | None = None) -> None:
        with self._lock:
            self._faults = [] if number is None else [fault for fault in self._faults if fault.id != number]

    def all(self) -> list[Fault]:
        with self._lock:
            return [fault for fault in self._faults if not fault.is_over]
