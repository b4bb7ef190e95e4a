"""Wallets, as far as they move by themselves: holds that end, the nightly proof that the ledger adds up, receipts of what came in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobs.papers.making import NotMade, joined, pdfs
from models.compliance.alarm import raise_alarm
from models.people.team import Team
from models.support.job_run import JobRun
from models.wallet import alert, billing, country_block, expiry, proof, receipt
from models.wallet.recharge import METHODS
from models.wallet.reports import sums
from models.wallet.slip import RechargeSlip
from models.wallet.wallet import Wallet


def expire(run: JobRun) -> None:
    run.progress(add=expiry.expire(run.fence) + expiry.warn(run.fence))


def prove(run: JobRun) -> None:
    """Freezes what does not add up, and calls a person. Nothing is mended by itself."""
    for mismatch in proof.prove_all(run.fence):
        call(mismatch.wallet, str(mismatch.problem))


def call(wallet: Wallet, fault: str) -> None:
    raise_alarm("ledger_broken", team=Team.operator(), key=wallet.label, wallet=wallet.label, fault=fault[:200])


def sum_days(run: JobRun) -> None:
    """One day after the other, the oldest first; killed anywhere it goes on with the next."""
    while (day := sums.next_day()) is not None:
        sums.sum_day(day, run.fence)
        run.progress(add=1)
    while country_block.note_next(run.fence):
        run.progress(add=1)


def receipts(run: JobRun) -> None:
    """One after the other, until every recharge that was approved has its receipt."""
    while wanted := receipt.wanted():
        for recharge in wanted:
            receipt.make(recharge, printed, run.fence)
            run.progress(add=1)


def printed(content: dict[str, Any], languages: Sequence[str]) -> dict[str, bytes]:
    return pdfs("documents/receipt.html", languages, receipt=content, methods=METHODS)


def slips(run: JobRun) -> None:
    """Makes the banks' slips anew, of what is drawn in them alone."""
    while waiting := RechargeSlip.waiting():
        for slip in waiting:
            slip.clean(flat, run.fence)
            run.progress(add=1)


def flat(sent: bytes) -> bytes | None:
    try:
        return joined([sent])
    except NotMade:
        return None


def bills(run: JobRun) -> None:
    """Posts what was agreed to of carriers' bills; what no wallet takes waits with its reason."""
    run.progress(add=billing.post_all(run.fence))


def alerts(run: JobRun) -> None:
    """Tells who sees a wallet that it is low, overdrawn or frozen, once until it is over."""
    run.progress(add=alert.watch(run.fence))
