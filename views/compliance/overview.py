"""The first page of the room: the review under way, the alarms that wait, who could do what on each day."""

from __future__ import annotations

from flask import render_template

from models.compliance.alarm import Alarm
from models.compliance.baseline import Baseline
from models.compliance.line import ReviewLine
from models.compliance.pending import pending
from models.compliance.review import AccessReview
from views.compliance import bp
from views.support.access import current_team, reach, requires


@bp.get("/t/<team>/compliance/")
@requires("alarms.view")
def index():
    reviews = AccessReview.of_team(current_team)
    return render_template(
        "compliance/index.html",
        pending=pending(reach),
        review=next((review for review in reviews if not review.is_closed), None),
        last=next((review for review in reviews if review.is_closed), None),
        next_due=AccessReview.next_due(current_team),
        alarms=Alarm.listed(reach, is_open=True),
        handed_up=ReviewLine.handed_up() if current_team.is_operator and reach.may("reviews.manage") else [],
        days=Baseline.latest() if current_team.is_operator else [],
    )
