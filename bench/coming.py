"""`python -m bench.coming` brings orders into the folder of PORTOLAN_DATA, a hundred at a time as Amazon tells them, until it is
ended; it says how many there are so far. Pages are asked for beside it (`bench.lists`)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from bench import data
from bench.ground import Ground
from bench.serving import end_with_parent
from config.settings import PROJECT, read_settings
from integrations.amazon.mapping.orders import orders_page
from models.audit.origin import Origin, acting
from models.database import open_databases
from models.orders.ingest import keep
from models.stores.store import Store
from models.support import clock

PAGE = 100


def bring() -> None:
    open_databases(read_settings())
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with acting(Origin("job", "bench")):
        store = Store.get()
        for start in count(1, PAGE):
            told = ",".join(data.payload(number, today) for number in range(start, start + PAGE))
            keep(store, orders_page(json.loads(f'{{"orders":[{told}]}}')).orders)
            print(start + PAGE - 1, flush=True)


@contextmanager
def coming(place: Ground) -> Iterator[Callable[[], int]]:
    """Orders come in while the block runs, from its first hundred on. What it gives tells how many came so far."""
    log: Path = place.settings.data.with_name("coming.log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "bench.coming"],
            env=place.environment() | {"PYTHONPATH": str(PROJECT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=out,
            preexec_fn=end_with_parent,
        )
    assert process.stdout is not None
    try:
        came = [int(process.stdout.readline() or 0)]
        if not came[0]:
            raise RuntimeError(f"No orders came in: {log.read_text('utf-8', errors='replace')[-2000:]}")
        yield lambda: came[-1]
    finally:
        process.terminate()
        came += [int(line) for line in process.stdout.read().split()]
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    bring()
