"""Labels, packing slips and pick lists: asked for, waited for, fetched once by a link of one's own."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, current_app, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

import models.shipping.papers.bulk  # noqa: F401 (what the list of parcels can do with paper)
from models.shipping.lists import PARCELS
from models.shipping.papers.kinds import KINDS, Kind
from models.shipping.papers.link import contents, make_link, spend
from models.shipping.papers.making import PaperFolder
from models.shipping.papers.paper import MOST_PARCELS, Paper
from models.shipping.parcel import Parcel
from models.shipping.ship_from import ShipFrom
from models.support.words import say
from views.lists.bulk import asks_more
from views.shipping import bp
from views.shipping.numbers import chosen_of
from views.shipping.tabs import room_tabs, tab
from views.support.access import current_person, current_session, reach, requires
from views.support.exporting import attachment
from views.support.forms import Form
from views.support.hypermedia import go, invalid, show
from views.support.language import choose_zone

asks_more(PARCELS, "print", "shipping.print_parcels", "parcels")
tab(70, lambda: _("Papers"), "shipping.papers", "parcels.edit")


@bp.get("/t/<team>/shipping/papers/")
@requires("parcels.edit")
def papers():
    """The fragment asks again while something is being made."""
    mine = Paper.mine(reach)
    return show(
        "shipping/papers.html", fragment="shipping/_papers.html", papers=mine, is_busy=any(one.is_open for one in mine),
        tabs=room_tabs("shipping.papers"),
    )  # fmt: skip


@bp.get("/t/<team>/shipping/papers/new")
@requires("parcels.edit")
def print_parcels():
    """What of the chosen parcels can be printed."""
    return render_template("shipping/print.html", **_parts(chosen_of(request.args.getlist("parcels")), Form()))


@bp.post("/t/<team>/shipping/papers/")
@requires("parcels.edit")
def ask_for_paper():
    form = Form.read()
    chosen = chosen_of(form.values("parcels"))
    kind = KINDS.get(form.choice("kind", KINDS))
    if kind is None or not form.ok:
        return invalid("shipping/print.html", **_parts(chosen, form))
    if not all(kind.allowed(reach, parcel.store_id) for parcel in chosen):
        abort(403)
    Paper.ask(reach, kind, chosen, language=str(get_locale() or "en"), zone=choose_zone())
    return go(url_for("shipping.papers"), toast=say("It is being made. You find it here when it is ready."))


@bp.post("/t/<team>/shipping/papers/<uuid:uid>/links")
@requires("parcels.edit")
def paper_link(uid: uuid.UUID):
    """Makes a link for this session and follows it."""
    token = make_link(Paper.mine_of(reach, uid), current_session)
    return redirect(url_for("shipping.paper_download", token=token), 303)


@bp.get("/t/<team>/shipping/papers/downloads/<token>")
@requires("parcels.edit")
def paper_download(token: str):
    """Every link that is not good is a 404. Looking at the head alone uses nothing up."""
    if request.method != "GET":
        abort(404)
    paper = spend(token, reach, current_session)
    return attachment(paper, contents(paper, _folder()), paper.size_bytes)


@bp.post("/t/<team>/shipping/papers/<uuid:uid>/deletion")
@requires("parcels.edit")
def delete_paper(uid: uuid.UUID):
    paper = Paper.mine_of(reach, uid)
    paper.delete_file(by=current_person)
    _folder().remove(paper.file_name)
    return go(url_for("shipping.papers"), toast=say("The paper is deleted."))


def _folder() -> PaperFolder:
    return PaperFolder(current_app.config["SETTINGS"].data)


def _parts(chosen: list[Parcel], form: Form) -> dict[str, Any]:
    return {
        "chosen": chosen, "form": form, "kinds": [_offer(kind, chosen) for kind in KINDS.values()], "most": MOST_PARCELS,
        "has_sender": ShipFrom.of(reach.team_id) is not None,
    }  # fmt: skip


def _offer(kind: Kind, chosen: list[Parcel]) -> dict[str, Any]:
    """How many of the parcels would be on it, and whether this person may have it."""
    fit = sum(kind.unfit(parcel) is None for parcel in chosen)
    return {"kind": kind, "fit": fit, "is_allowed": all(kind.allowed(reach, parcel.store_id) for parcel in chosen)}
