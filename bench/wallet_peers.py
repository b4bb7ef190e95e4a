"""Postings beside those of django-hordak, both on PostgreSQL in one cluster and by turns. It lives in an environment of its own, made when
it is asked for (`portolan bench --peers`).

It sums all lines of a wallet at each posting, and keeps no event of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from bench import ground, postgres
from bench.beside import installed
from bench.measure import Measurement, at_least, quantiles
from config.settings import PROJECT
from models.audit.origin import Origin, acting
from models.people.team import Team
from models.wallet.mending import adjust, pay_in
from models.wallet.proof import prove
from models.wallet.wallet import Wallet

WANTED = PROJECT / "bench" / "peers" / "wallet_requirements.txt"
LEAST_TIMES, SLICE, MUCH = 5.0, 25, 10**9


def run(postings: int, environment: Path, tell: Callable[[str], None]) -> Iterator[Measurement]:
    """environment: where the peers' environments are, or are to be made."""
    programs = postgres.binaries()
    if programs is None:
        tell("wallets: PostgreSQL is not installed, and django-hordak wants it: no peer was measured")
        return
    python = installed(environment / "wallets", tell, WANTED)
    tell(f"wallets: {postings:,} postings beside django-hordak")
    with ExitStack() as stack:
        port = stack.enter_context(postgres.cluster(programs))
        place = stack.enter_context(ground.fresh(database=postgres.create(port, "ours")))
        told = {**os.environ, "PYTHONPATH": str(PROJECT), "PEERS_DATABASE": postgres.create(port, "theirs")}
        peer = stack.enter_context(
            subprocess.Popen(
                [python, "-P", "-m", "bench.peers.hordak_ledger"], env=told, text=True, stdin=-1, stdout=-1
            )
        )
        stack.enter_context(place.stood_on())
        stack.enter_context(acting(Origin("job", "bench")))
        wallet = Wallet.open_for(Team.get_by_id(place.team_id), "CNY")
        pay_in(wallet, MUCH, key="much")
        yield _by_turns(wallet, peer, postings)


def _by_turns(wallet: Wallet, peer: subprocess.Popen[str], postings: int) -> Measurement:
    """Raises AssertionError where either side does not hold what was posted."""
    assert peer.stdin is not None and peer.stdout is not None
    mine: list[float] = []
    theirs: list[float] = []
    for start in range(0, postings, SLICE):
        for at in range(start, start + SLICE):
            began = time.perf_counter()
            adjust(wallet, -1, key=f"one {at}")
            mine.append(time.perf_counter() - began)
        peer.stdin.write(f"{SLICE}\n")
        peer.stdin.flush()
        theirs += json.loads(peer.stdout.readline())
    peer.stdin.close()
    now = wallet.reload()
    if now.balance_minor != MUCH - len(mine) or prove(now) or json.loads(peer.stdout.readline()) != len(theirs):
        raise AssertionError("A wallet does not hold what was posted.")
    own, other = len(mine) / sum(mine), len(theirs) / sum(theirs)
    return Measurement(
        "peers", "postings, one writer, django-hordak", "postgres", len(mine), {"per_second": round(own), **quantiles(mine)},
        {"per_second": round(other), **quantiles(theirs)}, **at_least(own / other, LEAST_TIMES),
    )  # fmt: skip
