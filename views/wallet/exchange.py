"""Exchanging between two wallets of a team: what comes out is shown first, and only that is done."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from models.support.errors import Refused
from models.support.money import Money
from models.support.words import say
from models.wallet.mending import exchange as do_exchange
from models.wallet.rate import Exchange
from models.wallet.reaching import RECHARGE, sees_whole
from models.wallet.wallet import Wallet
from views.support import format as figures
from views.support.access import current_person, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.wallet import bp
from views.wallet.tabs import room_tabs, tab

tab(40, lambda: _("Exchange"), "wallet.exchange", RECHARGE, is_theirs=lambda: sees_whole(reach))


@bp.get("/t/<team>/wallet/exchange")
@requires("wallet.recharge")
def exchange():
    form = Form(request.args.to_dict())
    offered = _asked(form) if "amount" in request.args else None  # What else an address says is no question.
    if offered is not None:
        own = _wallets()[offered.given.currency].left
        enough = offered.given.amount_minor <= own.amount_minor
        form.expect(enough, "amount", say("Only %(left)s can be exchanged.", left=_text(own)))
        offered = offered if enough else None
    return render_template("wallet/exchange.html", is_question=True, **_parts(form, offered))


@bp.post("/t/<team>/wallet/exchange")
@requires("wallet.recharge")
@fresh
def make_exchange():
    """`received` is what was shown: another rate since then asks again. `key` lets a form that was sent twice act once."""
    form = Form.read()
    key, shown = form.uid("key"), form.integer("received", required=True, most=10**14)
    offered = _asked(form)
    if offered is None or key is None:
        return invalid("wallet/exchange.html", **_parts(form, offered))
    if offered.received.amount_minor != shown:
        form.fail("amount", say("The rate has changed meanwhile. Look at what comes out now."))
        return invalid("wallet/exchange.html", **_parts(form, offered))
    wallets = _wallets()
    source, target = wallets[offered.given.currency], wallets[offered.received.currency]
    try:
        do_exchange(
            source,
            target,
            offered.given.amount_minor,
            offered.rate,
            key=f"exchange:{source.uid}:{key}",
            by=current_person,
        )
    except Refused as refused:
        form.fail("amount", refused.words)
        return invalid("wallet/exchange.html", **_parts(form, None))
    words = say("%(given)s became %(received)s.", given=_text(offered.given), received=_text(offered.received))
    return go(url_for("wallet.index", wallet=target.currency), toast=words)


def _asked(form: Form) -> Exchange | None:
    """What the form asks for at the rate of the day; None with a word beside the field."""
    wallets = _wallets()
    given, into = form.choice("given", wallets), form.choice("into", wallets)
    form.expect(given != into or not given, "into", say("Choose another wallet."))
    amount = form.money("amount", given or "CNY", required=True)
    form.expect(amount != 0, "amount", say("An amount is more than nothing."))
    if not form.ok or amount is None:
        return None
    try:
        offered = Exchange.of(Money(amount, given), into)
    except Refused as refused:
        form.fail("into", refused.words)
        return None
    form.expect(offered.received.amount_minor, "amount", say("This is too little to exchange."))
    return offered if form.ok else None


def _wallets() -> dict[str, Wallet]:
    """The money of the whole team is moved by who sees the whole of it."""
    if not sees_whole(reach):
        abort(403)
    return {one.currency: one for one in Wallet.of_team(reach.team_id) if one.state == "active"}


def _parts(form: Form, offered: Exchange | None) -> dict[str, Any]:
    wallets = _wallets()
    return {
        "form": form, "offered": offered, "wallets": list(wallets.values()), "key": uuid.uuid4(), "tabs": room_tabs("wallet.exchange"),
        "choices": [(one.currency, one.label) for one in wallets.values()],
        "own_money": [(one.label, figures.money(one.left.amount_minor, one.currency)) for one in wallets.values()],
        "labels": {"given": _("From"), "into": _("To"), "amount": _("Amount")},
    }  # fmt: skip


def _text(amount: Money) -> str:
    return f"{amount.text()} {amount.currency}"
