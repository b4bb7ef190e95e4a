"""Tracking numbers of many parcels at once: pasted, looked at line by line, then given."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from models.people.reach import OutOfReach
from models.shipping.lists import PARCELS
from models.shipping.number_importer import KIND
from models.shipping.numbering import MOST_REASON
from models.shipping.parcel import Parcel
from models.shipping.pasting import CHANGED, DOUBTFUL, GIVEN, MOST, NEW, REFUSED, SAME, Row, give, pairs_of, planned
from models.shipping.targets import changeable
from models.support.words import Words, say
from views.lists.bulk import MOST_TO_PAGE, asks_more
from views.shipping import bp
from views.shipping.tabs import room_tabs, tab
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid

tab(30, lambda: _("Tracking numbers"), "shipping.numbers", "parcels.edit")
asks_more(PARCELS, "numbers", "shipping.numbers", "parcels")
MOST_SIGNS = 60_000
VERBS: dict[str, tuple[str, Words]] = {
    NEW: ("ok", say("New")),
    CHANGED: ("warn", say("Other number")),
    SAME: ("neutral", say("Unchanged")),
    DOUBTFUL: ("warn", say("Doubtful")),
    REFUSED: ("bad", say("Refused")),
    GIVEN: ("ok", say("Given")),
}


@bp.get("/t/<team>/shipping/numbers/")
@requires("parcels.edit")
def numbers():
    chosen = chosen_of(request.args.getlist("parcels"))
    chosen = chosen[::-1] if request.args.get("turned") == "1" else chosen
    return render_template("shipping/numbers.html", **_parts(Form(), chosen))


@bp.post("/t/<team>/shipping/numbers/dry_run")
@requires("parcels.edit")
def look_at_numbers():
    """What each line would do, before anything is stored."""
    form, chosen, rows = _read()
    if not form.ok:
        return invalid("shipping/numbers.html", **_parts(form, chosen))
    return render_template("shipping/numbers.html", **_parts(form, chosen, rows))


@bp.post("/t/<team>/shipping/numbers/")
@requires("parcels.edit")
def give_numbers():
    form, chosen, rows = _read()
    reason = form.text("reason", most=MOST_REASON)
    seen = dict(enumerate(form.value("seen").split()))
    ticked = {int(text) for text in form.values("take")[:MOST] if text.isascii() and text.isdecimal() and len(text) < 6}
    if form.ok:
        with form.refusals():
            rows = give(rows, seen=seen, ticked=ticked, reason=reason, by=current_person)
    left = [row for row in rows if row.verb not in (GIVEN, SAME)]
    given = sum(row.verb == GIVEN for row in rows)
    if form.ok and not left:
        return go(url_for("shipping.index"), toast=say("%(count)s parcels have their numbers.", count=given))
    return invalid("shipping/numbers.html", **_parts(form, chosen, rows) | {"given": given, "ticked": ticked})


def _read() -> tuple[Form, list[Parcel], list[Row]]:
    form = Form.read()
    chosen = chosen_of(form.values("parcels"))
    text = form.long_text("pasted", required=True, most=MOST_SIGNS)
    rows: list[Row] = []
    if form.ok:
        with form.refusals():
            rows = planned(reach, pairs_of(text), chosen)
            form.expect(rows, "pasted", say("There is no number in this text."))
    return form, chosen, rows


def chosen_of(texts: list[str]) -> list[Parcel]:
    """The parcels of these uids, in their order, of those this person may change. Raises OutOfReach."""
    try:
        return changeable(reach, [uuid.UUID(text) for text in dict.fromkeys(texts[:MOST_TO_PAGE])])
    except ValueError:
        raise OutOfReach from None


def _parts(form: Form, chosen: Sequence[Parcel], rows: Sequence[Row] = ()) -> dict[str, Any]:
    return {
        "form": form, "chosen": chosen, "rows": list(enumerate(rows)), "verbs": VERBS, "most": MOST,
        "has_doubts": any(row.verb == DOUBTFUL for row in rows), "given": 0, "ticked": set(),
        "willing": sum(row.verb in (NEW, CHANGED) for row in rows), "seen": "\n".join(row.seen or "-" for row in rows),
        "kind": KIND, "tabs": room_tabs("shipping.numbers"),
        "labels": {"pasted": str(say("Numbers")), "reason": str(say("Why they are right all the same"))},
    }  # fmt: skip
