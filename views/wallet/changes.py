"""Changes of wallets by hand: proposed by one of the operator's people with a reason, decided by another."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.support.words import say
from models.wallet.adjustment import Adjustment
from models.wallet.lists import CHANGES
from models.wallet.reaching import DECIDE, any_of
from models.wallet.transfer import Transfer
from models.wallet.wallet import Wallet
from views.support.access import current_person, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.lists import ListPage, list_page, shows, steps
from views.wallet import bp
from views.wallet.movements import movement_parts
from views.wallet.tabs import all_tab, all_tabs
from views.wallet.terms import wallet_parts

all_tab(30, lambda: _("Changes by hand"), "wallet.changes")
shows(CHANGES, "wallet.changes")
WAYS = {"in": ("adjustment", 1), "out": ("adjustment", -1), "payout": ("payout", -1)}
PROPOSED = say("It is proposed. Somebody else decides on it.")


@bp.get("/t/<team>/wallet/changes/")
@requires("wallets.view")
def changes():
    found = list_page(CHANGES)
    return (
        render_template("wallet/changes.html", list=found, tabs=all_tabs("wallet.changes"))
        if isinstance(found, ListPage)
        else found
    )


@bp.get("/t/<team>/wallet/changes/<uuid:uid>")
@requires("wallets.view")
def change(uid: uuid.UUID):
    found = any_of(Adjustment, reach, uid)
    return render_template("wallet/change.html", **_parts(found, Form()), **steps(CHANGES, found))


@bp.post("/t/<team>/wallet/all/<uuid:uid>/changes")
@requires("wallets.manage")
@fresh
def propose_change(uid: uuid.UUID):
    """`key` lets a form that was sent twice propose once."""
    wallet, form = any_of(Wallet, reach, uid), Form.read()
    way, key = form.choice("way", WAYS), form.uid("key", required=False)
    amount, reason = form.money("amount", wallet.currency, required=True), form.text("reason", required=True, most=200)
    form.expect(amount != 0, "amount", say("An amount is more than nothing."))
    made = None
    if form.ok:
        kind, sign = WAYS[way]
        with form.refusals():
            made = Adjustment.propose(
                wallet, sign * (amount or 0), reason=reason, by=current_person, kind=kind, key=key
            )
    if made is None:
        return invalid("wallet/wallet.html", **wallet_parts(wallet, form))
    return go(url_for("wallet.change", uid=made.uid), toast=PROPOSED)


@bp.post("/t/<team>/wallet/movements/<uuid:uid>/reversal")
@requires("wallets.manage")
@fresh
def propose_reversal(uid: uuid.UUID):
    found, form = any_of(Transfer, reach, uid), Form.read()
    reason, made = form.text("reason", required=True, most=200), None
    if form.ok:
        with form.refusals():
            made = Adjustment.propose_reversal(found, reason=reason, by=current_person)
    if made is None:
        return invalid("wallet/movement.html", **movement_parts(found, form))
    return go(url_for("wallet.change", uid=made.uid), toast=PROPOSED)


@bp.post("/t/<team>/wallet/changes/<uuid:uid>/approval")
@requires("wallets.decide")
@fresh
def approve_change(uid: uuid.UUID):
    found = any_of(Adjustment, reach, uid)
    posted = found.approve(by=current_person)
    return go(url_for("wallet.change", uid=uid), toast=say("It is posted as %(transfer)s.", transfer=posted.label))


@bp.post("/t/<team>/wallet/changes/<uuid:uid>/rejection")
@requires("wallets.decide")
@fresh
def reject_change(uid: uuid.UUID):
    found, form = any_of(Adjustment, reach, uid), Form.read()
    note = form.text("note", required=True, most=200)
    if form.ok:
        with form.refusals():
            found.reject(note=note, by=current_person)
    if not form.ok:
        return invalid("wallet/change.html", **_parts(found, form))
    return go(url_for("wallet.change", uid=uid), toast=say("%(number)s is rejected.", number=found.label))


def _parts(found: Adjustment, form: Form) -> dict[str, Any]:
    is_own = found.requested_by_id == current_person.id
    return {
        "change": found, "form": form, "is_own": is_own, "may_decide": reach.may(DECIDE) and not is_own, "owner": found.wallet.team,
        "moments": lines_of(events_about(found)), "posted": found.posted, "labels": {"note": _("Reason")},
    }  # fmt: skip
