"""Where parcels are: what services sent by themselves is read, new numbers are registered, and what is due is asked for.

Rows are taken before a call and given back with its outcome, in one transaction with what was heard: killed anywhere, they are taken
again some minutes later, and asking twice does no harm.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from integrations.carriers import Asked, Fetched
from integrations.errors import IntegrationError
from jobs.carriers import PROBLEMS, client_for, note_trouble
from jobs.tracking_outcomes import MESSAGES_IN_ONE, Outcomes
from models.shipping.follow import catch_up
from models.shipping.following import Following
from models.shipping.tracking_account import SEVENTEEN, TrackingAccount
from models.shipping.tracking_call import TrackingCall
from models.shipping.tracking_message import TrackingMessage
from models.shipping.working import uids_with_work
from models.support import clock
from models.support.errors import AlreadyDecided
from models.support.job_run import JobRun
from models.vault.data_key import KeyDestroyed

PROBE = "PORTOLAN00000000"  # A number nobody has: a carrier's own service answers for it, or does not let us in.
QUOTA_AGAIN = timedelta(days=1)
FAILED_IN_A_ROW = 3


def accounts_with_work() -> Iterable[str]:
    return uids_with_work()


def follow(run: JobRun) -> None:
    """Follows parcels that nobody could be asked about before."""
    catch_up(run.fence)


def forget(run: JobRun) -> None:
    run.progress(add=TrackingMessage.forget_old() + TrackingCall.forget_old())


def track(run: JobRun) -> None:
    """One account, until nothing of it is due."""
    account = TrackingAccount.of_uid(run.scope)
    if account is None or account.state == "paused" or not account.asks:
        return
    try:
        with client_for(account) as client:
            Round(run, account, client).to_the_end()
    except IntegrationError as error:
        with suppress(AlreadyDecided):  # It may have been removed or paused meanwhile.
            note_trouble(account, error)
    except (AlreadyDecided, KeyDestroyed, TrackingAccount.DoesNotExist):  # Removed or paused meanwhile.
        return


class Round:
    """What is done for one account in one run."""

    def __init__(self, run: JobRun, account: TrackingAccount, client: Any):
        self.account, self.client = account, client
        self.outcomes = Outcomes(run, account)

    def to_the_end(self) -> None:
        self._read_messages()
        if self.account.state == "refused" or self.account.is_resting:
            return
        if self.account.state == "checking":
            self._try()
        while self._register() or self._look():
            self._read_messages()
            self.account = self.outcomes.account = self.account.reload()
            if not self.account.is_working:
                return
        if self.outcomes.asked:
            self.account.succeed()

    def _try(self) -> None:
        """Does it let us in, and how many numbers may still be registered?"""
        if self.account.kind == SEVENTEEN:
            quota = self.client.quota()
            self.account.succeed(quota=asdict(quota))
            if quota.total and not quota.left:
                self.account.register_later(clock.now() + QUOTA_AGAIN, PROBLEMS["quota_used"])
        else:
            self.client.fetch([Asked(PROBE)])
            self.account.succeed()

    def _read_messages(self) -> None:
        while messages := TrackingMessage.waiting(self.account, MESSAGES_IN_ONE):
            self.outcomes.heard([(message, self._told_by(message)) for message in messages])

    def _told_by(self, message: TrackingMessage) -> Fetched | None:
        """None when nothing in it can be used; what it meant is asked for."""
        try:
            return self.client.parse_webhook({"sign": message.sign}, message.content())
        except IntegrationError:
            return None

    def _register(self) -> bool:
        """Some new numbers. False when there are none, or none may be registered now."""
        rows = Following.take(self.account, "waiting", self.client.at_once) if self.account.may_register else []
        if not rows:
            return False
        answer = self._asked(rows, lambda asked: Fetched(refused=tuple(self.client.register(asked))))
        self.outcomes.registered(rows, answer.refused)
        return True

    def _look(self) -> bool:
        rows = Following.take(self.account, "followed", self.client.at_once)
        if not rows:
            return False
        self.outcomes.looked(rows, self._asked(rows, self.client.fetch))
        return True

    def _asked(self, rows: list[Following], call: Any) -> Fetched:
        """The service's answer. When it refuses a call as a whole, the numbers are asked one by one to find those it means."""
        numbers = {row.number: Asked(row.number, row.key_of_carrier) for row in reversed(rows)}
        try:
            return call(list(numbers.values()))
        except IntegrationError as error:
            if not error.permanent or error.concerns_everything or len(numbers) == 1:
                self._put_back(rows, error)
                raise
        return self._one_by_one(rows, list(numbers.values()), call)

    def _one_by_one(self, rows: list[Following], numbers: list[Asked], call: Any) -> Fetched:
        tracked: list[Any] = []
        refused: list[Any] = []
        failed = 0
        for number in numbers:
            try:
                answer = call([number])
                failed, tracked, refused = 0, [*tracked, *answer.tracked], [*refused, *answer.refused]
            except IntegrationError as error:
                failed += 1
                if not error.permanent or error.concerns_everything or failed == FAILED_IN_A_ROW:
                    self._put_back(rows, error)
                    raise
                refused.append(self.outcomes.refusal(number.number, error))
        return Fetched(tuple(tracked), tuple(refused))

    def _put_back(self, rows: list[Following], error: IntegrationError) -> None:
        """What was taken is due again: at once where the call may do better, later where it failed for good."""
        if error.permanent and not error.concerns_everything:
            self.outcomes.put_off(rows, error)
        else:
            Following.release(rows)
