"""A draft changed by hand: one sheet at a time, a page of rows as a form, every wrong cell with its words."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from models.catalog.cargo import CARGO
from models.freight.editing import CHOICES, KINDS, Edited, edited, settings_changed
from models.freight.engine.card import Card
from models.freight.rate_card import RateCard
from models.freight.sheet_words import SHEETS, code_words, column_words
from models.freight.workbook.writing import COLUMNS, Cells, rows_of, settings_of
from models.support.errors import Refused
from models.support.words import say
from views.freight import bp
from views.freight.sheet_parts import zone_links
from views.freight.slices import SIZE, slice_of
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.paging import here

NEW_ROWS, MOST_CELL = 3, 5000
WIDTHS = {"band": 140, "type": 170, "postcodes": 320, "when": 190, "basis": 190, "cargo": 180, "measure": 160, "combine": 150, "zones": 150,
          "code": 130, "from": 130, "to": 130, "level": 150}  # fmt: skip
USUAL = 108
TABS = ("card", "rates", "zones", "limits", "surcharges", "fuel", "remote")
SETTINGS = ("currency", "uom", "effective_from", "effective_to", "vol_mode", "vol_divisor", "vol_ratio", "vol_side_cm", "vol_share",
            "pieces_mode", "box_min_kg", "box_round_kg", "dim_round", "round_steps", "kg_per_cbm", "min_cbm", "cbm_step", "discount",
            "fuel_on_handling", "cargo_allowed")  # fmt: skip


@bp.get("/t/<team>/freight/sheets/<uuid:uid>/cells/<kind>")
@requires("freight.edit")
def cells(uid: uuid.UUID, kind: str):
    found = draft_of(uid, kind)
    return render_template(template_of(kind), **parts_of(found, kind, Form()))


@bp.post("/t/<team>/freight/sheets/<uuid:uid>/cells/<kind>")
@requires("freight.edit")
def save_cells(uid: uuid.UUID, kind: str):
    """Reads what was typed as a file would be read, and keeps it only when every cell is right."""
    found, form = draft_of(uid, kind), Form.read()
    revision = form.integer("revision", required=True) or 0
    made = settings_read(found, form) if kind == "card" else rows_read(found, form, kind)
    for (row, column), words in made.cells.items():
        form.fail(name_of(row, column), words)
    if not (made.is_good and form.ok):
        return invalid(template_of(kind), **parts_of(found, kind, form, made))
    changed = found.revise(made.card, revision=revision, by=current_person)
    back = url_for(".price_sheet", uid=uid) if form.value("after") == "done" else here()
    return go(
        back, toast=say("%(count)s cells changed.", count=len(changed)) if changed else say("Nothing was changed.")
    )


def draft_of(uid: uuid.UUID, kind: str) -> RateCard:
    found = reach.get(RateCard, uid)
    if kind not in KINDS:
        abort(404)
    if found.state != "draft":
        raise Refused("This version is decided. Make a new draft of it.")
    return found


def settings_read(found: RateCard, form: Form) -> Edited:
    cargo = "|".join(form.choices("cargo_allowed", CARGO, required=True))
    return settings_changed(found.card, {key: form.value(key) for key in SETTINGS} | {"cargo_allowed": cargo})


def rows_read(found: RateCard, form: Form, kind: str) -> Edited:
    """The rows that were shown, as they were typed, without those that were ticked, and with what was added below."""
    shown = [number for text in form.values("shown")[:SIZE] if (number := _number(text)) is not None]
    changed = {number: typed(form, str(number), kind) for number in shown}
    deleted = {number for text in form.values("deleted") if (number := _number(text)) in changed}
    added = [typed(form, f"new{number}", kind) for number in range(NEW_ROWS)]
    return edited(found.card, kind, changed, deleted, [row if is_filled(row, kind) else {} for row in added])


def is_filled(row: Cells, kind: str) -> bool:
    """What is only chosen from a list stood there before."""
    return any(text.strip() for column, text in row.items() if (kind, column) not in CHOICES)


def typed(form: Form, row: str, kind: str) -> Cells:
    """A field that was not sent leaves its cell as it was."""
    names = {column: name_of(row, column) for column in COLUMNS[kind]}
    return {column: form.value(name)[:MOST_CELL] for column, name in names.items() if form.values(name)}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None


def name_of(row: str, column: str) -> str:
    return f"{row}-{column}" if column else row


def template_of(kind: str) -> str:
    return "freight/settings.html" if kind == "card" else "freight/cells.html"


def parts_of(found: RateCard, kind: str, form: Form, made: Edited | None = None) -> dict[str, Any]:
    card = found.card
    return {
        "sheet": found,
        "kind": kind,
        "elsewhere": made.elsewhere[:SIZE] if made else [],
        "sheet_words": SHEETS,
        "column_words": column_words,
        "kinds": [{"label": str(SHEETS[one]), "url": url_for(".cells", uid=found.uid, kind=one), "is_current": one == kind} for one in TABS],
        **(settings_parts(card, form) if kind == "card" else rows_parts(card, kind, form)),
    }  # fmt: skip


def settings_parts(card: Card, form: Form) -> dict[str, Any]:
    kept = settings_of(card)
    was_sent = bool(form.value("revision"))
    return {
        "form": form if was_sent else Form(kept | {"cargo_allowed": sorted(card.cargo)}),  # type: ignore[operator]
        "labels": {key: column_words("card", key) for key in SETTINGS},
        "options": {key: options(("card", key)) for key in SETTINGS},
        "cargo": [(tag, str(words)) for tag, words in CARGO.items()],
    }


def rows_parts(card: Card, kind: str, form: Form) -> dict[str, Any]:
    """A page of rows with what was typed, else with what is kept; and empty ones to add."""
    zone = request.args.get("zone", "")
    lines = [
        (str(number), cells)
        for number, cells in enumerate(rows_of(card, kind))
        if not zone or cells.get("zone") == zone
    ]
    page = slice_of(lines)
    return {
        "form": form,
        "columns": [(column, column_words(kind, column), options((kind, column)), WIDTHS.get(column, USUAL)) for column in COLUMNS[kind]],
        "leaf": page,
        "rows": [drawn(form, row, cells, kind) for row, cells in page.rows],
        "fresh_rows": [drawn(form, f"new{number}", {}, kind) for number in range(NEW_ROWS)],
        "deleted": set(form.values("deleted")),
        "zone": zone,
        "zones": zone_links(card, zone) if kind == "rates" else [],
        "labels": {name: label_of(name, kind) for name in form.errors},
    }  # fmt: skip


def drawn(form: Form, row: str, kept: Cells, kind: str) -> dict[str, Any]:
    """A row of the form: the text and the words of each cell."""
    was_sent = bool(form.value("revision"))
    cells = {}
    for column in COLUMNS[kind]:
        name = name_of(row, column)
        text = form.value(name) if was_sent and form.values(name) else kept.get(column, "")
        cells[column] = {"name": name, "text": text, "error": form.error(name)}
    label = str(int(row) + 1) if row.isdecimal() else ""
    return {"row": row, "cells": cells, "label": label}


def label_of(name: str, kind: str) -> str:
    """A field with its row, as the summary of errors calls it."""
    row, _dash, column = name.partition("-")
    where = _("row %(number)s", number=int(row) + 1) if row.isdecimal() else _("New")
    return f"{column_words(kind, column)} · {where}"


def options(cell: tuple[str, str]) -> list[tuple[str, str]]:
    """What may be chosen in a cell, by code and words."""
    return [(code, str(code_words(cell, code)) if code else "—") for code in CHOICES.get(cell, ())]
