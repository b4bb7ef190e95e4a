"""Rules that tell buyers at once that their message came: for who manages the mailbox, changed by who manages that of all stores."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from babel.dates import get_day_names
from flask import render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from models.mailbox import ruling
from models.mailbox.acknowledgement import Acknowledgement
from models.mailbox.acknowledgement_rule import MOST_HOURS, MOST_QUIET_DAYS, AcknowledgementRule
from models.mailbox.listing import LANGUAGES, language_words
from models.mailbox.template import MailTemplate
from models.mailbox.thread import MANAGE, MailThread
from models.stores.marketplace import MARKETPLACES
from models.stores.offers import stores_of
from models.support.words import say
from views.mailbox import bp
from views.mailbox.tabs import room_tabs, tab
from views.mailbox.threads import BESIDE
from views.mailbox.whole_team import manages_all, require_all
from views.support.access import current_person, current_team, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid

ONE = "/t/<team>/mailbox/acknowledgements/<uuid:uid>"
DAYS = "1234567"
WHEN = {"outside": say("Only outside our working hours"), "always": say("At any time")}

tab(72, lambda: _("Acknowledgements"), "mailbox.acknowledgements", MANAGE)


@bp.get("/t/<team>/mailbox/acknowledgements")
@requires(MANAGE)
def acknowledgements():
    return render_template(
        "mailbox/acknowledgements.html", rules=AcknowledgementRule.of_team(reach.team_id), may_manage=manages_all(), days_of=_days_of,
        clock_of=_clock_of, language_words=language_words, zone=current_team.timezone, tabs=room_tabs("mailbox.acknowledgements"),
    )  # fmt: skip


@bp.get("/t/<team>/mailbox/acknowledgements/new")
@requires(MANAGE)
def new_acknowledgement():
    require_all()
    values = {
        "after_hours": 1,
        "when": "outside",
        "weekdays": list("12345"),
        "from": "09:00",
        "to": "18:00",
        "quiet_days": 7,
    }
    return render_template("mailbox/acknowledgement.html", **_parts(Form(values)))


@bp.post("/t/<team>/mailbox/acknowledgements")
@requires(MANAGE)
def make_acknowledgement():
    require_all()
    form = Form.read()
    values, made = _read(form), None
    if form.ok:
        with form.refusals():
            made = ruling.make(current_team, values, by=current_person)
    if made is None:
        return invalid("mailbox/acknowledgement.html", **_parts(form))
    return go(
        url_for("mailbox.acknowledgements"), toast=say("The rule is made. It sends nothing until you switch it on.")
    )


@bp.get(f"{ONE}/edit")
@requires(MANAGE)
def edit_acknowledgement(uid: uuid.UUID):
    require_all()
    rule = _rule(uid)
    return render_template("mailbox/acknowledgement.html", **_parts(Form(_typed(rule)), rule))


@bp.post(ONE)
@requires(MANAGE)
def save_acknowledgement(uid: uuid.UUID):
    require_all()
    rule, form = _rule(uid), Form.read()
    values = _read(form)
    if form.ok:
        with form.refusals():
            ruling.change(rule, values, by=current_person)
    if not form.ok:
        return invalid("mailbox/acknowledgement.html", **_parts(form, rule))
    return go(url_for("mailbox.acknowledgements"), toast=say("The rule is changed."))


@bp.post(f"{ONE}/start")
@requires(MANAGE)
def start_acknowledgement(uid: uuid.UUID):
    require_all()
    ruling.switch_on(_rule(uid), by=current_person)
    return go(url_for("mailbox.acknowledgements"), toast=say("The rule is on, for what comes from now on."))


@bp.post(f"{ONE}/stop")
@requires(MANAGE)
def stop_acknowledgement(uid: uuid.UUID):
    require_all()
    count = ruling.switch_off(_rule(uid), by=current_person)
    return go(
        url_for("mailbox.acknowledgements"),
        toast=say("The rule is off. Taken back before they left: %(count)s.", count=count),
    )


@bp.post(f"{ONE}/removal")
@requires(MANAGE)
def remove_acknowledgement(uid: uuid.UUID):
    require_all()
    ruling.remove(_rule(uid), by=current_person)
    return go(url_for("mailbox.acknowledgements"), toast=say("The rule is removed."))


def _rule(uid: uuid.UUID) -> AcknowledgementRule:
    return reach.get(AcknowledgementRule, uid)


def _read(form: Form) -> dict[str, Any]:
    """The fields in the order a person fills them, as models/mailbox/ruling.py takes them."""
    templates, stores = _templates(), {str(store.uid): store for store in stores_of(reach, MANAGE)}
    template = form.choice("template", templates)
    store = form.choice("store", stores, required=False)
    marketplace = form.choice("marketplace", MARKETPLACES, required=False)
    language = form.choice("language", LANGUAGES, required=False)
    hours = form.integer("after_hours", required=True, most=MOST_HOURS)
    when = form.choice("when", WHEN)
    weekdays = form.choices("weekdays", DAYS, required=when == "outside")
    first, last = _minute(form, "from"), _minute(form, "to")
    quiet = form.integer("quiet_days", required=True, least=1, most=MOST_QUIET_DAYS)
    return {
        "template": templates.get(template), "store": stores.get(store), "marketplace_id": marketplace, "language": language,
        "after_hours": hours, "is_outside_only": when == "outside", "weekdays": "".join(sorted(weekdays)) or "12345",
        "from_minute": first, "to_minute": last, "quiet_days": quiet,
    }  # fmt: skip


def _minute(form: Form, name: str) -> int:
    """ "09:30" as minutes of the day; 24:00 is its end."""
    hours, _colon, minutes = form.text(name, required=True, most=5).partition(":")
    is_time = all(part.isascii() and part.isdecimal() and len(part) == 2 for part in (hours, minutes))
    minute = int(hours) * 60 + int(minutes) if is_time and int(minutes) < 60 else -1
    form.expect(0 <= minute <= 24 * 60, name, say("Write a time of day like 09:00."))
    return minute


def _templates() -> dict[str, MailTemplate]:
    return {str(one.uid): one for one in MailTemplate.of_team(reach.team_id) if one.kind == "template"}


def _typed(rule: AcknowledgementRule) -> dict[str, Any]:
    return {
        "template": rule.template.uid, "store": rule.store.uid if rule.store else "", "marketplace": rule.marketplace_id,
        "language": rule.language, "after_hours": rule.after_hours, "when": "outside" if rule.is_outside_only else "always",
        "weekdays": list(rule.weekdays), "from": _clock_of(rule.from_minute), "to": _clock_of(rule.to_minute), "quiet_days": rule.quiet_days,
    }  # fmt: skip


def _clock_of(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _day_names(width: Literal["abbreviated", "wide"]) -> list[tuple[str, str]]:
    """Each day as rules count it, and its name in the reader's language."""
    names = get_day_names(width, locale=get_locale())
    return [(day, names[int(day) - 1]) for day in DAYS]


def _days_of(rule: AcknowledgementRule) -> str:
    return " ".join(name for day, name in _day_names("abbreviated") if day in rule.weekdays)


def _parts(form: Form, rule: AcknowledgementRule | None = None) -> dict[str, Any]:
    return {
        "form": form, "rule": rule, "templates": [(uid, one.name) for uid, one in _templates().items()],
        "stores": [(store.uid, store.name) for store in stores_of(reach, MANAGE)],
        "marketplaces": sorted(((one.id, one.code) for one in MARKETPLACES.values()), key=lambda pair: pair[1]),
        "languages": list(LANGUAGES.items()), "days": _day_names("wide"), "when": list(WHEN.items()), "zone": current_team.timezone,
        "most_hours": MOST_HOURS, "most_days": MOST_QUIET_DAYS,
    }  # fmt: skip


def _in_thread(thread: MailThread, _form: Form) -> dict[str, Any]:
    return {"acknowledgement": Acknowledgement.of(thread)}


BESIDE.append(_in_thread)
