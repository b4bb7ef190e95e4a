"""A file that a job works on, step by step: what every kind of import has in common, whatever it reads.

Its state says what is wanted. A run is claimed by the job, set aside with a sentence when it breaks, and gone on with when killed.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from models.support.db import write_txn
from models.support.job_run import JobRun
from models.support.record import TeamRecord
from models.support.words import Words

MOST_TRIES = 5


class FileWork(TeamRecord):
    """`job` is the name of the job that works on it, `busy_states` those in which it is the job's turn; `falls_back` says to which
    state one of them returns when work ended before its end ("stopped" where it does not say)."""

    job: ClassVar[str]
    busy_states: ClassVar[tuple[str, ...]]
    falls_back: ClassVar[dict[str, str]]
    state: Any
    problem: Any
    tries: Any
    uid: Any

    def set_aside(self, problem: Words | None = None, **values: Any) -> None:
        """Work that ended before its end."""
        text = problem.to_json() if problem else ""
        with write_txn():
            later = self.falls_back.get(self.reload().state, "stopped")
            self.move(self.busy_states, later, problem=text, **values)

    @property
    def is_busy(self) -> bool:
        return self.state in self.busy_states

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    def run(self) -> JobRun | None:
        """The run that works on it now."""
        return JobRun.get_or_none(JobRun.job == self.job, JobRun.scope == str(self.uid), JobRun.state == "running")

    def cancel(self) -> None:
        """Stops what is under way at its next step."""
        with write_txn():
            if (running := self.run()) is not None:
                running.cancel()
            elif self.is_busy:
                self.set_aside()

    @classmethod
    def busy(cls) -> list[str]:
        """Uids of those a job has to work on."""
        return [str(row.uid) for row in cls.select(cls.uid).where(cls.state.in_(cls.busy_states))]

    @classmethod
    def has_work(cls) -> bool:
        return cls.select().where(cls.state.in_(cls.busy_states)).exists()

    @classmethod
    def of_uid(cls, uid: str) -> Self | None:
        return cls.get_or_none(cls.uid == uuid.UUID(uid))
