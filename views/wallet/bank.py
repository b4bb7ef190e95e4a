"""What the bank says beside what teams asked for: the overview of a span of days, the list of lines, and one line with what it may be."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.lists.days import day_of
from models.support.words import Words, say
from models.wallet.bank.file import BankFile
from models.wallet.bank.line import BankLine
from models.wallet.bank.listing import BANK_LINES, MOST_DAYS, Open, days_of
from models.wallet.bank.matching import DAYS, candidates, match_all
from models.wallet.reaching import DECIDE, any_of
from models.wallet.recharge import Recharge
from models.wallet.wallet import CURRENCIES
from views.audit.objects import leads
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.lists import ListPage, list_page, shows, steps
from views.support.paging import pager
from views.wallet import bp
from views.wallet.report_tabs import report_tab, report_tabs, today

report_tab(50, lambda: _("Bank"), "wallet.bank")
shows(BANK_LINES, "wallet.bank_lines")
leads("bank_line", BankLine, "wallets.view", lambda one: url_for("wallet.bank_line", uid=one.uid))
leads("bank_file", BankFile, "wallets.view", lambda one: url_for("wallet.bank_file", uid=one.uid))


@bp.get("/t/<team>/wallet/bank/")
@requires("wallets.view")
def bank():
    return render_template("wallet/bank.html", **bank_parts(Form()))


@bp.post("/t/<team>/wallet/bank/matches")
@requires("wallets.decide")
def look_for_matches():
    """Once more, since teams may have asked for recharges after the file came."""
    found = match_all(reach.team_id)
    return go(url_for("wallet.bank"), toast=say("%(count)s matches are suggested.", count=found))


@bp.get("/t/<team>/wallet/bank/lines/")
@requires("wallets.view")
def bank_lines():
    found = list_page(BANK_LINES)
    if not isinstance(found, ListPage):
        return found
    return render_template("wallet/bank_lines.html", list=found, tabs=report_tabs("wallet.bank"))


@bp.get("/t/<team>/wallet/bank/lines/<uuid:uid>")
@requires("wallets.view")
def bank_line(uid: uuid.UUID):
    found = reach.get(BankLine, uid)
    return render_template("wallet/bank_line.html", **_line_parts(found, Form()), **steps(BANK_LINES, found))


@bp.post("/t/<team>/wallet/bank/lines/<uuid:uid>/match")
@requires("wallets.decide")
def match_line(uid: uuid.UUID):
    """Says where the money was seen. Whether the recharge is approved is decided on its own page, by its own rules."""
    found, form = reach.get(BankLine, uid), Form.read()
    number, reason = form.uid("recharge"), form.text("reason", most=200)
    return _acted(
        found,
        form,
        lambda: found.match(any_of(Recharge, reach, number), reason=reason, by=current_person),
        say("%(line)s is matched.", line=found.label),
    )


@bp.post("/t/<team>/wallet/bank/lines/<uuid:uid>/undoing")
@requires("wallets.decide")
def undo_match(uid: uuid.UUID):
    found = reach.get(BankLine, uid)
    return _acted(found, Form.read(), lambda: found.undo(by=current_person), say("The match is taken back."))


@bp.post("/t/<team>/wallet/bank/lines/<uuid:uid>/setting_aside")
@requires("wallets.decide")
def set_line_aside(uid: uuid.UUID):
    found, form = reach.get(BankLine, uid), Form.read()
    reason = form.text("reason", required=True, most=200)
    return _acted(found, form, lambda: found.set_aside(reason=reason, by=current_person), say("It is set aside."))


@bp.post("/t/<team>/wallet/bank/lines/<uuid:uid>/return")
@requires("wallets.decide")
def take_line_back(uid: uuid.UUID):
    found = reach.get(BankLine, uid)
    return _acted(found, Form.read(), lambda: found.take_back(by=current_person), say("It is unmatched again."))


def _acted(found: BankLine, form: Form, act: Callable[[], Any], words: Words) -> Any:
    if form.ok:
        with form.refusals():
            act()
    if not form.ok:
        return invalid("wallet/bank_line.html", **_line_parts(found.reload(), form))
    return go(url_for("wallet.bank_line", uid=found.uid), toast=words)


def _line_parts(found: BankLine, form: Form) -> dict[str, Any]:
    may_act = reach.may(DECIDE)
    return {
        "line": found, "form": form, "may_act": may_act, "candidates": candidates(found) if may_act else [],
        "summary": found.unseal("summary") if may_act else None, "counterparty": found.unseal("counterparty") if may_act else None,
        "moments": lines_of(events_about(found)), "labels": {"reason": _("Reason"), "recharge": _("Recharge")}, "days": DAYS,
    }  # fmt: skip


def bank_parts(form: Form) -> dict[str, Any]:
    last = day_of(request.args.get("until", "")) or today()
    first = day_of(request.args.get("since", "")) or last - timedelta(days=30)
    first = max(min(first, last), last - timedelta(days=MOST_DAYS - 1))
    files = BankFile.page(reach, after=request.args.get("after", ""), before=request.args.get("before", ""))
    return {
        "form": form, "asked": Form({"since": first, "until": last}), "tabs": report_tabs("wallet.bank"), "first": first, "last": last,
        "sums": days_of(reach.team_id, first, last), "open": Open.of(reach.team_id), "files": files, "pager": pager(files),
        "may_act": reach.may(DECIDE), "currencies": [(code, code) for code in CURRENCIES], "days": DAYS,
        "labels": {"account": _("Bank account"), "currency": _("Currency"), "file": _("File")},
    }  # fmt: skip
