"""Asking for a recharge, and what became of it: a team says what it paid; the operator's cashier decides."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, make_response, render_template, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.support import clock
from models.support.words import say
from models.wallet.lists import RECHARGES
from models.wallet.reaching import RECHARGE, sees_whole
from models.wallet.receipt import Receipt
from models.wallet.recharge import BY_PEOPLE, METHODS, Recharge
from models.wallet.slip import MOST_BYTES, REFUSED, RechargeSlip, ask_with_slip
from models.wallet.wallet import Wallet
from views.audit.objects import leads
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.language import choose_locale, choose_zone
from views.support.lists import ListPage, list_page, shows, steps
from views.wallet import bp
from views.wallet.tabs import room_tabs, tab

tab(30, lambda: _("Recharges"), "wallet.recharges", is_theirs=lambda: sees_whole(reach) or reach.may(RECHARGE))
shows(RECHARGES, "wallet.recharges")
leads("recharge", Recharge, "wallet.view", lambda one: url_for("wallet.recharge", uid=one.uid))


@bp.get("/t/<team>/wallet/recharges/")
@requires("wallet.view")
def recharges():
    found = list_page(RECHARGES)
    if not isinstance(found, ListPage):
        return found
    return render_template(
        "wallet/recharges.html", list=found, tabs=room_tabs("wallet.recharges"), may_recharge=reach.may(RECHARGE)
    )


@bp.get("/t/<team>/wallet/recharges/new")
@requires("wallet.recharge")
def new_recharge():
    form = Form()
    return render_template("wallet/recharge_form.html", form=form, **_form_parts(form))


@bp.post("/t/<team>/wallet/recharges/")
@requires("wallet.recharge")
def ask_for_recharge():
    form, wallets = Form.read(), {one.currency: one for one in Wallet.of_team(reach.team_id) if one.state != "closed"}
    wallet = wallets.get(form.choice("wallet", wallets))
    amount = form.money("amount", wallet.currency if wallet else "CNY", required=True)
    method, reference = form.choice("method", BY_PEOPLE), form.text("bank_reference", most=64)
    paid_on, sent, key = form.day("paid_on", required=True), form.file("slip"), form.uid("key", required=False)
    form.expect(amount != 0, "amount", say("An amount is more than nothing."))
    form.expect(paid_on is None or paid_on <= _today(), "paid_on", say("This day has not come yet."))
    asked = None
    if form.ok and wallet is not None:
        with form.refusals():
            asked = ask_with_slip(
                wallet,
                amount or 0,
                sent.stream.read(MOST_BYTES + 1) if sent else None,
                method=method,
                bank_reference=reference,
                paid_on=paid_on,
                by=current_person,
                key=key,
            )
    if asked is None:
        return invalid("wallet/recharge_form.html", form=form, **_form_parts(form))
    words = say("The recharge %(number)s waits for the operator.", number=asked.label)
    return go(url_for("wallet.recharge", uid=asked.uid), toast=words)


@bp.get("/t/<team>/wallet/recharges/<uuid:uid>")
@requires("wallet.view")
def recharge(uid: uuid.UUID):
    found = reach.get(Recharge, uid)
    may_withdraw = found.is_waiting and reach.may(RECHARGE)
    return render_template(
        "wallet/recharge.html", may_withdraw=may_withdraw, **recharge_parts(found), **steps(RECHARGES, found)
    )


@bp.post("/t/<team>/wallet/recharges/<uuid:uid>/withdrawal")
@requires("wallet.recharge")
def withdraw_recharge(uid: uuid.UUID):
    found = reach.get(Recharge, uid)
    found.withdraw(by=current_person)
    return go(url_for("wallet.recharge", uid=uid), toast=say("%(number)s is withdrawn.", number=found.label))


@bp.get("/t/<team>/wallet/recharges/<uuid:uid>/receipt")
@requires("wallet.view")
def receipt(uid: uuid.UUID):
    return receipt_of(reach.get(Recharge, uid))


@bp.get("/t/<team>/wallet/recharges/<uuid:uid>/slip")
@requires("wallet.view")
def slip(uid: uuid.UUID):
    return slip_of(reach.get(Recharge, uid))


def slip_of(found: Recharge) -> Any:
    """What was made of the bank's slip; 404 where there is none, or not yet."""
    kept = RechargeSlip.of(found)
    content = kept.file if kept else None
    if kept is None or content is None:
        abort(404)
    return _file(content, kept.mime_type, kept.file_name)


def recharge_parts(found: Recharge) -> dict[str, Any]:
    return {
        "slip": RechargeSlip.of(found), "unreadable": REFUSED,
        "recharge": found, "has_receipt": Receipt.of(found, "en") is not None,
        "moments": lines_of(events_about(found)),
    }  # fmt: skip


def receipt_of(found: Recharge) -> Any:
    """The PDF in the reader's language; 404 until it is made."""
    made = Receipt.of(found, choose_locale())
    if made is None:
        abort(404)
    return _file(made.bytes, "application/pdf", made.file_name)


def _file(content: bytes, mime_type: str, name: str) -> Any:
    answer = make_response(content)
    answer.headers["Content-Type"] = mime_type
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _form_parts(form: Form) -> dict[str, Any]:
    """`key` lets a form that was sent twice ask once."""
    wallets = Wallet.of_team(reach.team_id)
    return {
        "key": form.value("key") or uuid.uuid4(),
        "wallets": [(one.currency, one.label) for one in wallets if one.state != "closed"], "today": _today(),
        "methods": [(name, METHODS[name]) for name in BY_PEOPLE], "labels": labels(),
    }  # fmt: skip


def _today() -> Any:
    return clock.local(clock.now(), choose_zone()).date()


def labels() -> dict[str, str]:
    return {
        "wallet": _("Wallet"), "amount": _("Amount"), "method": _("Paid by"), "bank_reference": _("Bank reference"),
        "paid_on": _("Paid on"), "slip": _("Bank's slip"), "reason": _("Reason"), "key": _("Form"),
    }  # fmt: skip
