"""The operator's reports: filters stand in the address, every figure leads to what lies behind it, and each leaves as a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, render_template, request, url_for
from flask_babel import gettext as _

from models.lists.days import day_of
from models.people.team import Team
from models.support import clock
from models.wallet.reports import papers
from models.wallet.reports.ageing import AGES, HELD, ageing
from models.wallet.reports.balances import balances as balances_of
from models.wallet.reports.income import GROUPS, PARTS, Asked, months, offered
from models.wallet.reports.income import income as income_of
from models.wallet.reports.movements import movements as movements_of
from models.wallet.reports.span import Span
from models.wallet.reports.sums import zone_of_days
from models.wallet.transfer import KINDS
from models.wallet.wallet import CURRENCIES
from views.freight.places import country_name
from views.support.access import current_person, current_team, requires
from views.support.exporting import MIME_TYPES
from views.support.lists import ListPage, list_page, shows
from views.wallet import bp
from views.wallet.everybody import sellers
from views.wallet.report_tabs import report_tab, report_tabs
from views.wallet.tabs import OF_ALL

report_tab(10, lambda: _("Balances"), "wallet.balances")
report_tab(20, lambda: _("Movements"), "wallet.report_movements")
report_tab(30, lambda: _("On hold"), "wallet.report_held")
report_tab(40, lambda: _("Income"), "wallet.report_income")
shows(HELD, "wallet.held")
OF_ALL.append("wallet.held")
MOST_DAYS = 3660


@bp.get("/t/<team>/wallet/reports/")
@requires("wallets.view")
def balances():
    return render_template(
        "wallet/report_balances.html", **_shown("balances", "wallet.balances", _balances(request.args))
    )


@bp.get("/t/<team>/wallet/reports/movements")
@requires("wallets.view")
def report_movements():
    return render_template(
        "wallet/report_movements.html", **_shown("movements", "wallet.report_movements", _movements(request.args))
    )


@bp.get("/t/<team>/wallet/reports/held")
@requires("wallets.view")
def report_held():
    return render_template("wallet/report_held.html", **_shown("held", "wallet.report_held", _held(request.args)))


@bp.get("/t/<team>/wallet/reports/income")
@requires("wallets.view")
def report_income():
    return render_template(
        "wallet/report_income.html", **_shown("income", "wallet.report_income", _income(request.args))
    )


@bp.get("/t/<team>/wallet/held/")
@requires("wallets.view")
def held():
    """The holds behind the ageing, of all teams."""
    found = list_page(HELD)
    if not isinstance(found, ListPage):
        return found
    return render_template("wallet/held.html", list=found, tabs=report_tabs("wallet.report_held"))


@bp.post("/t/<team>/wallet/reports/<name>/exports")
@requires("wallets.view")
def export_report(name: str):
    """What the page of the same address shows."""
    if name not in REPORTS:
        abort(404)
    file_format = request.form.get("format", "")
    file_format = file_format if file_format in papers.FORMATS else papers.FORMATS[0]
    found = REPORTS[name](request.form)
    rows = [*found["rows"], *found["totals"]]
    body = papers.write(
        name, file_format, rows, current_team, by=current_person, kinds=found.get("kinds", ()), group=found["asked"].get("by", "")
    )  # fmt: skip
    answer = Response(body, content_type=MIME_TYPES[file_format])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{_today():%Y-%m-%d}.{file_format}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _shown(name: str, endpoint: str, found: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "tabs": report_tabs(endpoint), "here": url_for(endpoint), "zone": zone_of_days(), **found}


# What an address asks for: what is not on offer is left out


def _balances(args: Mapping[str, str]) -> dict[str, Any]:
    team, currency, told = _whose(args)
    day = day_of(args.get("day", ""))
    day = day if day and day < _today() else None
    found = balances_of(day, team=team, currency=currency)
    return {
        "rows": found.rows,
        "totals": found.totals,
        "day": day,
        "asked": told | {"day": day.isoformat() if day else ""},
        **_offers(),
    }


def _movements(args: Mapping[str, str]) -> dict[str, Any]:
    team, currency, told = _whose(args)
    kind = args.get("kind", "")
    kind = kind if kind in KINDS else ""
    span = _span(args)
    found = movements_of(span, team=team, currency=currency, kind=kind)
    told |= {"kind": kind, "since": span.first.isoformat(), "until": span.last.isoformat()}
    return {
        "rows": found.rows, "totals": found.totals, "kinds": found.kinds, "kind_words": KINDS, "span": span, "asked": told, **_offers(),
        "kind_offers": list(KINDS.items()),
    }  # fmt: skip


def _held(args: Mapping[str, str]) -> dict[str, Any]:
    team, currency, told = _whose(args)
    rows, totals = ageing(team=team, currency=currency)
    return {"rows": rows, "totals": totals, "ages": AGES, "asked": told, **_offers()}


def _income(args: Mapping[str, str]) -> dict[str, Any]:
    team, _currency, told = _whose(args)
    first, last = (_month(args.get(name, ""), other) for name, other in zip(("since", "until"), months(), strict=True))
    offers = offered(current_team)
    by = args.get("by", "")
    chosen = {name: args.get(name, "") if args.get(name, "") in codes else "" for name, codes in offers.items()}
    asked = Asked(
        min(first, last), max(first, last), by if by in GROUPS else "channel", team, country=_country(args.get("country", "")), **chosen
    )  # fmt: skip
    rows, totals = income_of(asked)
    told = {"team": told["team"], "by": asked.by, "channel": asked.channel, "carrier": asked.carrier, "country": asked.country,
            "since": f"{asked.first:%Y-%m}", "until": f"{asked.last:%Y-%m}"}  # fmt: skip
    return {
        "rows": rows, "totals": totals, "asked": told, "groups": GROUPS, "channels": offers["channel"], "carriers": offers["carrier"],
        "country_name": country_name, "days": {"posted_from": asked.first, "posted_to": _last_of(asked.last)}, "last_of": _last_of,
        "freight_kinds": list(PARTS), "leads": _leads, **_offers(),
    }  # fmt: skip


def _leads(endpoint: str, team: str, **asked: Any) -> str:
    """The address of what is asked for. The filter of teams has the name of the team in the address: it is written behind that."""
    address = url_for(endpoint, **{name: value for name, value in asked.items() if value})
    return f"{address}&team={team}" if team else address


REPORTS = {"balances": _balances, "movements": _movements, "held": _held, "income": _income}


def _whose(args: Mapping[str, str]) -> tuple[Team | None, str, dict[str, str]]:
    """A team and a currency, and both as the address says them."""
    team = {one.slug: one for one in sellers()}.get(args.get("team", ""))
    currency = args.get("currency", "")
    currency = currency if currency in CURRENCIES else ""
    return team, currency, {"team": team.slug if team else "", "currency": currency}


def _offers() -> dict[str, Any]:
    return {"teams": [(one.slug, one.name) for one in sellers()], "currencies": CURRENCIES}


def _span(args: Mapping[str, str]) -> Span:
    """This month where nothing else is asked for."""
    last = min(day_of(args.get("until", "")) or _today(), _today())
    first = day_of(args.get("since", "")) or last.replace(day=1)
    return Span(max(min(first, last), last - timedelta(days=MOST_DAYS)), last)


def _month(text: str, other: date) -> date:
    day = day_of(f"{text[:7]}-01")
    return day or other


def _last_of(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _country(text: str) -> str:
    code = text.strip().upper()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""


def _today() -> date:
    return clock.local(clock.now(), zone_of_days()).date()
