"""Wallets, as far as they move by themselves: holds that end, and the nightly proof that the ledger adds up."""

from __future__ import annotations

from models.compliance.alarm import raise_alarm
from models.people.team import Team
from models.support.job_run import JobRun
from models.wallet import expiry, proof


def expire(run: JobRun) -> None:
    run.progress(add=expiry.expire(run.fence) + expiry.warn(run.fence))


def prove(run: JobRun) -> None:
    """Freezes what does not add up, and calls a person. Nothing is mended by itself."""
    for mismatch in proof.prove_all(run.fence):
        raise_alarm(
            "ledger_broken", team=Team.operator(), key=mismatch.wallet.label, wallet=mismatch.wallet.label,
            fault=str(mismatch.problem)[:200],
        )  # fmt: skip
