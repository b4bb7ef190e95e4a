"""Access reviews: opening one, deciding line by line, closing it, and the signed document."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, make_response, render_template, url_for

from models.compliance import campaign
from models.compliance.document import ReviewDocument
from models.compliance.line import DECISIONS, KEEP, MOST_REASON, REDUCE, ReviewLine
from models.compliance.review import AccessReview
from models.compliance.smaller import smaller_roles
from models.support.words import say
from views.compliance import bp
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid, show
from views.support.language import choose_locale


@bp.get("/t/<team>/compliance/reviews/")
@requires("alarms.view")
def reviews():
    found = AccessReview.of_team(current_team)
    return render_template(
        "compliance/reviews.html", reviews=found, next_due=AccessReview.next_due(current_team),
        is_busy=any(not review.is_closed for review in found),
    )  # fmt: skip


@bp.post("/t/<team>/compliance/reviews/")
@requires("reviews.manage")
@fresh
def begin():
    review = campaign.begin(current_team, by=current_person)
    return go(url_for(".review", uid=review.uid), toast=say("The review is open. Look at each line."))


@bp.get("/t/<team>/compliance/reviews/current")
@requires("alarms.view")
def current_review():
    """The review under way, or all of them."""
    review = AccessReview.open_of(current_team.id)
    return go(url_for(".review", uid=review.uid) if review else url_for(".reviews"))


@bp.get("/t/<team>/compliance/reviews/<uuid:uid>")
@requires("alarms.view")
def review(uid: uuid.UUID):
    """While decisions are being carried out the fragment asks again."""
    found = reach.get(AccessReview, uid)
    return show("compliance/review.html", fragment="compliance/_review.html", **parts(found))


def parts(found: AccessReview) -> dict[str, Any]:
    lines = ReviewLine.of_review(found)
    return {
        "review": found,
        "lines": lines,
        "left": sum(not line.decision for line in lines),
        "may_decide": {line.id: line.may_decide(current_person) for line in lines} if found.is_open else {},
        "manages": found.is_open and reach.may("reviews.manage"),
    }


@bp.get("/t/<team>/compliance/reviews/<uuid:uid>/lines/<uuid:line>")
@requires("reviews.manage")
def line(uid: uuid.UUID, line: uuid.UUID):
    found = line_of(uid, line)
    sent = {"decision": found.decision or KEEP, "reason": found.reason, "taken": found.choice.get("taken", [])}
    return render_template("compliance/line.html", form=Form(sent), **line_parts(found))


def line_of(uid: uuid.UUID, line: uuid.UUID) -> ReviewLine:
    return ReviewLine.decidable(reach, uid, line)


def after_deciding(found: ReviewLine) -> str:
    """The review, at the line; the operator has only the line."""
    if found.team_id != current_team.id:
        return url_for(".index")
    return url_for(".review", uid=found.review.uid, _anchor=f"line-{found.position}")


def line_parts(found: ReviewLine) -> dict[str, Any]:
    """What may be chosen: a token has no parts, so that it cannot be reduced."""
    offered = {key: words for key, words in DECISIONS.items() if key != REDUCE or found.is_person}
    return {
        "line": found,
        "review": found.review,
        "decisions": [(key, str(words)) for key, words in offered.items()],
        "roles": {grant["uid"]: _smaller(found, grant["role"]) for grant in found.before.get("grants", [])},
        "may_decide": found.review.is_open and found.may_decide(current_person),
        "is_ours": found.team_id == current_team.id,
    }


def _smaller(found: ReviewLine, key: str) -> list[tuple[str, str]]:
    """As options; none where there is no smaller role."""
    roles = smaller_roles(found.review.team, key)
    return [("", "—"), *((role.key, str(role.words)) for role in roles)] if roles else []


@bp.post("/t/<team>/compliance/reviews/<uuid:uid>/lines/<uuid:line>/decision")
@requires("reviews.manage")
@fresh
def decide(uid: uuid.UUID, line: uuid.UUID):
    found = line_of(uid, line)
    form = Form.read()
    decision = form.choice("decision", DECISIONS)
    reason = form.text("reason", most=MOST_REASON)
    if form.ok:
        with form.refusals():
            found.decide(decision, by=current_person, reason=reason, choice=_choice(form, found))
    if not form.ok:
        return invalid("compliance/line.html", form=form, **line_parts(found))
    return go(after_deciding(found), toast=say("Decided."))


def _choice(form: Form, found: ReviewLine) -> dict[str, Any]:
    """What "reduce" takes: whole roles, the stores that stay, smaller roles. Only known grants are asked about."""
    grants = found.before.get("grants", [])
    limited = [grant for grant in grants if len(grant["choosable"]) > 1]
    return {
        "taken": form.values("taken"),
        "stores": {
            grant["uid"]: [int(number) for number in form.values(f"stores-{grant['uid']}") if number.isdecimal()]
            for grant in limited
        },
        "roles": {grant["uid"]: form.value(f"role-{grant['uid']}") for grant in grants},
    }


@bp.post("/t/<team>/compliance/reviews/<uuid:uid>/lines/<uuid:line>/withdrawal")
@requires("reviews.manage")
@fresh
def withdraw(uid: uuid.UUID, line: uuid.UUID):
    found = line_of(uid, line)
    found.withdraw(by=current_person)
    return go(after_deciding(found), toast=say("Undecided again."))


@bp.post("/t/<team>/compliance/reviews/<uuid:uid>/closure")
@requires("reviews.manage")
@fresh
def close(uid: uuid.UUID):
    campaign.close(reach.get(AccessReview, uid), by=current_person)
    return go(url_for(".review", uid=uid), toast=say("Closed. What was decided is being done now."))


@bp.get("/t/<team>/compliance/reviews/<uuid:uid>/document")
@requires("alarms.view")
def document(uid: uuid.UUID):
    """The signed PDF, in the reader's language."""
    found = ReviewDocument.of(reach.get(AccessReview, uid), choose_locale())
    if found is None:
        abort(404)
    answer = make_response(found.bytes)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
