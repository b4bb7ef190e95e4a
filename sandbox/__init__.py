"""A stand-in outside world that speaks the real protocols over loopback HTTP. It imports nothing of the portal:
whatever works against it works because the protocol is right, not because both sides share code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.server import Handle


def start(
    port: int = 0,
    *,
    host: str = "127.0.0.1",
    seed: int = 1,
    state: str | None = None,
    speed: float = 1.0,
    rate_scale: float = 1.0,
    orders_per_hour: float = 0.0,
    now: float | None = None,
) -> Handle:
    """Serves a sandbox from a daemon thread until `handle.stop()`.

    `state` is a file that outlives the process (none: everything is in memory), `speed` how many sandbox seconds pass
    in one real second, `rate_scale` multiplies Amazon's documented request rates, `orders_per_hour` is how many buyers
    each account gets per sandbox hour, `now` the sandbox's first moment (none: the real time)."""
    from sandbox.server import serve

    return serve(
        port,
        host=host,
        seed=seed,
        state=state,
        speed=speed,
        rate_scale=rate_scale,
        orders_per_hour=orders_per_hour,
        now=now,
    )
