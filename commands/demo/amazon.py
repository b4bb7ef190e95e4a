"""The stand-in Amazon of the demo: a process of its own that ends with the demo, however that ends.

It is fast where a person waits and keeps time where they do not: while Amazon works on a listing its clock hurries, then it
idles until the real time has caught up. It starts in the past, so that filling the demo brings it to the present.
Run as a module it is that process.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sandbox
from sandbox.__main__ import connection
from sandbox.amazon.world import World

PROJECT = Path(__file__).parents[2]
HURRY, IDLE = 60.0, 0.2  # Sandbox seconds per second: while something is under way, and while the clock is ahead.
RATE_SCALE = 20.0  # How many times Amazon's documented request rates the stand-in allows.
LAG_SECONDS = 45 * 60  # How far in the past it starts.
LATE_LOOK_SECONDS = 310  # Within this time Amazon has looked at everything that is live.
START_SECONDS = 30
LOOK_SECONDS = 0.25


class StandIn:
    """A running stand-in Amazon and its control API."""

    def __init__(self, process: subprocess.Popen[str], told: dict[str, Any]):
        self._process = process
        self.url: str = told["url"]
        self.client_id: str = told["client_id"]
        self.client_secret: str = told["client_secret"]
        self.application_id: str = told["application_id"]

    @classmethod
    def start(cls, seed: int, prepare: Callable[[], None]) -> StandIn:
        """Starts it on a free port and waits until it answers. `prepare` runs in the new process before all else."""
        process = subprocess.Popen(
            [sys.executable, "-m", "commands.demo.amazon", "--seed", str(seed)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C ends the portal first; it may still be talking to Amazon.
            preexec_fn=prepare,
            env={name: value for name, value in os.environ.items() if not name.startswith("PORTOLAN_")},
            cwd=PROJECT,
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"The stand-in Amazon ended at once (exit code {process.wait()}).")
        stand_in = cls(process, json.loads(line))
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                stand_in.ask("GET", "health")
                return stand_in
            except urllib.error.URLError:
                if time.monotonic() > until:
                    stand_in.stop()
                    raise
                time.sleep(0.05)

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """One call of the control API."""
        content = json.dumps(body).encode() if body else None
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", content, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.load(answer)

    def come_to_the_present(self) -> None:
        """Pushes its clock to the real time, and at least so far that Amazon has looked at what is live."""
        behind = time.time() - self.ask("GET", "clock")["now"]
        self.ask("POST", "clock", advance_seconds=max(LATE_LOOK_SECONDS, behind))

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def is_busy(world: World) -> bool:
    """Is a listing on its way to the shelf? What Amazon finds out later it finds in its own time."""
    now = world.clock.now()
    return any(listing.process_at is not None or (listing.buyable_at or 0) > now for listing in world.listings)


def pace(world: World) -> None:
    """Sets the speed of the sandbox's clock."""
    with world.lock:
        ahead = world.clock.now() - time.time()
        speed = HURRY if is_busy(world) else IDLE if ahead > 1 else 1.0
        if world.clock.speed != speed:
            world.clock.set_speed(speed)
        world.catch_up()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m commands.demo.amazon", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    handle = sandbox.start(0, seed=parser.parse_args().seed, rate_scale=RATE_SCALE, now=time.time() - LAG_SECONDS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print(json.dumps(connection(handle)), flush=True)
    while True:
        time.sleep(LOOK_SECONDS)
        pace(handle.world)


if __name__ == "__main__":
    main()
