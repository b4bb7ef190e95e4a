"""One wallet as the operator sees it: its terms, blocking and releasing it, closing it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.support.db import write_txn
from models.support.money import Money
from models.support.words import Words, say
from models.wallet import proof
from models.wallet.adjustment import Adjustment
from models.wallet.alone_limit import AloneLimit
from models.wallet.closing import close
from models.wallet.figures import FREIGHT, Figures
from models.wallet.reaching import MANAGE, any_of
from models.wallet.wallet import Wallet
from views.support.access import current_person, fresh, reach, requires
from views.support.charts import spark_points
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.language import choose_zone
from views.wallet import bp


@bp.get("/t/<team>/wallet/all/<uuid:uid>")
@requires("wallets.view")
def wallet(uid: uuid.UUID):
    return render_template("wallet/wallet.html", **wallet_parts(any_of(Wallet, reach, uid), Form()))


@bp.post("/t/<team>/wallet/all/<uuid:uid>/terms")
@requires("wallets.manage")
@fresh
def set_terms(uid: uuid.UUID):
    found, form = any_of(Wallet, reach, uid), Form.read()
    credit = form.money("credit_limit", found.currency, required=True)
    alert, alone = form.money("alert_below", found.currency), form.money("alone_limit", found.currency)
    if form.ok:
        with form.refusals(), write_txn():
            found.set_terms(credit_limit_minor=credit or 0, alert_below_minor=alert, by=current_person)
            AloneLimit.put(found, alone or 0, by=current_person)
    if not form.ok:
        return invalid("wallet/wallet.html", **wallet_parts(found, form))
    return go(url_for("wallet.wallet", uid=uid), toast=say("The terms are kept."))


@bp.post("/t/<team>/wallet/all/<uuid:uid>/block")
@requires("wallets.manage")
@fresh
def block(uid: uuid.UUID):
    found = any_of(Wallet, reach, uid)
    return _with_reason(
        found, lambda why: found.block(reason=why, by=current_person), say("Blocked: nothing new is held.")
    )


@bp.post("/t/<team>/wallet/all/<uuid:uid>/unblocking")
@requires("wallets.manage")
@fresh
def unblock(uid: uuid.UUID):
    found = any_of(Wallet, reach, uid)
    found.unblock(by=current_person)
    return go(url_for("wallet.wallet", uid=uid), toast=say("It is open again."))


@bp.post("/t/<team>/wallet/all/<uuid:uid>/release")
@requires("wallets.manage")
@fresh
def release(uid: uuid.UUID):
    """After its books were looked at. What does not add up still freezes it again the next night."""
    found = any_of(Wallet, reach, uid)
    return _with_reason(found, lambda why: proof.release(found, reason=why, by=current_person), say("It moves again."))


@bp.post("/t/<team>/wallet/all/<uuid:uid>/closure")
@requires("wallets.manage")
@fresh
def closure(uid: uuid.UUID):
    found, proposed = any_of(Wallet, reach, uid), []

    def act(why: str) -> None:
        if (payout := close(found, reason=why, by=current_person)) is not None:
            proposed.append(payout)

    answer = _with_reason(found, act, say("The wallet is closed."))
    if proposed:
        words = say("The payout of the rest is proposed. Close the wallet again when somebody has agreed.")
        return go(url_for("wallet.change", uid=proposed[0].uid), toast=words)
    return answer


def _with_reason(found: Wallet, act: Callable[[str], Any], words: Words) -> Any:
    form = Form.read()
    reason = form.text("reason", required=True, most=200)
    if form.ok:
        with form.refusals():
            act(reason)
    if not form.ok:
        return invalid("wallet/wallet.html", **wallet_parts(found.reload(), form))
    return go(url_for("wallet.wallet", uid=found.uid), toast=words)


def wallet_parts(found: Wallet, form: Form) -> dict[str, Any]:
    now = Figures.of(found, choose_zone())
    return {
        "key": form.value("key") or uuid.uuid4(), "wallet": found, "form": form, "owner": found.team, "now": now, "freight_kinds": FREIGHT, "points": spark_points(now.balances),
        "problems": proof.prove(found) if found.state == "frozen" else [], "waiting": Adjustment.waiting_of(found),
        "moments": lines_of(events_about(found, limit=30)), "may_manage": reach.may(MANAGE), "labels": labels(),
        "alone": Money(AloneLimit.of(found), found.currency).text(), "ways": [("in", _("Add to the wallet")), ("out", _("Take from the wallet")), ("payout", _("Pay out by bank"))],
    }  # fmt: skip


def labels() -> dict[str, str]:
    return {
        "credit_limit": _("Credit limit"), "alert_below": _("Alert below"), "alone_limit": _("One person alone gives back"), "reason": _("Reason"), "way": _("What"),
        "amount": _("Amount"), "key": _("Form"),
    }  # fmt: skip
