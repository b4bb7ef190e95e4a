"""Lists of remote places by carrier: what holds, a place looked up, a file brought in, looked at and put in force."""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any

from flask import Response, render_template, request, url_for

from models.freight.day_rate import today
from models.freight.engine.places import plain_postcode
from models.freight.far_places import row_of
from models.freight.remote_list import RemoteList
from models.freight.upkeep import carriers_of, look_up, remote_board, seen_list
from models.support.errors import Refused
from models.support.sheets import neutral
from models.support.words import say
from views.freight import bp
from views.freight.places import countries, country_name
from views.freight.upkeep import is_own, parts
from views.imports.doors import folder
from views.imports.files import CSV, download
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid, show
from views.support.uploads import saved

HEADINGS = ("country", "kind", "a", "b", "level")
LEVELS = {"REMOTE": say("Remote"), "SUPER_REMOTE": say("Very remote"), "EMBARGO": say("Not served")}
KINDS = {"": say("The whole country"), "prefix": say("Begins with"), "range": say("From – to"), "city": say("City")}
TONES = {"": "ok", "REMOTE": "warn", "SUPER_REMOTE": "warn", "EMBARGO": "bad"}
STATES = {
    "waiting": ("info", say("being read")), "read": ("warn", say("to be put in force")), "failed": ("bad", say("cannot be read")),
    "in_force": ("ok", say("in force")), "discarded": ("neutral", say("discarded")), "withdrawn": ("neutral", say("withdrawn")),
}  # fmt: skip


def _words() -> dict[str, Any]:
    return {"levels": LEVELS, "kinds": KINDS, "tones": TONES, "states": STATES, "country_name": country_name}


@bp.get("/t/<team>/freight/remote/")
@requires("freight.view")
def remote():
    form = Form(request.args)
    return render_template("freight/remote.html", form=Form(), **_shown(), **_looked_up(form))


def _shown() -> dict[str, Any]:
    return {**parts("freight.remote"), **_words(), "board": remote_board(reach), "own": carriers_of(reach, own=True)}


def _looked_up(form: Form) -> dict[str, Any]:
    """The answer to “is this place remote?”, when it was asked."""
    country, postcode, city = form.value("country"), form.text("postcode", most=20), form.text("city", most=80)
    day = form.day("day") or today()
    asked = bool(country or postcode)
    if asked:
        form.expect(country in dict(countries()), "country", say("Choose from the list."))
        form.expect(plain_postcode(postcode) or city, "postcode", say("Write a postcode, or a city."))
    answers = look_up(reach, country, postcode, city, day) if asked and form.ok else []
    return {"asked": form, "answers": answers, "is_asked": asked and form.ok, "day": day, "countries": countries()}


@bp.post("/t/<team>/freight/remote/")
@requires("freight.edit")
def bring_remote():
    form = Form.read()
    carriers = {str(one.uid): one for one in carriers_of(reach, own=True)}
    chosen, sent = form.choice("carrier", carriers), form.file("file", required=True)
    made = None
    if form.ok:
        try:
            with saved(sent, folder()) as path:
                made = RemoteList.bring(carriers[chosen], sent.filename, path, folder(), by=current_person)
        except Refused as refused:
            form.fail("file", refused.words)
    if made is None:
        return invalid("freight/remote.html", form=form, **_shown(), **_looked_up(Form({})))
    return go(url_for(".remote_list", uid=made.uid))


@bp.get("/t/<team>/freight/remote/<uuid:uid>")
@requires("freight.view")
def remote_list(uid: uuid.UUID):
    """How far the reading is (the fragment asks again), then what the list holds and what it would change."""
    found = seen_list(reach, uid)
    return show("freight/remote_list.html", fragment="freight/_remote_list.html", form=Form(), **_of(found))


def _of(found: RemoteList) -> dict[str, Any]:
    mine = is_own(found)
    return {
        **_words(),
        "list": found,
        "is_own": mine,
        "may_edit": mine and reach.may("freight.edit"),
        "first_day": today(),
    }


@bp.post("/t/<team>/freight/remote/<uuid:uid>/force")
@requires("freight.edit")
def put_remote_in_force(uid: uuid.UUID):
    found, form = reach.get(RemoteList, uid), Form.read()
    first = form.day("first", required=True)
    if form.ok:
        with form.refusals():
            found.put_in_force(first, by=current_person)
    if not form.ok:
        return invalid("freight/remote_list.html", form=form, **_of(seen_list(reach, uid)))
    return go(url_for(".remote_list", uid=uid), toast=say("The list is in force from %(day)s on.", day=first))


@bp.post("/t/<team>/freight/remote/<uuid:uid>/discard")
@requires("freight.edit")
def discard_remote(uid: uuid.UUID):
    reach.get(RemoteList, uid).discard(by=current_person)
    return go(url_for(".remote"), toast=say("The list is discarded."))


@bp.post("/t/<team>/freight/remote/<uuid:uid>/withdrawal")
@requires("freight.edit")
def withdraw_remote(uid: uuid.UUID):
    reach.get(RemoteList, uid).withdraw(by=current_person)
    return go(url_for(".remote_list", uid=uid), toast=say("The list is withdrawn. The one before it holds again."))


@bp.get("/t/<team>/freight/remote/<uuid:uid>/rows.csv")
@requires("freight.view")
def remote_rows(uid: uuid.UUID):
    """The whole list in the shape an import takes."""
    found = seen_list(reach, uid)
    return _csv(f"remote-{found.carrier.code}-{found.version}", HEADINGS, (row_of(line) for line in found.lines()))


@bp.get("/t/<team>/freight/remote/<uuid:uid>/errors.csv")
@requires("freight.view")
def remote_errors(uid: uuid.UUID):
    found = reach.get(RemoteList, uid)
    rows = ((one["row"], one["column"], one["value"], str(one["words"])) for one in found.errors)
    return _csv(
        f"remote-{found.carrier.code}-{found.version}-errors", ("row", "column", "value", "what is wrong"), rows
    )


@bp.get("/t/<team>/freight/remote/template.csv")
@requires("freight.view")
def remote_template():
    examples = (
        ("US", "prefix", "995", "", "REMOTE"), ("US", "range", "96701", "96898", "SUPER_REMOTE"),
        ("DE", "city", "Helgoland", "", "REMOTE"), ("KP", "", "", "", "EMBARGO"),
    )  # fmt: skip
    return _csv("remote", HEADINGS, examples)


def _csv(name: str, headings: Any, rows: Any) -> Response:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([neutral(str(cell)) for cell in row] for row in rows)
    return download(out.getvalue().encode("utf-8-sig"), f"{name}.csv", CSV)
