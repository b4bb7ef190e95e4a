"""What the operator agreed to of carriers' bills: in which wallet it is, or why it is in none yet."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _

from models.support.job_run import wake
from models.support.words import say
from models.wallet.bill_list import WALLET_BILLS
from models.wallet.billing import JOB
from models.wallet.needs import bills_in_no_wallet
from models.wallet.reaching import MANAGE
from views.support.access import fresh, reach, requires
from views.support.hypermedia import go
from views.support.lists import ListPage, list_page, shows
from views.support.waiting import waiting
from views.wallet import bp
from views.wallet.tabs import all_tab, all_tabs

all_tab(38, lambda: _("Bill differences"), "wallet.bills")
shows(WALLET_BILLS, "wallet.bills")
waiting(
    lambda: _("Bill differences that no wallet takes"),
    bills_in_no_wallet,
    lambda: url_for("wallet.bills", view="waiting", look="waiting"),
    permission=MANAGE,
    icon="scale",
)


@bp.get("/t/<team>/wallet/bills/")
@requires("wallets.view")
def bills():
    found = list_page(WALLET_BILLS)
    if not isinstance(found, ListPage):
        return found
    return render_template("wallet/bills.html", list=found, tabs=all_tabs("wallet.bills"), may_manage=reach.may(MANAGE))


@bp.post("/t/<team>/wallet/bills/again")
@requires("wallets.manage")
@fresh
def bills_again():
    """What waits is tried anyway every ten minutes; whoever just opened a wallet need not wait."""
    wake(JOB)
    return go(url_for("wallet.bills", view="waiting", look="waiting"), toast=say("What waits is tried again."))
