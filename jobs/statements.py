"""Statements of wallets: made one by one as they are asked for, and for every wallet when a month is over."""

from __future__ import annotations

from jobs import wallets
from jobs.amazon import settings
from jobs.papers.making import NotMade
from jobs.papers.statements import PRINTER
from models.support.job_run import JobRun
from models.support.words import say
from models.wallet import proof
from models.wallet.statements import making, monthly
from models.wallet.statements.statement import Statement


def make(run: JobRun) -> None:
    """Where lines do not lead from one balance to the other a person is called, and the wallet is proved at once."""
    statement = Statement.get_or_none(Statement.uid == run.scope)
    if statement is None:
        return
    try:
        fault = making.make(statement, settings().data, settings().base_url, run, PRINTER)
    except NotMade:
        statement.fail(say("It could not be printed. Ask for it again; if that fails too, the server's log says why."))
        raise
    if fault:
        wallets.call(statement.wallet, f"{statement.number}: {fault}")
        for mismatch in proof.prove_one(statement.wallet, run.fence):
            wallets.call(mismatch.wallet, str(mismatch.problem))


def ask_for_months(run: JobRun) -> None:
    """Asks for the statement of every wallet that has none of a month that is over where its team is."""
    run.progress(add=monthly.ask_for_all(run.fence))
