"""Exchange rates by day: what counts, where it comes from, a rate by hand, and how the bank was asked."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Context, Decimal
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from models.freight.day_rate import HAND, HOME, OLDEST, DayRate, Rate, counting, today
from models.freight.rate_fetch import RateFetch
from models.support.job_run import wake
from models.support.words import say
from views.freight import bp
from views.freight.currencies import currencies, currency_name
from views.freight.tabs import room_tabs, tab
from views.support import format as figures
from views.support.access import current_person, current_team, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.lines import line_points
from views.support.waiting import waiting

SPAN, SIX = timedelta(days=90), Context(prec=6)
LATE = 2  # So many days of the bank may be out and not here before it is told.
SOURCES = {
    "bank": say("European Central Bank"),
    "history": say("European Central Bank (history)"),
    HAND: say("by hand"),
}

tab(70, lambda: _("Exchange rates"), "freight.rates")


def is_late() -> bool:
    behind = DayRate.days_behind()
    return behind is None or behind >= LATE


waiting(
    lambda: _("Exchange rates are late"),
    lambda: int(reach.team.is_operator and is_late()),
    lambda: url_for("freight.rates"),
    permission="freight.edit",
    icon="banknote",
)


@bp.get("/t/<team>/freight/rates/")
@requires("freight.view")
def rates():
    return render_template("freight/rates.html", form=Form(), **_board())


def _board() -> dict[str, Any]:
    """What counts on a day: the one asked for, else today."""
    asked = Form(request.args)
    day = _day_asked(asked)
    found, before = counting(current_team.id, day), counting(current_team.id, day - timedelta(days=7))
    return {
        **_shared(), "day": day, "asked": asked, "home": HOME,
        "rows": [_row(rate, before.get(rate.currency), day) for rate in found.values()],
        "behind": DayRate.days_behind(), "is_late": is_late(), "newest": DayRate.newest_of_bank(),
        "fetches": RateFetch.latest(8), "oldest": OLDEST.days,
    }  # fmt: skip


def _day_asked(asked: Form) -> date:
    """The day to look at: today, unless another is asked for that has days before it."""
    day = asked.day("day") or today()
    return day if asked.ok else today()


def _shared() -> dict[str, Any]:
    return {
        "tabs": room_tabs("freight.rates"), "may_edit": reach.may("freight.edit"), "is_operator": current_team.is_operator,
        "sources": SOURCES, "currencies": currencies(), "currency_name": currency_name, "today": today(),
        "short": short,
    }  # fmt: skip


def _row(rate: Rate, before: Rate | None, day: date) -> dict[str, Any]:
    change = (rate.cny / before.cny - 1) if before else None
    return {"rate": rate, "change": change, "age": (day - rate.day).days, "url": url_for(".rate", code=rate.currency)}


@bp.get("/t/<team>/freight/rates/<code>")
@requires("freight.view")
def rate(code: str):
    return render_template("freight/rate.html", form=Form(), **_course(code))


def _course(code: str) -> dict[str, Any]:
    """A currency's rates of ninety days up to the one asked for, and the line they make."""
    if code not in dict(currencies()) or code == HOME:
        abort(404)
    asked = Form(request.args)
    last = _day_asked(asked)
    rows = DayRate.course(current_team.id, code, last - SPAN, last)
    line = _counting_days(rows)
    numbers = [cny for _day, cny in line]
    return {
        **_shared(), "code": code, "rows": rows, "asked": asked, "last": last, "line": line_points(numbers),
        "first_day": line[0][0] if line else None, "last_day": line[-1][0] if line else None,
        "least": min(numbers, default=None), "most": max(numbers, default=None),
        "counts": counting(current_team.id, last).get(code), "counting_ids": _ids(rows),
    }  # fmt: skip


def _best(rows: list[DayRate]) -> dict[date, DayRate]:
    """Which of a day's rows counts for it."""
    best: dict[date, DayRate] = {}
    for row in rows:
        weight = (row.team_id is not None, row.source == HAND, row.id)
        before = best.get(row.day)
        if row.withdrawn_at is None and (
            before is None or weight > (before.team_id is not None, before.source == HAND, before.id)
        ):
            best[row.day] = row
    return best


def _counting_days(rows: list[DayRate]) -> list[tuple[date, Decimal]]:
    return sorted((day, row.cny) for day, row in _best(rows).items())


def _ids(rows: list[DayRate]) -> set[int]:
    return {row.id for row in _best(rows).values()}


def short(cny: Decimal) -> str:
    """A rate in six significant digits, as banks write them."""
    return figures.decimal(SIX.plus(cny))


@bp.post("/t/<team>/freight/rates/")
@requires("freight.edit")
def give_rate():
    form = Form.read()
    currency = form.choice("currency", [code for code, _name in currencies()])
    day = form.day("day", required=True)
    cny = form.decimal("cny", required=True, most=Decimal(1_000_000), places=10)
    for_all = form.flag("for_all") and current_team.is_operator
    if form.ok:
        with form.refusals():
            DayRate.give(current_team, currency, day, cny, for_all=for_all, by=current_person)  # type: ignore[arg-type]
    if not form.ok:
        return invalid("freight/rates.html", form=form, **_board())
    return go(url_for(".rate", code=currency), toast=say("The rate is kept."))


@bp.post("/t/<team>/freight/rates/<uuid:uid>/withdrawal")
@requires("freight.edit")
def withdraw_rate(uid: uuid.UUID):
    found = DayRate.by_hand_of(current_team, uid) or abort(404)
    found.withdraw(current_team, by=current_person)
    return go(
        url_for(".rate", code=found.currency),
        toast=say("The rate is withdrawn. What was there before it counts again."),
    )


@bp.post("/t/<team>/freight/rates/fetch")
@requires("freight.edit")
def fetch_rates():
    """Asks the bank soon; the operator's alone."""
    if not current_team.is_operator:
        abort(403)
    wake("rates.fetch")
    return go(url_for(".rates"), toast=say("The bank is asked. Look again in a moment."))
