"""The operator's queue of recharges: what looks like it was paid once and asked for twice, and the decision of a second person."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from models.support.words import say
from models.wallet.lists import PAYMENTS
from models.wallet.reaching import DECIDE, any_of
from models.wallet.recharge import Recharge
from views.support.access import current_person, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.lists import ListPage, list_page, shows, steps
from views.wallet import bp
from views.wallet.recharges import receipt_of, recharge_parts, slip_of
from views.wallet.tabs import all_tab, all_tabs

all_tab(20, lambda: _("Recharges"), "wallet.payments")
shows(PAYMENTS, "wallet.payments")


@bp.get("/t/<team>/wallet/payments/")
@requires("wallets.view")
def payments():
    found = list_page(PAYMENTS)
    return (
        render_template("wallet/payments.html", list=found, tabs=all_tabs("wallet.payments"))
        if isinstance(found, ListPage)
        else found
    )


@bp.get("/t/<team>/wallet/payments/<uuid:uid>")
@requires("wallets.view")
def payment(uid: uuid.UUID):
    found = any_of(Recharge, reach, uid)
    return render_template("wallet/payment.html", **_parts(found, Form()), **steps(PAYMENTS, found))


@bp.get("/t/<team>/wallet/payments/<uuid:uid>/receipt")
@requires("wallets.view")
def payment_receipt(uid: uuid.UUID):
    return receipt_of(any_of(Recharge, reach, uid))


@bp.get("/t/<team>/wallet/payments/<uuid:uid>/slip")
@requires("wallets.view")
def payment_slip(uid: uuid.UUID):
    return slip_of(any_of(Recharge, reach, uid))


@bp.post("/t/<team>/wallet/payments/<uuid:uid>/approval")
@requires("wallets.decide")
@fresh
def approve_payment(uid: uuid.UUID):
    found, form = any_of(Recharge, reach, uid), Form.read()
    form.expect(form.flag("is_sure") or not found.duplicates(), "is_sure", say("Say that it is another payment."))
    if form.ok:
        with form.refusals():
            found.approve(by=current_person)
    if not form.ok:
        return invalid("wallet/payment.html", **_parts(found, form))
    words = say(
        "%(amount)s came into %(wallet)s.", amount=found.wallet.told(found.amount_minor), wallet=found.wallet.label
    )
    return go(url_for("wallet.payment", uid=uid), toast=words)


@bp.post("/t/<team>/wallet/payments/<uuid:uid>/rejection")
@requires("wallets.decide")
@fresh
def reject_payment(uid: uuid.UUID):
    found, form = any_of(Recharge, reach, uid), Form.read()
    reason = form.text("reason", required=True, most=200)
    if form.ok:
        with form.refusals():
            found.reject(reason=reason, by=current_person)
    if not form.ok:
        return invalid("wallet/payment.html", **_parts(found, form))
    return go(url_for("wallet.payment", uid=uid), toast=say("%(number)s is rejected.", number=found.label))


def _parts(found: Recharge, form: Form) -> dict[str, Any]:
    is_own = found.requested_by_id == current_person.id
    return {
        **recharge_parts(found), "form": form, "is_own": is_own, "may_decide": reach.may(DECIDE) and not is_own,
        "alike": found.duplicates() if found.is_waiting else [], "owner": found.wallet.team,
        "labels": {"reason": _("Reason"), "is_sure": _("Another payment")},
    }  # fmt: skip
