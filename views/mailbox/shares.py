"""Who gets new threads: the team's rules, for who manages the mailbox."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, redirect, render_template, url_for
from flask_babel import gettext as _

from models.mailbox import sharing
from models.mailbox.handling import people_of
from models.mailbox.listing import LANGUAGES, language_words
from models.mailbox.thread import MANAGE, PERMISSION
from models.stores.offers import stores_of
from views.mailbox import bp
from views.mailbox.tabs import room_tabs, tab
from views.mailbox.whole_team import manages_all
from views.support.access import current_person, current_team, reach, requires
from views.support.forms import Form
from views.support.hypermedia import invalid

tab(70, lambda: _("New threads"), "mailbox.shares", MANAGE)


@bp.get("/t/<team>/mailbox/new-threads")
@requires(MANAGE)
def shares():
    return render_template("mailbox/shares.html", **_parts(Form()))


@bp.post("/t/<team>/mailbox/new-threads")
@requires(MANAGE)
def add_share():
    form = Form.read()
    people = {str(person.uid): person for person in people_of(reach.team_id)}
    stores = {str(store.uid): store for store in stores_of(reach, MANAGE)}
    person = form.choice("person", people)
    store = form.choice("store", stores, required=not manages_all())
    language = form.choice("language", LANGUAGES, required=False)
    if form.ok:
        with form.refusals():
            sharing.add(current_team, people[person], store=stores.get(store), language=language, by=current_person)
            return redirect(url_for("mailbox.shares"), 303)
    return invalid("mailbox/shares.html", **_parts(form))


@bp.post("/t/<team>/mailbox/new-threads/<uuid:uid>/removal")
@requires(MANAGE)
def remove_share(uid: uuid.UUID):
    found = next((share for share in sharing.shares_of(reach.team_id) if share.uid == uid), None)
    if found is None:
        abort(404)
    if not (reach.may(MANAGE, found.store_id) if found.store_id else manages_all()):
        abort(403)
    sharing.remove(found, by=current_person)
    return redirect(url_for("mailbox.shares"), 303)


def _parts(form: Form) -> dict[str, Any]:
    return {
        "form": form, "shares": sharing.shares_of(reach.team_id), "tabs": room_tabs("mailbox.shares"), "language_words": language_words,
        "people": [(person.uid, person.name) for person in people_of(reach.team_id)],
        "stores": [(store.uid, store.name) for store in stores_of(reach, MANAGE)],
        "languages": list(LANGUAGES.items()), "manages_all": manages_all(),
        "labels": {"person": _("Person"), "store": _("Store"), "language": _("Language")},
        "permission": PERMISSION,
    }  # fmt: skip
