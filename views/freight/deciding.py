"""Deciding about a price sheet: a second person approves a draft, a draft is discarded, what holds is withdrawn with a reason."""

from __future__ import annotations

import uuid

from flask import abort, url_for

from models.freight.rate_card import RateCard
from models.support.words import say
from views.freight import bp
from views.freight.sheets import parts
from views.support.access import current_person, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid


@bp.post("/t/<team>/freight/sheets/<uuid:uid>/approval")
@requires("freight.approve")
@fresh
def approve_sheet(uid: uuid.UUID):
    """`revision` is the draft as it was looked at."""
    found, form = reach.get(RateCard, uid), Form.read()
    revision = form.integer("revision", required=True)
    if form.ok:
        with form.refusals():
            found.approve(by=current_person, revision=revision, steep_ok=form.flag("steep_ok"))
    if not form.ok:
        return invalid("freight/sheet.html", form=form, **parts(found))
    return go(url_for(".price_sheet", uid=uid), toast=say("Version %(version)s is approved.", version=found.version))


@bp.post("/t/<team>/freight/sheets/<uuid:uid>/discard")
@requires("freight.view")
def discard_sheet(uid: uuid.UUID):
    """Whoever may change or approve drafts may also say no to one."""
    if not (reach.may("freight.edit") or reach.may("freight.approve")):
        abort(403)
    found = reach.get(RateCard, uid)
    found.discard(by=current_person)
    return go(url_for(".price_sheet", uid=uid), toast=say("Version %(version)s is discarded.", version=found.version))


@bp.post("/t/<team>/freight/sheets/<uuid:uid>/withdrawal")
@requires("freight.approve")
@fresh
def withdraw_sheet(uid: uuid.UUID):
    found, form = reach.get(RateCard, uid), Form.read()
    reason = form.text("reason", required=True, most=200)
    if form.ok:
        found.retire(reason=reason, by=current_person)
        return go(
            url_for(".price_sheet", uid=uid), toast=say("Version %(version)s is withdrawn.", version=found.version)
        )
    return invalid("freight/sheet.html", form=form, **parts(found))
