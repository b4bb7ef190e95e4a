"""Fetching exchange rates: once a day, after the bank has published them. A portal that has none takes the library's history first."""

from __future__ import annotations

from datetime import timedelta

from integrations.errors import IntegrationError
from integrations.rates import File, Source, history
from integrations.rates.ecb_client import EcbClient
from jobs.amazon import settings
from models.freight.bank_days import newest_published
from models.freight.day_rate import DayRate
from models.freight.rate_fetch import RateFetch
from models.support import clock
from models.support.db import require_no_txn
from models.support.errors import Refused
from models.support.job_run import JobRun
from models.support.words import Words, say

HISTORY = timedelta(days=730)
PROBLEMS = {
    "rates_timeout": say("The bank did not answer in time. Portolan tries again by itself."),
    "rates_unreachable": say(
        "The bank could not be reached. Check the server's network; Portolan tries again by itself."
    ),
    "rates_unreadable": say("The bank's answer could not be read. Portolan tries again by itself."),
    "rates_too_large": say("The bank's answer was too large to read."),
    "rates_address": say("The configured address of the bank is not safe: it needs https."),
}


def is_due() -> bool:
    """Are rates out that are not here, and is it time to ask?"""
    if not settings().ecb_base:
        return False
    newest = DayRate.newest_of_bank()
    return newest is None or (newest < newest_published(clock.now()) and RateFetch.next_try() <= clock.now())


def fetch(run: JobRun) -> None:
    """Asks for the smallest file that holds what is missing. Run twice, it keeps nothing twice."""
    if not settings().ecb_base:
        return
    if DayRate.newest_of_bank() is None:
        run.progress(add=DayRate.keep("history", history.since(_earliest())))
    source = EcbClient(settings())
    run.progress(add=ask(source, file_for(source)))


def ask(source: Source, file: File) -> int:
    """One request, written down before and after it. How many rates were new. Raises Refused."""
    require_no_txn("The bank was asked")
    attempt = RateFetch.begin(file.name)
    try:
        answer = source.fetch(file)
    except IntegrationError as error:
        status, ms = (error.details or [0, 0])[:2]
        words = words_of(error)
        attempt.fail(words, status=status, ms=ms)
        raise Refused(words) from error
    days = {day: rates for day, rates in answer.days.items() if _earliest() <= day <= clock.now().date()}
    kept = DayRate.keep("bank", days)
    attempt.end(status=answer.status, ms=answer.ms, rates=kept, newest=max(days, default=None))
    return kept


def file_for(source: Source) -> File:
    """The smallest file that reaches back to what is here."""
    behind = DayRate.days_behind()
    if behind is None:
        return source.files[-1]
    return next(file for file in source.files if file.reaches is None or file.reaches >= behind)


def words_of(error: IntegrationError) -> Words:
    return PROBLEMS.get(error.code) or say("The bank says: %(message)s", message=error.message)


def forget(run: JobRun) -> None:
    run.progress(add=RateFetch.forget_old())


def _earliest():
    return clock.now().date() - HISTORY
