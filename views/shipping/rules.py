"""A team's own rule for channels, for all countries and for those that want another."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for

from models.shipping.channel_rule import MOST_DAYS, ChannelRule
from models.support.words import say
from views.freight.places import countries, country_name
from views.shipping import bp
from views.support.access import current_person, current_team, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid


@dataclass(frozen=True)
class Line:
    """A rule with the codes of the channels it leaves out."""

    rule: ChannelRule
    place: str
    without: str


@bp.get("/t/<team>/shipping/rules/")
@requires("parcels.edit")
def rules():
    """`?country=DE` (empty: for all others) opens the form with what stands there."""
    return render_template("shipping/rules.html", form=_opened(request.args.get("country")), **_parts())


@bp.post("/t/<team>/shipping/rules/")
@requires("parcels.edit")
def keep_rule():
    form = Form.read()
    country = form.choice("country", [code for code, _name in countries()], required=False)
    days = form.integer("days", least=1, most=MOST_DAYS)
    channels = {str(channel.uid): channel for channel in ChannelRule.channels(reach.team_id)}
    without = [channels[uid] for uid in form.choices("without", channels)]
    if form.ok:
        with form.refusals():
            ChannelRule.keep(current_team, country, days=days, without=without, by=current_person)
    if not form.ok:
        return invalid("shipping/rules.html", form=form, **_parts())
    return go(url_for("shipping.rules"), toast=say("The rule is kept."))


@bp.post("/t/<team>/shipping/rules/<uuid:uid>/removal")
@requires("parcels.edit")
def remove_rule(uid: uuid.UUID):
    reach.get(ChannelRule, uid).remove(by=current_person)
    return go(url_for("shipping.rules"), toast=say("The rule is removed."))


def _opened(country: str | None) -> Form:
    found = next((one for one in ChannelRule.of_team(reach.team_id) if one.country == country), None)
    if found is None:
        return Form({})
    without = [str(channel.uid) for channel in ChannelRule.channels(reach.team_id) if channel.id in found.without]
    return Form({"country": found.country, "days": found.days, "without": without})


def _parts() -> dict[str, Any]:
    channels = ChannelRule.channels(reach.team_id)
    lines = [
        Line(
            rule,
            country_name(rule.country) if rule.country else "",
            ", ".join(channel.code for channel in channels if channel.id in rule.without),
        )
        for rule in ChannelRule.of_team(reach.team_id)
    ]
    named = [(str(channel.uid), f"{channel.code} · {channel.name}") for channel in channels]
    return {"lines": lines, "countries": countries(), "channels": named}
