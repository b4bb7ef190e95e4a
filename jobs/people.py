"""People whose time has come: those who leave, whom the door refuses by itself, and those whose lost second factor is reset."""

from __future__ import annotations

from models.people.factor_reset import FactorReset
from models.people.leaving import see_off
from models.support.job_run import JobRun


def leave(run: JobRun) -> None:
    """Closes the account and says so in the event log."""
    run.progress(done=see_off())


def reset_factors(run: JobRun) -> None:
    """Resets of lost second factors whose day is over."""
    run.progress(done=FactorReset.carry_out_due())
