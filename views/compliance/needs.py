"""What reviews and alarms bring to the first page, to the navigation and above every page."""

from __future__ import annotations

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from models.compliance import queues as _queues  # noqa: F401 (what waits for whom)
from models.compliance.alarm import Alarm
from models.compliance.line import ReviewLine
from models.compliance.pending import Pending, pending
from models.compliance.review import AccessReview
from views.support.access import reach
from views.support.shell import notice, place
from views.support.waiting import waiting
from views.workload.queues import leads

place("team", 25, lambda: _("Reviews and alarms"), "shield-check", "compliance.index", "alarms.view")


def mine() -> Pending:
    """Asked once a page."""
    if "compliance_pending" not in g:
        g.compliance_pending = pending(reach)
    return g.compliance_pending


waiting(
    lambda: _("Alarms to settle"),
    lambda: mine().alarms,
    lambda: url_for("compliance.alarms"),
    permission="alarms.settle",
    icon="warning",
    tone="bad",
)
waiting(
    lambda: ngettext(
        "Access review: lines to decide, %(num)s day left",
        "Access review: lines to decide, %(num)s days left",
        mine().days_left,
    ),
    lambda: mine().lines,
    lambda: url_for("compliance.current_review"),
    permission="reviews.manage",
    icon="shield-check",
)

waiting(
    lambda: _("Lines of other teams' access reviews that only the operator can decide"),
    lambda: ReviewLine.handed_up_count() if reach.team.is_operator else 0,
    lambda: url_for("compliance.index"),
    permission="reviews.manage",
    icon="shield-check",
)

leads("reviews", lambda: url_for("compliance.index"), "reviews.manage")
leads("alarms", lambda: url_for("compliance.alarms"), "alarms.settle")


@notice(lambda reach: Alarm.calling(reach) if reach.may("alarms.view") else None)
def calling_alarm(alarm_id: int):
    alarm = Alarm.get_by_id(alarm_id)
    if alarm.is_grave:
        text = _("Alarm: %(what)s", what=alarm.words)
    else:
        text = _("An alarm of %(team)s has waited too long: %(what)s", team=alarm.team.name if alarm.team else "Portolan",
                 what=alarm.rule.title)  # fmt: skip
    return "bad", text, url_for("compliance.alarm", uid=alarm.uid), _("Look at it")


@notice(lambda reach: AccessReview.ending_soon(reach.team_id) if reach.may("reviews.manage") else None)
def review_ending(review_id: int):
    review = AccessReview.get_by_id(review_id)
    text = ngettext(
        "The access review ends in %(num)s day. Whoever nobody looked at is suspended then.",
        "The access review ends in %(num)s days. Whoever nobody looked at is suspended then.",
        review.days_left,
    )
    return "warn", text, url_for("compliance.review", uid=review.uid), _("Go on deciding")
