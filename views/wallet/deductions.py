"""A team's wallet: what is left, held and charged, and the table of deductions. The page asks every two seconds whether anything was
posted, is told 304 while nothing was, and else gets the figures and the new rows alone."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from models.lists.layout import ListLayout
from models.lists.list_of import Shown
from models.support import clock
from models.support.money import Money
from models.support.paging import Page
from models.wallet.around import around
from models.wallet.figures import FREIGHT, Figures
from models.wallet.mending import other_side
from models.wallet.movements import TRANSFERS
from models.wallet.newest import MOST_NEW, newer
from models.wallet.reaching import RECHARGE, own_transfer, own_wallet, sees_whole
from models.wallet.wallet import Wallet
from views.audit.objects import leads
from views.freight.places import country_name
from views.support import format as figures
from views.support.access import current_person, current_team, reach, requires
from views.support.charts import spark_points
from views.support.language import choose_zone
from views.support.lists import ListPage, index_of, kept, list_page, shows, steps, viewer
from views.support.shell import place
from views.wallet import bp
from views.wallet.tabs import room_tabs, tab

place("selling", 35, lambda: _("Wallet"), "wallet", "wallet.index", "wallet.view", unless="wallets.view")
tab(10, lambda: _("Wallet"), "wallet.index")
shows(TRANSFERS, "wallet.index")
leads("wallet", Wallet, "wallet.view", lambda one: url_for("wallet.index", wallet=one.currency))


@bp.get("/t/<team>/wallet/")
@requires("wallet.view")
def index():
    wallets = {one.id: one for one in Wallet.of_team(reach.team_id)}  # Before the rows: they are as new, or newer.
    found = list_page(TRANSFERS)
    if not isinstance(found, ListPage):
        return found
    chosen = found.asked.value("wallet")
    if not chosen or chosen[0].value not in wallets:
        return render_template("wallet/none.html", tabs=room_tabs("wallet.index"))
    wallet = wallets[chosen[0].value]
    is_top = not found.page.previous_key and not found.asked.sort
    since = max((row.id for row in found.page), default=0) if is_top else None
    return render_template(
        "wallet/index.html", list=found, wallets=list(wallets.values()), tabs=room_tabs("wallet.index"),
        may_recharge=reach.may(RECHARGE), **shown(wallet, found, since), **rows_need(),
    )  # fmt: skip


@bp.get("/t/<team>/wallet/<currency>/figures")
@requires("wallet.view")
def figures_now(currency: str):
    """The figures, and the rows posted after the one of `since`. `since` is missing where no rows are wanted."""
    wallet = own_wallet(reach, currency)
    looking = viewer()
    asked = TRANSFERS.read(request.args.to_dict(flat=False), looking)
    tag = stamp(wallet)
    if request.if_none_match.contains_weak(tag):
        answer = Response(status=304)
        answer.set_etag(tag, weak=True)
        return answer
    since = request.args.get("since", type=int)
    rows = newer(looking, asked, since, wallet) if since is not None else []
    if rows and (not since or len(rows) > MOST_NEW):  # There is no table yet, or it is far behind.
        answer = Response(status=204)
        answer.headers["HX-Refresh"] = "true"
        return answer
    looking.around = around(looking, rows)
    layout = ListLayout.of(current_person, current_team, TRANSFERS)
    fresh = ListPage(TRANSFERS, looking, asked, layout, Shown(Page(rows[::-1]), len(rows)), index_of(TRANSFERS), [])
    since = rows[0].id if rows else since
    answer = make_response(
        render_template("wallet/_fresh.html", list=fresh, **shown(wallet, fresh, since), **rows_need())
    )
    answer.set_etag(tag, weak=True)
    return answer


@bp.get("/t/<team>/wallet/transfers/<uuid:uid>")
@requires("wallet.view")
def transfer(uid: uuid.UUID):
    """One transfer with all that explains it, each with the way to its page."""
    found = own_transfer(reach, uid)
    looking = viewer()
    beside = around(looking, [found])
    parcel: Any = beside.parcel(found)
    store = parcel.store_id if parcel else None
    other = other_side(found)
    return render_template(
        "wallet/transfer.html", other=other, other_url=url_for("wallet.transfer", uid=other.uid) if other else "", transfer=found, around=beside, parcel=parcel, country=country_name(parcel.country) if parcel else "",
        sheet=beside.sheet(found), reversal=found.reversals.first(), may_see_quotes=reach.may("freight.view"),
        may_see_parcels=parcel is not None and reach.may("parcels.view", store),
        may_see_orders=parcel is not None and reach.may("orders.view", store), **steps(TRANSFERS, found),
    )  # fmt: skip


def shown(wallet: Wallet, found: ListPage, since: int | None) -> dict[str, Any]:
    """What the figures say, and how the page asks again."""
    now = Figures.of(wallet, choose_zone())
    told = _(
        "Balance of the last 30 days, from %(first)s to %(last)s", first=_money(now.before), last=_money(wallet.balance)
    )
    address = url_for("wallet.figures_now", currency=wallet.currency)
    return {
        "wallet": wallet, "now": now, "freight_kinds": FREIGHT, "points": spark_points(now.balances), "trend": told, "since": since,
        "is_whole": sees_whole(reach), "tag": f'W/"{stamp(wallet)}"', "poll_url": f"{address}?{kept(found.asked)}".rstrip("?"),
    }  # fmt: skip


def rows_need() -> dict[str, Any]:
    """What the cells of a row ask of the page."""
    return {"may_see_orders": reach.may("orders.view"), "may_see_parcels": reach.may("parcels.view")}


def stamp(wallet: Wallet) -> str:
    """Changes with everything the figures show, and with who looks."""
    seen = (
        wallet.id, wallet.version, wallet.state, wallet.reason, wallet.credit_limit_minor, wallet.alert_below_minor, wallet.is_low,
        clock.local(clock.now(), choose_zone()).date(), current_person.id, choose_zone(), str(get_locale()),
        sorted(reach.permissions), sees_whole(reach),
    )  # fmt: skip
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:24]


def _money(amount: Money) -> str:
    return figures.money(amount.amount_minor, amount.currency)
