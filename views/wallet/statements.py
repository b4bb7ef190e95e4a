"""Statements of a team's wallets: asked for, downloaded, and proved genuine by whoever holds the paper."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import abort, current_app, render_template, request, send_file, url_for
from flask_babel import gettext as _

from models.audit.event import events_about, track
from models.audit.feed import lines_of
from models.people.team import Team
from models.support import clock
from models.support.db import write_txn
from models.support.words import say
from models.wallet.reaching import sees_whole
from models.wallet.statements.list import STATEMENTS
from models.wallet.statements.making import path_of
from models.wallet.statements.monthly import last_month
from models.wallet.statements.statement import Statement, is_valid
from models.wallet.wallet import Wallet
from views.audit.objects import leads
from views.support.access import current_person, public, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.language import choose_locale
from views.support.lists import ListPage, list_page, shows, steps
from views.wallet import bp
from views.wallet.tabs import room_tabs, tab

tab(50, lambda: _("Statements"), "wallet.statements", is_theirs=lambda: sees_whole(reach))
shows(STATEMENTS, "wallet.statements")
leads("statement", Statement, "wallet.view", lambda one: url_for("wallet.statement", uid=one.uid))
KINDS = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


@bp.get("/t/<team>/wallet/statements/")
@requires("wallet.view")
def statements():
    found = list_page(STATEMENTS)
    if not isinstance(found, ListPage):
        return found
    return render_template("wallet/statements.html", list=found, tabs=room_tabs("wallet.statements"))


@bp.get("/t/<team>/wallet/statements/new")
@requires("wallet.view")
def new_statement():
    _require_whole()
    return render_template("wallet/statement_form.html", form=Form(), **_form_parts())


@bp.post("/t/<team>/wallet/statements/")
@requires("wallet.view")
def ask_for_statement():
    _require_whole()
    form, wallets = Form.read(), {one.currency: one for one in Wallet.of_team(reach.team_id)}
    wallet = wallets.get(form.choice("wallet", wallets))
    first_day, last_day = form.day("first_day", required=True), form.day("last_day", required=True)
    asked = None
    if form.ok and wallet is not None and first_day and last_day:
        with form.refusals():
            asked = Statement.ask(wallet, first_day, last_day, language=choose_locale(), by=current_person)
    if asked is None:
        return invalid("wallet/statement_form.html", form=form, **_form_parts())
    return go(
        url_for("wallet.statement", uid=asked.uid),
        toast=say("The statement %(number)s is being made.", number=asked.number),
    )


@bp.get("/t/<team>/wallet/statements/<uuid:uid>")
@requires("wallet.view")
def statement(uid: uuid.UUID):
    found = Statement.get_visible(reach, uid)
    return render_template(
        "wallet/statement.html", statement=found, moments=lines_of(events_about(found)), **steps(STATEMENTS, found)
    )


@bp.get("/t/<team>/wallet/statements/<uuid:uid>.<kind>")
@requires("wallet.view")
def statement_file(uid: uuid.UUID, kind: str):
    found = Statement.get_visible(reach, uid)
    if kind not in KINDS:
        abort(404)
    path: Path = path_of(current_app.config["SETTINGS"].data, found, kind)
    if not found.has_file or not path.exists():
        abort(404)
    with write_txn():
        track("statement_downloaded", found, by=current_person, format=kind)
    answer = send_file(path, KINDS[kind], as_attachment=True, download_name=f"{found.number}.{kind}", max_age=0)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/statements/verify")
@public
def verify_statement():
    """Valid or not, nothing else."""
    number, code = request.args.get("number", "")[:60], request.args.get("code", "")[:60]
    verdict = is_valid(number, code) if number or code else None
    return render_template("wallet/verify.html", form=Form(), number=number, code=code, verdict=verdict)


def _require_whole() -> None:
    """A statement tells of the parcels of all stores."""
    if not sees_whole(reach):
        abort(403)


def _form_parts() -> dict[str, Any]:
    today = clock.local(clock.now(), Team.get_by_id(reach.team_id).timezone).date()
    first_day, last_day = last_month(today)
    return {
        "wallets": [(one.currency, one.label) for one in Wallet.of_team(reach.team_id)], "first_day": first_day,
        "last_day": last_day, "yesterday": today - timedelta(days=1),
        "labels": {"wallet": _("Wallet"), "first_day": _("First day"), "last_day": _("Last day")},
    }  # fmt: skip
