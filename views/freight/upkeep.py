"""What the pages of fuel, remote areas and surcharges share: one tab of the room, three parts of it, and where they are told of."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from models.freight.dated import Span
from models.freight.day_rate import today
from models.freight.upkeep import Series, to_tend
from models.support.words import Words, say
from views.freight.tabs import room_tabs, tab
from views.support import format as figures
from views.support.access import current_team, reach
from views.support.waiting import waiting
from views.workload.queues import leads

tab(60, lambda: _("Fuel and areas"), "freight.fuel")


def parts(current: str) -> dict[str, Any]:
    """The tabs of the room and, below them, the parts of this one."""
    named = (
        ("freight.fuel", _("Fuel")), ("freight.remote", _("Remote areas")), ("freight.surcharges", _("Surcharges by hand")),
    )  # fmt: skip
    return {
        "tabs": room_tabs("freight.fuel"),
        "parts": [{"label": label, "url": url_for(name), "is_current": name == current} for name, label in named],
        "may_edit": reach.may("freight.edit"),
    }


def is_own(record: Any) -> bool:
    return record.team_id == current_team.id


def standing_words(series: Series) -> tuple[str, str]:
    """How a table of fuel rates stands: a tone and words."""
    if not series.held:
        return "neutral", _("none: the price sheets' own count")
    left = series.days_left
    if left is not None and left < 0:
        return "bad", _("ended on %(day)s, no next rate", day=figures.day(series.held[-1].span.last))
    if series.ends:
        return "warn", ngettext("ends in %(num)s day, no next rate", "ends in %(num)s days, no next rate", left)
    if series.gaps:
        return "warn", _("no rate %(days)s", days=series.gaps[0].words)
    if series.now is None:
        return "info", _("begins on %(day)s", day=figures.day(series.held[0].span.first))
    return "ok", _("in force")


def span_words(span: Span) -> tuple[str, Words]:
    """Where a span of days stands today: a tone and words."""
    if span.holds(today()):
        return "ok", say("in force")
    return ("info", say("to come")) if span.first > today() else ("neutral", say("over"))


def tended() -> list[Series]:
    """What the team has to look after, asked once a page."""
    if "fuel_to_tend" not in g:
        g.fuel_to_tend = to_tend(reach.team_id)
    return g.fuel_to_tend


def _told() -> str:
    worst = min(tended(), key=lambda one: one.days_left if one.days_left is not None else 99)
    return _("Fuel rates: %(code)s %(how)s", code=worst.code, how=standing_words(worst)[1])


leads("fuel_rates", lambda: url_for("freight.fuel"), "freight.edit")
waiting(_told, lambda: len(tended()), lambda: url_for("freight.fuel"), permission="freight.edit", icon="calendar")
