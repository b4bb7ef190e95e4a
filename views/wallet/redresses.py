"""Refunds and claims: proposed on the page of a parcel's money, decided by somebody else where they are above the limit."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.shipping.parcel import Parcel
from models.support.words import say
from models.wallet.alone_limit import AloneLimit
from models.wallet.hold import Hold
from models.wallet.parcel_money import charged_for, transfers_of
from models.wallet.reaching import DECIDE, MANAGE, any_of, paid_parcel
from models.wallet.redress import KINDS, Redress, declared_value, wallet_of
from models.wallet.redress_list import REDRESSES
from views.audit.objects import leads
from views.freight.places import country_name
from views.support.access import current_person, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.lists import ListPage, list_page, shows, steps
from views.support.waiting import waiting
from views.wallet import bp
from views.wallet.tabs import all_tab, all_tabs

all_tab(37, lambda: _("Refunds and claims"), "wallet.redresses")
shows(REDRESSES, "wallet.redresses")
leads("redress", Redress, "wallets.view", lambda one: url_for("wallet.redress", uid=one.uid))
waiting(
    lambda: _("Refunds and claims to decide"),
    Redress.waiting_count,
    lambda: url_for("wallet.redresses", view="waiting", state="waiting"),
    permission=DECIDE,
    icon="undo",
)


@bp.get("/t/<team>/wallet/redresses/")
@requires("wallets.view")
def redresses():
    found = list_page(REDRESSES)
    if not isinstance(found, ListPage):
        return found
    return render_template("wallet/redresses.html", list=found, tabs=all_tabs("wallet.redresses"))


@bp.get("/t/<team>/wallet/redresses/<uuid:uid>")
@requires("wallets.view")
def redress(uid: uuid.UUID):
    found = any_of(Redress, reach, uid)
    return render_template("wallet/redress.html", **_parts(found, Form()), **steps(REDRESSES, found))


@bp.post("/t/<team>/wallet/redresses/<uuid:uid>/approval")
@requires("wallets.decide")
@fresh
def approve_redress(uid: uuid.UUID):
    posted = any_of(Redress, reach, uid).approve(by=current_person)
    return go(url_for("wallet.redress", uid=uid), toast=say("It is posted as %(transfer)s.", transfer=posted.label))


@bp.post("/t/<team>/wallet/redresses/<uuid:uid>/rejection")
@requires("wallets.decide")
@fresh
def reject_redress(uid: uuid.UUID):
    found, form = any_of(Redress, reach, uid), Form.read()
    note = form.text("note", required=True, most=200)
    if form.ok:
        with form.refusals():
            found.reject(note=note, by=current_person)
    if not form.ok:
        return invalid("wallet/redress.html", **_parts(found, form))
    return go(url_for("wallet.redress", uid=uid), toast=say("%(number)s is rejected.", number=found.label))


# From the parcel


@bp.get("/t/<team>/wallet/parcels/<uuid:uid>")
@requires("wallets.view")
def parcel_money(uid: uuid.UUID):
    return render_template("wallet/parcel.html", **_parcel_parts(paid_parcel(reach, uid), Form()))


@bp.post("/t/<team>/wallet/parcels/<uuid:uid>/redresses")
@requires("wallets.manage")
@fresh
def propose_redress(uid: uuid.UUID):
    """`key` lets a form that was sent twice propose once."""
    parcel, form, made = paid_parcel(reach, uid), Form.read(), None
    kind, key = form.choice("kind", KINDS), form.uid("key")
    amount, reason = (
        form.money("amount", wallet_of(parcel).currency, required=True),
        form.text("reason", required=True, most=200),
    )
    form.expect(amount != 0, "amount", say("An amount is more than nothing."))
    if form.ok:
        with form.refusals():
            made = Redress.propose(
                parcel, kind, amount or 0, reason=reason, by=current_person, key=key, alone=reach.may(DECIDE)
            )
    if made is None:
        return invalid("wallet/parcel.html", **_parcel_parts(parcel, form))
    words = say("It is proposed. Somebody else decides on it.") if made.is_waiting else say("It is in the wallet.")
    return go(url_for("wallet.redress", uid=made.uid), toast=words)


def _parts(found: Redress, form: Form) -> dict[str, Any]:
    is_own = found.requested_by_id == current_person.id
    return {
        "redress": found, "form": form, "is_own": is_own, "may_decide": reach.may(DECIDE) and not is_own, "owner": found.team,
        "parcel": found.parcel, "posted": found.posted, "charged": charged_for(found.parcel, found.wallet),
        "declared": declared_value(found.parcel), "moments": lines_of(events_about(found)), "labels": {"note": _("Reason")},
    }  # fmt: skip


def _parcel_parts(parcel: Parcel, form: Form) -> dict[str, Any]:
    wallet = wallet_of(parcel)
    return {
        "parcel": parcel, "form": form, "wallet": wallet, "owner": wallet.team, "country": country_name(parcel.country),
        "paid": transfers_of(parcel), "hold": Hold.pending_of(parcel), "charged": charged_for(parcel, wallet),
        "declared": declared_value(parcel), "known": Redress.of_parcel(parcel), "may_manage": reach.may(MANAGE),
        "limit": AloneLimit.of(wallet), "kinds": [(key, str(words)) for key, words in KINDS.items()], "key": form.value("key") or uuid.uuid4(),
        "labels": {"kind": _("What"), "amount": _("Amount"), "reason": _("Reason"), "key": _("Form")},
    }  # fmt: skip
