"""The banner nobody wants to see: personal data is older than it may be, or the purge waits for a person."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from models.orders.purge import beyond_limit, days_beyond
from models.support.job_run import JobRun
from views.support.access import reach
from views.support.shell import notice


def whose_limit(reach: Any) -> Any:
    """The operator is told about everything, a boss about the own team."""
    if reach.may("retention.view"):
        return beyond_limit()
    return beyond_limit(reach.team) if reach.may("people.manage") and reach.may("orders.view") else None


@notice(whose_limit, rests=True)
def buyers_beyond_their_limit(moment: Any):
    days = days_beyond(moment)
    text = ngettext(
        "Buyers' data is %(num)s day beyond the time it may be kept. Tell the operator at once.",
        "Buyers' data is %(num)s days beyond the time it may be kept. Tell the operator at once.",
        days,
    )
    return "bad", text, url_for("jobs.detail", name="retention.purge") if reach.may("jobs.view") else None, _("Show")


@notice(lambda reach: JobRun.stopped("retention.purge") if reach.may("retention.view") else None)
def purge_that_stopped(run_id: int):
    """A refused purge says why; a person has to look."""
    words = JobRun.get_by_id(run_id).error_words
    if words is None:
        return None
    return "warn", str(words), url_for("jobs.detail", name="retention.purge"), _("Show")
