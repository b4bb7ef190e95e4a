"""Amazon's token buckets: one per application, seller and operation. They refill by real time times `rate_scale`,
never by the sandbox's clock: a client waits in real seconds, however fast the sandbox lives."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass


@dataclass
class Bucket:
    tokens: float
    filled_at: float


class Throttle:
    def __init__(self, rate_scale: float = 1.0):
        self.rate_scale = rate_scale
        self._buckets: dict[tuple[str, str, str], Bucket] = {}
        self._lock = threading.Lock()

    def take(self, client_id: str, seller_id: str, operation: str, rate: float, burst: int) -> bool:
        """Whether one more call fits now."""
        with self._lock:
            now = time.monotonic()
            bucket = self._buckets.setdefault((client_id, seller_id, operation), Bucket(burst, now))
            bucket.tokens = min(float(burst), bucket.tokens + (now - bucket.filled_at) * rate * self.rate_scale)
            bucket.filled_at = now
            if bucket.tokens < 1:
                return False
            bucket.tokens -= 1
            return True

    def limit(self, rate: float) -> str:
        """The rate as `x-amzn-RateLimit-Limit` tells it."""
        return f"{rate * self.rate_scale:.6g}"

    def refill(self) -> None:
        with self._lock:
            self._buckets.clear()
