"""What is on hold for parcels that were not weighed in yet, and when each hold ends by itself."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _

from models.wallet.hold import DAYS
from models.wallet.lists import HOLDS
from views.support.access import reach, requires
from views.support.lists import ListPage, list_page, shows
from views.wallet import bp
from views.wallet.tabs import room_tabs, tab

tab(20, lambda: _("On hold"), "wallet.holds")
shows(HOLDS, "wallet.holds")


@bp.get("/t/<team>/wallet/holds/")
@requires("wallet.view")
def holds():
    found = list_page(HOLDS)
    if not isinstance(found, ListPage):
        return found
    return render_template(
        "wallet/holds.html",
        list=found,
        tabs=room_tabs("wallet.holds"),
        days=DAYS,
        may_see_parcels=reach.may("parcels.view"),
    )


def open_holds_url() -> str:
    return url_for("wallet.holds", view="open", state="pending")
