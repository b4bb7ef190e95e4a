"""The operator's list of all wallets, and opening one."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from models.people.team import Team
from models.support.words import say
from models.wallet.lists import WALLETS
from models.wallet.reaching import MANAGE
from models.wallet.wallet import CURRENCIES, Wallet
from views.support.access import current_person, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.lists import ListPage, list_page, shows
from views.support.shell import place
from views.wallet import bp
from views.wallet.tabs import OF_ALL, all_tab, all_tabs

place("portal", 18, lambda: _("Wallets"), "banknote", "wallet.everybody", "wallets.view", also=lambda: OF_ALL)
all_tab(10, lambda: _("Wallets"), "wallet.everybody")
shows(WALLETS, "wallet.everybody")


@bp.get("/t/<team>/wallet/all/")
@requires("wallets.view")
def everybody():
    found = list_page(WALLETS)
    if not isinstance(found, ListPage):
        return found
    return render_template(
        "wallet/everybody.html", list=found, tabs=all_tabs("wallet.everybody"), may_open=reach.may(MANAGE)
    )


@bp.get("/t/<team>/wallet/all/new")
@requires("wallets.manage")
def new_wallet():
    return render_template("wallet/open.html", form=Form(), **_parts())


@bp.post("/t/<team>/wallet/all/")
@requires("wallets.manage")
@fresh
def open_wallet():
    form, teams = Form.read(), {team.slug: team for team in sellers()}
    team, currency = teams.get(form.choice("owner", teams)), form.choice("currency", CURRENCIES)
    opened = None
    if form.ok and team is not None:
        with form.refusals():
            opened = Wallet.open_for(team, currency, by=current_person)
    if opened is None:
        return invalid("wallet/open.html", form=form, **_parts())
    return go(
        url_for("wallet.wallet", uid=opened.uid), toast=say("The wallet %(wallet)s is open.", wallet=opened.label)
    )


def sellers() -> list[Team]:
    return [team for team in Team.everyone() if not team.is_operator]


def _parts() -> dict[str, Any]:
    return {
        "teams": [(team.slug, team.name) for team in sellers()], "currencies": [(code, code) for code in CURRENCIES],
        "labels": {"owner": _("Team"), "currency": _("Currency")},
    }  # fmt: skip
