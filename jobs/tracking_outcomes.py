"""What becomes of a number when a service has answered for it: news, another look, or a sentence for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from integrations.carriers import (
    BAD_NUMBER,
    CARRIER_UNKNOWN,
    CARRIER_WRONG,
    DAILY_LIMIT,
    NO_NEWS,
    NOT_REGISTERED,
    QUOTA_USED,
    REFUSED,
    Fetched,
    Outcome,
    Tracked,
)
from integrations.errors import IntegrationError
from jobs.carriers import PROBLEMS, problem_words
from models.shipping.following import Following
from models.shipping.looking import FIRST_LOOK, next_look
from models.shipping.news import hear
from models.shipping.status import Event, Status
from models.shipping.tracking_account import SEVENTEEN, TrackingAccount
from models.shipping.tracking_message import TrackingMessage
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.job_run import JobRun
from models.support.words import Words, say

IN_ONE_TRANSACTION, MESSAGES_IN_ONE = 5, 3  # So that nobody waits long for the write lock, least of all a message.
MOST_TRIES = 3
AGAIN = {DAILY_LIMIT: timedelta(hours=1), QUOTA_USED: timedelta(days=1)}
SOON, TOMORROW = timedelta(minutes=10), timedelta(days=1)
FOR_A_PERSON = {
    CARRIER_UNKNOWN: say("The service cannot tell which carrier moves this number. Name the carrier."),
    CARRIER_WRONG: say("The service does not know the carrier that was named. Name it anew."),
    BAD_NUMBER: say("The service says that this is no tracking number. Compare it with the label, and correct it."),
    NOT_REGISTERED: say("The service forgets this number again and again. Look at it on the service's own pages."),
}
STOPPED = say(
    "The service has stopped following this number by itself: it heard nothing for long, or the parcel was delivered."
)


class Outcomes:
    """Writes what came of calls for one account; only for rows that are still held by this run."""

    def __init__(self, run: JobRun, account: TrackingAccount):
        self.run, self.account, self.asked = run, account, 0

    # After a call

    def registered(self, rows: Sequence[Following], outcomes: Iterable[Outcome]) -> None:
        found = {one.number: one for one in outcomes}
        self._each(rows, lambda row: self._registered(row, found[row.number]))
        if spent := next((one.code for one in found.values() if one.code in AGAIN), None):
            self.account.register_later(clock.now() + AGAIN[spent], PROBLEMS[spent])

    def looked(self, rows: Sequence[Following], answer: Fetched) -> None:
        tracked = {one.number: one for one in answer.tracked}
        refused = {one.number: one for one in answer.refused}

        def write(row: Following) -> None:
            if (told := tracked.get(row.number)) is not None:
                self._told(row, told)
            else:
                self._not_told(row, refused[row.number])

        self._each(rows, write)

    @retrying
    def heard(self, messages: Sequence[tuple[TrackingMessage, Fetched | None]]) -> None:
        """What messages told, for every parcel of the account with their numbers; the messages are done with."""
        with write_txn():
            self.run.fence(add=len(messages))
            for message, answer in messages:
                for told in answer.tracked if answer is not None else ():
                    for row in Following.of_number(self.account, told.number):
                        self._sent(row, told)
                message.done(is_good=answer is not None)

    def _sent(self, row: Following, told: Tracked) -> None:
        if told.is_stopped:
            row.go_on(None)
            row.change(problem=STOPPED.to_json())
        elif row.state != "waiting":
            self._told(row, told)

    def put_off(self, rows: Sequence[Following], error: IntegrationError) -> None:
        """A call that failed for good, whatever it was about."""
        words = problem_words(error)
        self._each(rows, lambda row: row.wait(clock.now() + TOMORROW, words))

    @staticmethod
    def refusal(number: str, error: IntegrationError) -> Outcome:
        return Outcome(number, REFUSED, error.message)

    def _each(self, rows: Sequence[Following], write: Callable[[Following], None]) -> None:
        """A few rows a transaction, so that nobody waits long for the write lock."""
        self.asked += len(rows)
        for start in range(0, len(rows), IN_ONE_TRANSACTION):
            self._some(rows[start : start + IN_ONE_TRANSACTION], write)

    @retrying
    def _some(self, rows: Sequence[Following], write: Callable[[Following], None]) -> None:
        with write_txn():
            self.run.fence(add=len(rows))
            for row in Following.still_held(rows):
                write(row)

    # One number

    def _registered(self, row: Following, outcome: Outcome) -> None:
        now = clock.now()
        if outcome.is_followed:
            first = FIRST_LOOK if self.account.kind == SEVENTEEN else timedelta(0)
            row.go_on(now + first, registered_at=now)
        elif outcome.code in AGAIN:
            row.wait(now + AGAIN[outcome.code], PROBLEMS[outcome.code])
        else:
            self._not_told(row, outcome)

    def _told(self, row: Following, told: Tracked) -> None:
        events = [Event.told_by(self.client_name, one) for one in told.events]
        heard = hear(row.parcel, events, source=self.client_name, told=Status.read(told.status, told.sub_status))
        values = {"heard_at": clock.now()} if heard.new else {}
        row.go_on(self._next(row, heard.standing), **values)

    def _not_told(self, row: Following, outcome: Outcome) -> None:
        now, code = clock.now(), outcome.code
        if code == NO_NEWS:
            heard = hear(row.parcel, (), source=self.client_name)
            row.go_on(self._next(row, heard.standing))
        elif code == NOT_REGISTERED and row.tries < MOST_TRIES:
            row.wait(now, state="waiting", registered_at=None)
        elif code in FOR_A_PERSON:
            row.stick(FOR_A_PERSON[code])
        elif code in PROBLEMS:
            row.wait(now + AGAIN.get(code, SOON), PROBLEMS[code])
        elif row.tries < MOST_TRIES:
            row.wait(now + TOMORROW, _refused(outcome))
        else:
            row.stick(_refused(outcome))

    def _next(self, row: Following, standing: Any) -> Any:
        if row.parcel.state == "void":  # What is still sent of it by itself is kept, but nobody asks for more.
            return None
        since = row.heard_at or row.created_at
        return next_look(standing, since=since, now=clock.now(), hears=self.account.hears, place=row.parcel_id)

    @property
    def client_name(self) -> str:
        return self.account.kind


def _refused(outcome: Outcome) -> Words:
    return say("The service refuses this number: %(message)s", message=outcome.message or outcome.code)
