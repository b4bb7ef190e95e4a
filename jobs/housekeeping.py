"""Forgetting what has no use any more: ended sessions, counted attempts, the history of jobs and of bulk runs, mails that were
sent long ago."""

from __future__ import annotations

from models.lists.bulk_run import BulkRun
from models.notices.notice import Notice
from models.people import lockout
from models.people.session import Session
from models.support.job_run import JobRun


def forget(run: JobRun) -> None:
    gone = (
        JobRun.forget_old() + Session.forget_ended() + lockout.forget_old() + BulkRun.forget_old() + Notice.forget_old()
    )
    run.progress(add=gone)
