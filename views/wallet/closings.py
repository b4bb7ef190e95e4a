"""A team leaves: what stands in the way of closing its wallets, the rest of each, and the decision of two people that ends them all."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.people.reach import OutOfReach
from models.people.team import Team
from models.support.words import say
from models.wallet.reaching import DECIDE, MANAGE, any_of
from models.wallet.statements.statement import Statement
from models.wallet.team_closing import TeamClosing, in_the_way, open_wallets
from models.wallet.wallet import Wallet
from views.audit.objects import leads
from views.support.access import current_person, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.waiting import waiting
from views.wallet import bp

leads("team_closing", TeamClosing, "wallets.view", lambda one: url_for("wallet.closing", uid=one.team.uid))
waiting(
    lambda: _("Teams to close"),
    TeamClosing.waiting_count,
    lambda: url_for("wallet.closing", uid=TeamClosing.first_waiting().team.uid),
    permission=DECIDE,
    icon="archive",
)
WAYS_OUT = {
    "holds": ("wallet.movements", ""),
    "recharges": ("wallet.payments", "state=waiting&"),
    "changes": ("wallet.changes", "state=waiting&"),
    "redresses": ("wallet.redresses", "state=waiting&"),
    "bills": ("wallet.bills", "look=waiting&"),
}


@bp.get("/t/<team>/wallet/closings/<uuid:uid>")
@requires("wallets.view")
def closing(uid: uuid.UUID):
    return render_template("wallet/closing.html", **_parts(leaver(uid), Form()))


@bp.post("/t/<team>/wallet/closings/<uuid:uid>")
@requires("wallets.manage")
@fresh
def propose_closing(uid: uuid.UUID):
    team, form, made = leaver(uid), Form.read(), None
    reason, is_sure = form.text("reason", required=True, most=200), form.flag("is_sure")
    if form.ok:
        with form.refusals():
            made = TeamClosing.propose(team, reason=reason, by=current_person, is_sure=is_sure)
    if made is None:
        return invalid("wallet/closing.html", **_parts(team, form))
    return go(
        url_for("wallet.closing", uid=uid), toast=say("The wallets are blocked. Somebody else decides on the closing.")
    )


@bp.post("/t/<team>/wallet/closings/<uuid:uid>/approval")
@requires("wallets.decide")
@fresh
def approve_closing(uid: uuid.UUID):
    team = leaver(uid)
    _waiting_of(team).approve(by=current_person)
    words = say(
        "All wallets of %(team)s are closed. Pay the rest out by bank; the last statements are being made.",
        team=team.name,
    )
    return go(url_for("wallet.closing", uid=uid), toast=words)


@bp.post("/t/<team>/wallet/closings/<uuid:uid>/rejection")
@requires("wallets.decide")
@fresh
def reject_closing(uid: uuid.UUID):
    team, form = leaver(uid), Form.read()
    found, note = _waiting_of(team), form.text("note", required=True, most=200)
    if form.ok:
        with form.refusals():
            found.reject(note=note, by=current_person)
    if not form.ok:
        return invalid("wallet/closing.html", **_parts(team, form))
    return go(url_for("wallet.closing", uid=uid), toast=say("It is rejected. The wallets are open again."))


def leaver(uid: uuid.UUID) -> Team:
    """A team that has or had wallets, for the operator. Raises OutOfReach."""
    team = any_of(Team, reach, uid)
    if not Wallet.of_team(team.id):
        raise OutOfReach
    return team


def _waiting_of(team: Team) -> TeamClosing:
    found = TeamClosing.last_of(team)
    if found is None:
        raise OutOfReach
    return found


def _parts(team: Team, form: Form) -> dict[str, Any]:
    last, found = TeamClosing.last_of(team), in_the_way(team)
    is_own = last is not None and last.requested_by_id == current_person.id
    return {
        "owner": team, "wallets": Wallet.of_team(team.id), "left": open_wallets(team), "form": form, "last": last, "is_own": is_own,
        "stopping": [(one, _way_out(one.kind, team)) for one in found if one.stops],
        "known": [one for one in found if not one.stops], "may_manage": reach.may(MANAGE), "may_decide": reach.may(DECIDE) and not is_own,
        "statements": [one for wallet in Wallet.of_team(team.id) for one in Statement.of_wallet(wallet, 1)],
        "moments": lines_of(events_about(last)) if last else [],
        "labels": {"reason": _("Reason"), "is_sure": _("Parcels on their way"), "note": _("Reason")},
    }  # fmt: skip


def _way_out(kind: str, team: Team) -> str:
    """The list of what is in the way; its filter is called as the team in the address, so it is added by hand."""
    if kind not in WAYS_OUT:
        return ""
    endpoint, query = WAYS_OUT[kind]
    return f"{url_for(endpoint)}?{query}team={team.slug}"
