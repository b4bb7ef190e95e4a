"""The boss's page: the people of a team, one person, inviting. Every filter and page is in the address."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from models.audit.feed import lines_of
from models.lists.days import midnight
from models.people import board, gates, lockout
from models.people.employees import (
    colleague_of,
    employees_of,
    invite,
    require_invitable,
    why_no_grants,
    why_not_managed,
)
from models.people.handover import shares_of
from models.people.person import Person
from models.people.proposal import Proposal
from models.people.role import Role
from models.stores.store import Store
from models.support import clock
from models.support.db import write_txn
from views.people import bp
from views.people.parts import part_tabs, read_stores, role_options, store_options
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import invalid
from views.support.language import choose_zone, offered
from views.support.paging import count_text, here, pager
from views.support.shell import place

place("team", 10, lambda: _("People"), "users", "people.index", "people.view")


@bp.get("/t/<team>/people/")
@requires("people.view")
def index():
    stores = Store.of_team(current_team)
    wanted = _wanted(stores)
    found = board.board(
        current_team, wanted, today=_day_began(), after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )  # fmt: skip
    return render_template(
        "people/index.html",
        board=found,
        wanted=wanted,
        counts=board.counts(current_team),
        pager=pager(found.page, found.count),
        total=count_text(found.count),
        here=here,
        roles=Role.offered_to(current_team),
        stores={store.id: store.name for store in stores},
        store_list=stores,
        tabs=part_tabs("people.index"),
        gate=lambda person: gates.closed_gate(person, current_team),
    )


def _wanted(stores: list[Store]) -> board.Wanted:
    args = request.args
    state = args.get("state", "")
    return board.Wanted(
        text=" ".join(args.get("q", "").replace("\0", "").split())[:80],
        state=state if state in board.STATES else "",
        role=next((role for role in Role.offered_to(current_team) if role.key == args.get("role")), None),
        store=next((store for store in stores if str(store.uid) == args.get("store")), None),
        is_due=args.get("due") == "1",
    )


def _day_began() -> datetime:
    """When today began on the reader's clock (UTC)."""
    zone = choose_zone()
    return midnight(clock.local(clock.now(), zone).date(), zone)


@bp.get("/t/<team>/people/new")
@requires("people.manage")
def new():
    return render_template("people/new.html", form=Form({"language": "en", "scope": "all"}), **lists())


@bp.post("/t/<team>/people/")
@requires("people.manage")
@fresh
def create():
    form = Form.read()
    name = form.text("name", required=True, most=120)
    login = form.text("login", required=True, most=40)
    roles = {role.key: role for role in Role.offered_to(current_team)}
    role = form.choice("role", roles)
    stores = read_stores(form, current_team)
    language = form.choice("language", offered())
    if form.ok:
        with form.refusals(), write_txn():
            roles[role].hold()
            require_invitable(roles[role])
            person, token = invite(
                current_team, login, name, role=role, language=language, by=current_person, stores=stores
            )
    if not form.ok:
        return invalid("people/new.html", form=form, **lists())
    return link_page(person, token), 201


def link_page(person: Person, token: str) -> str:
    """Shows a one-time link, once."""
    return render_template(
        "people/invited.html", person=person, link=url_for("people.welcome", token=token, _external=True)
    )


@bp.get("/t/<team>/people/<uuid:uid>")
@requires("people.view")
def show(uid: uuid.UUID):
    return render_template("people/show.html", **parts(colleague_of(reach, uid), Form()))


def parts(person: Person, form: Form) -> dict[str, Any]:
    """What the page of a person shows."""
    refused = why_not_managed(reach, person)
    may_manage = reach.may("people.manage") and refused is None
    return {
        "person": person,
        "form": form,
        "employee": employees_of(current_team, [person])[0],
        "stores": {store.id: store.name for store in Store.of_team(current_team)},
        "lock": lockout.state_of(person),
        "is_here": person.id in board.here([person]),
        "has_factor": person.id in board.enrolled([person]),
        "sessions": board.living_sessions(person),
        "gate": gates.closed_gate(person, current_team),
        "trained_until": gates.trained_until(person, current_team),
        "proposals": Proposal.waiting_for(current_team, person),
        "shares": shares_of(current_team, person) if may_manage else [],
        "lines": lines_of(board.history(current_team, person)) if reach.may("audit.view") else [],
        "may_manage": may_manage,
        "may_grant": reach.may("people.manage") and why_no_grants(reach, person) is None,
        "why_not": refused if reach.may("people.manage") else None,
    }


def lists() -> dict[str, Any]:
    return {
        "roles": role_options(current_team),
        "stores": store_options(current_team),
        "languages": list(offered().items()),
    }
