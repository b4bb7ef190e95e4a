"""The sandbox's clock: real time, which can be sped up and pushed forward. It never runs backwards; all moments are
whole seconds since 1970 in UTC, as Amazon's answers show them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

MINUTE, HOUR, DAY = 60, 3600, 86400


class Clock:
    def __init__(self, speed: float = 1.0, now: float | None = None):
        self.speed = speed
        self._real = time.time()
        self._start = self._real if now is None else now

    def now(self) -> int:
        return int(self._start + (time.time() - self._real) * self.speed)

    def advance(self, seconds: float) -> None:
        self._start += seconds

    def set_speed(self, speed: float) -> None:
        self._start, self._real, self.speed = float(self.now()), time.time(), speed

    def mark(self) -> dict[str, float]:
        """What a state file keeps of the clock: the sandbox's moment and the real moment it belongs to."""
        return {"sandbox": self.now(), "real": time.time()}

    def resume(self, mark: dict[str, float]) -> None:
        """Goes on from a mark: while the sandbox was off, time passed at its real speed."""
        self._real = time.time()
        self._start = mark["sandbox"] + max(0.0, self._real - mark["real"])


def iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: str) -> int:
    """An ISO 8601 moment, with or without a zone (none means UTC). Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
