"""The team's translator: whom messages and answers are translated by, and for how many characters a month."""

from __future__ import annotations

from typing import Any

from flask import abort, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.mailbox.thread import MANAGE
from models.support.words import say
from models.translation.account import KINDS, MICROSOFT, TranslatorAccount
from models.translation.call import TranslatorCall
from models.translation.connecting import connect, edit
from views.audit.objects import leads
from views.mailbox import bp
from views.mailbox.account_pills import TONES
from views.mailbox.tabs import room_tabs, tab
from views.mailbox.whole_team import manages_all, require_all
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.cells import pill
from views.support.forms import Form
from views.support.hypermedia import go, invalid, show

tab(85, lambda: _("Translator"), "mailbox.translator", MANAGE)
leads("translator_account", TranslatorAccount, MANAGE, lambda one: url_for("mailbox.translator"))
PAGE = "/t/<team>/mailbox/translator"


@bp.get(PAGE)
@requires(MANAGE)
def translator():
    found = TranslatorAccount.of_team(reach.team_id)
    known = {"region": found.region, "most_a_month": found.most_a_month or ""} if found else {}
    return show("mailbox/translator.html", fragment="mailbox/_translator.html", **_parts(found, Form(known)))


@bp.post(PAGE)
@requires(MANAGE)
@fresh
def save_translator():
    """Connects one, or changes the one there is."""
    require_all()
    found, form = TranslatorAccount.of_team(reach.team_id), Form.read()
    values: dict[str, Any] = {
        "secret": form.secret("secret", required=False, most=200).strip(), "region": form.text("region", most=40),
        "most_a_month": form.integer("most_a_month"),
    }  # fmt: skip
    if form.ok:
        with form.refusals():
            if found is None:
                connect(current_team, kind=MICROSOFT, by=current_person, **values)
            else:
                edit(found, by=current_person, **values)
    if not form.ok:
        return invalid("mailbox/translator.html", **_parts(found, form))
    return go(url_for("mailbox.translator"), toast=say("The translator is saved."))


@bp.post(f"{PAGE}/trial")
@requires(MANAGE)
def try_translator():
    require_all()
    _mine().try_again()
    return go(url_for("mailbox.translator"))


@bp.post(f"{PAGE}/pause")
@requires(MANAGE)
def pause_translator():
    require_all()
    if Form.read().flag("is_paused"):
        _mine().pause(by=current_person)
    else:
        _mine().resume(by=current_person)
    return go(url_for("mailbox.translator"))


@bp.post(f"{PAGE}/removal")
@requires(MANAGE)
@fresh
def remove_translator():
    require_all()
    _mine().remove(by=current_person)
    return go(url_for("mailbox.translator"), toast=say("The translator is removed; its key is destroyed."))


@bp.app_template_global()
def translator_pill(account: TranslatorAccount):
    """One that works and rests after a failure is a warning."""
    return pill("warn" if account.is_working and account.problem else TONES[account.state], account.state_words)


def _mine() -> TranslatorAccount:
    found = TranslatorAccount.of_team(reach.team_id)
    return found if found is not None else abort(404)


def _parts(found: TranslatorAccount | None, form: Form) -> dict[str, Any]:
    return {
        "account": found, "form": form, "may_manage": manages_all(), "kinds": list(KINDS.values()), "tabs": room_tabs("mailbox.translator"),
        "calls": TranslatorCall.latest(found) if found else [], "lines": lines_of(events_about(found, limit=20)) if found else [],
        "labels": {"secret": _("Key"), "region": _("Region"), "most_a_month": _("Characters a month at most")},
    }  # fmt: skip
