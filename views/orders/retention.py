"""The banner nobody wants to see: personal data is older than it may be, or the purge waits for a person."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from models.orders.purge import oldest_beyond_limit
from models.support.job_run import JobRun
from views.support.access import reach
from views.support.shell import notice


@notice
def buyers_beyond_their_limit():
    """For the operator about everything, for a boss about the own team."""
    if reach.may("retention.view"):
        days = oldest_beyond_limit()
    elif reach.may("people.manage") and reach.may("orders.view"):
        days = oldest_beyond_limit(reach.team)
    else:
        return None
    if days is None:
        return None
    text = ngettext(
        "Buyers' data is %(num)s day beyond the time it may be kept. Tell the operator at once.",
        "Buyers' data is %(num)s days beyond the time it may be kept. Tell the operator at once.",
        days,
    )
    return "bad", text, url_for("jobs.detail", name="retention.purge") if reach.may("jobs.view") else None, _("Show")


@notice
def purge_that_stopped():
    """A refused purge says why; a person has to look."""
    if not reach.may("retention.view"):
        return None
    last = JobRun.last_of(["retention.purge"]).get("retention.purge")
    if last is None or last.state != "failed" or last.error_words is None:
        return None
    return "warn", str(last.error_words), url_for("jobs.detail", name="retention.purge"), _("Show")
