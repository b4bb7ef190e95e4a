"""Channels: the shipping services a team may choose from. Its own are made and changed here; the operator's are looked at."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.freight.carrier import Carrier
from models.freight.channel import INCLUDES, KINDS, LABEL_APIS, Channel
from models.freight.engine.card import Card
from models.freight.lists import CHANNELS, whose
from models.freight.rate_card import RateCard
from models.support.words import say
from views.audit.objects import leads
from views.freight import bp
from views.freight.tabs import room_tabs, tab
from views.support.access import current_person, current_team, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.lists import ListPage, list_page, shows, viewer

tab(50, lambda: _("Channels"), "freight.channels")
shows(CHANNELS, "freight.channels")
leads("channel", Channel, "freight.view", lambda one: url_for("freight.channel", uid=one.uid))


@bp.get("/t/<team>/freight/channels/")
@requires("freight.view")
def channels():
    found = list_page(CHANNELS)
    if not isinstance(found, ListPage):
        return found
    return render_template("freight/channels.html", list=found, tabs=room_tabs("freight.channels"))


@bp.get("/t/<team>/freight/channels/<uuid:uid>")
@requires("freight.view")
def channel(uid: uuid.UUID):
    found = Channel.get_visible(reach, uid)
    is_own = found.team_id == current_team.id
    return render_template(
        "freight/channel.html",
        channel=found,
        is_own=is_own,
        may_edit=is_own and reach.may("freight.edit"),
        whose=whose(found, viewer()),
        versions=RateCard.versions_of(found, reach),
        lines=lines_of(events_about(found, 20)) if is_own else [],
    )


@bp.get("/t/<team>/freight/channels/new")
@requires("freight.edit")
def new_channel():
    return render_template("freight/channel_form.html", form=Form({"label_api": "none"}), channel=None, **offered())


@bp.post("/t/<team>/freight/channels/")
@requires("freight.edit")
def make_channel():
    form = Form.read()
    code, values = form.text("code", required=True, most=40), read(form)
    carrier = form.choice("carrier", [str(one.uid) for one in Carrier.of_team(current_team)])
    if form.ok:
        with form.refusals():
            made = Channel.make(current_team, reach.get(Carrier, carrier), code=code, by=current_person, **values)
    if not form.ok:
        return invalid("freight/channel_form.html", form=form, channel=None, **offered())
    return go(url_for(".channel", uid=made.uid), toast=say("The channel is saved."))


@bp.get("/t/<team>/freight/channels/<uuid:uid>/edit")
@requires("freight.edit")
def edit_channel(uid: uuid.UUID):
    found = reach.get(Channel, uid)
    return render_template("freight/channel_form.html", form=Form(shown(found)), channel=found, **offered())


@bp.post("/t/<team>/freight/channels/<uuid:uid>")
@requires("freight.edit")
def save_channel(uid: uuid.UUID):
    found, form = reach.get(Channel, uid), Form.read()
    values = read(form)
    if form.ok:
        with form.refusals():
            found.edit(by=current_person, **values)
    if not form.ok:
        return invalid("freight/channel_form.html", form=form, channel=found, **offered())
    return go(url_for(".channel", uid=uid), toast=say("The channel is saved."))


@bp.post("/t/<team>/freight/channels/<uuid:uid>/offer")
@requires("freight.edit")
def switch_channel(uid: uuid.UUID):
    """On or off, as the button said."""
    reach.get(Channel, uid).switch(Form.read().flag("is_active"), by=current_person)
    return go(url_for(".channel", uid=uid))


@bp.post("/t/<team>/freight/channels/<uuid:uid>/drafts")
@requires("freight.edit")
def draft_by_hand(uid: uuid.UUID):
    """An empty price sheet, to be filled cell by cell."""
    found = reach.get(Channel, uid)
    made = RateCard.draft(found, Card(found.code), by=current_person)
    return go(
        url_for(".cells", uid=made.uid, kind="card"),
        toast=say("Version %(version)s is a draft now.", version=made.version),
    )


def offered() -> dict[str, Any]:
    """What the form offers to choose from."""
    return {
        "carriers": [(str(one.uid), f"{one.code} · {one.name}") for one in Carrier.of_team(current_team)],
        "kinds": [(key, str(words)) for key, words in KINDS.items()],
        "label_apis": [(key, str(words)) for key, words in LABEL_APIS.items()],
    }


def read(form: Form) -> dict[str, Any]:
    return {
        "name": form.text("name", required=True, most=80),
        "name_cn": form.text("name_cn", most=80),
        "kind": form.choice("kind", KINDS),
        "label_api": form.choice("label_api", LABEL_APIS),
        **{name: form.flag(name) for name in INCLUDES},
    }


def shown(channel: Channel) -> dict[str, Any]:
    names = ("code", "name", "name_cn", "kind", "label_api", *INCLUDES)
    return {name: getattr(channel, name) for name in names} | {"carrier": str(channel.carrier.uid)}
