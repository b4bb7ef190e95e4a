"""Ready answers: the team's list, one with its texts and versions, the ready-made ones, and filling one in for a thread."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from models.mailbox.filling import VARIABLES, fill, values_of
from models.mailbox.listing import language_words
from models.mailbox.ready_made import add_ready_made, ready_made
from models.mailbox.template import KINDS, LANGUAGES, MOST_NAME, MOST_TEXT, MailTemplate, newest
from models.mailbox.thread import ANSWER, MANAGE, PERMISSION
from models.support.errors import Refused
from models.support.words import say
from models.vault.data_key import KeyDestroyed
from views.mailbox import bp
from views.mailbox.tabs import room_tabs, tab
from views.mailbox.threads import BESIDE, thread_of
from views.mailbox.whole_team import manages_all, require_all
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid, respond

tab(50, lambda: _("Templates"), "mailbox.templates", PERMISSION)


@bp.get("/t/<team>/mailbox/templates")
@requires(PERMISSION)
def templates():
    found = MailTemplate.of_team(reach.team_id)
    return render_template(
        "mailbox/templates.html", templates=found, texts=newest(found), may_manage=manages_all(), tabs=room_tabs("mailbox.templates"),
        language_words=language_words, left=len(ready_made().keys() - {one.name for one in found}),
    )  # fmt: skip


@bp.get("/t/<team>/mailbox/templates/new")
@requires(MANAGE)
def new_template():
    require_all()
    return render_template("mailbox/new_template.html", **_new(Form()))


@bp.post("/t/<team>/mailbox/templates")
@requires(MANAGE)
def make_template():
    require_all()
    form = Form.read()
    name, kind = form.text("name", required=True, most=MOST_NAME), form.choice("kind", KINDS)
    language, text = form.choice("language", LANGUAGES), form.long_text("text", required=True, most=MOST_TEXT)
    made = None
    if form.ok:
        with form.refusals():
            made = MailTemplate.make(reach.team, name, kind, {language: text}, by=current_person)
    if made is None:
        return invalid("mailbox/new_template.html", **_new(form))
    return go(url_for("mailbox.template", uid=made.uid), toast=say("The template is made. Add other languages here."))


@bp.post("/t/<team>/mailbox/templates/ready-made")
@requires(MANAGE)
def take_ready_made():
    require_all()
    count = add_ready_made(reach.team, by=current_person)
    return go(url_for("mailbox.templates"), toast=say("%(count)s templates came.", count=count))


@bp.get("/t/<team>/mailbox/templates/<uuid:uid>")
@requires(PERMISSION)
def template(uid: uuid.UUID):
    found = _template(uid)
    return render_template("mailbox/template.html", **_parts(found, Form(), request.args.get("language", "")))


@bp.post("/t/<team>/mailbox/templates/<uuid:uid>/texts")
@requires(MANAGE)
def write_template(uid: uuid.UUID):
    require_all()
    found, form = _template(uid), Form.read()
    language, text = form.choice("language", LANGUAGES), form.long_text("text", required=True, most=MOST_TEXT)
    seen = form.integer("seen", required=True)
    if form.ok and seen is not None:
        with form.refusals():
            found.write(language, text, seen=seen, by=current_person)
    if not form.ok:
        return invalid("mailbox/template.html", **_parts(found, form, language))
    return go(url_for("mailbox.template", uid=uid, language=language), toast=say("The text is kept."))


@bp.post("/t/<team>/mailbox/templates/<uuid:uid>/name")
@requires(MANAGE)
def rename_template(uid: uuid.UUID):
    require_all()
    found, form = _template(uid), Form.read()
    name = form.text("name", required=True, most=MOST_NAME)
    if form.ok:
        with form.refusals():
            found.rename(name, by=current_person)
    if not form.ok:
        return invalid("mailbox/template.html", **_parts(found, form, ""))
    return go(url_for("mailbox.template", uid=uid), toast=say("The name is changed."))


@bp.post("/t/<team>/mailbox/templates/<uuid:uid>/deletion")
@requires(MANAGE)
def retire_template(uid: uuid.UUID):
    require_all()
    _template(uid).retire(by=current_person)
    return go(url_for("mailbox.templates"), toast=say("The template is taken away."))


@bp.post("/t/<team>/mailbox/threads/<uuid:uid>/filled")
@requires(ANSWER)
def fill_template(uid: uuid.UUID):
    """The text of a template filled in for a thread, for its reply box: a snippet goes behind what stands there, a whole answer takes
    its place."""
    thread, form = thread_of(uid, ANSWER), Form.read()
    known = {str(one.uid): one for one in MailTemplate.of_team(reach.team_id)}
    chosen = known.get(form.choice("template", known))
    if chosen is None:
        raise Refused("Choose a template.")
    language = thread.language or "en"
    source = chosen.text_for(language)
    if source is None:
        abort(404)
    try:
        text, missing = fill(source.text, values_of(thread, source.language))
    except KeyDestroyed:
        raise Refused("What was written here was destroyed. Nothing can be answered any more.") from None
    chosen.count_use()
    before = form.value("reply").rstrip()
    whole = f"{before}\n\n{text}" if chosen.kind == "snippet" and before else text
    answer = respond(
        "mailbox/_reply_text.html", otherwise=url_for("mailbox.thread", uid=uid), thread=thread, text=whole, most=MOST_TEXT,
        holes=[VARIABLES[name] for name in missing if name in VARIABLES],
    )  # fmt: skip
    answer.headers["HX-Trigger-After-Settle"] = "filled"  # The reply box has it checked and kept.
    return answer


def _for_thread(thread: Any, _form: Form) -> dict[str, Any]:
    """What the reply box offers."""
    offered = MailTemplate.of_team(thread.team_id) if reach.may(ANSWER, thread.store_id) else []
    return {"template_options": [(str(one.uid), one.name) for one in offered]}


BESIDE.append(_for_thread)


def _template(uid: uuid.UUID) -> MailTemplate:
    return reach.get(MailTemplate, uid)


def _languages() -> list[tuple[str, str]]:
    return [(code, str(language_words(code))) for code in LANGUAGES]


def _new(form: Form) -> dict[str, Any]:
    kinds = [(key, str(words)) for key, words in KINDS.items()]
    return {"form": form, "kinds": kinds, "languages": _languages(), "variables": VARIABLES, "most": MOST_TEXT}


def _parts(found: MailTemplate, form: Form, language: str) -> dict[str, Any]:
    texts = found.texts()
    language = language if language in LANGUAGES else next(iter(texts), "en")
    shown = texts.get(language)
    return {
        "template": found, "form": form, "texts": texts, "language": language, "shown": shown, "languages": _languages(),
        "versions": found.versions(language), "may_manage": manages_all(), "variables": VARIABLES, "most": MOST_TEXT,
        "language_words": language_words,
    }  # fmt: skip
