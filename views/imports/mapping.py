"""How a file is read, and which of its columns is which."""

from __future__ import annotations

import uuid

from flask import render_template, url_for

from models.imports import looking
from models.imports.encodings import ENCODINGS
from models.imports.fields import field_of
from models.imports.reading import HEADER_WITHIN
from models.imports.record import Import
from models.support.errors import FieldRefused, Refused
from models.support.words import say
from views.imports import bp
from views.imports.doors import folder, import_of
from views.support.access import current_person, signed_in
from views.support.forms import Form
from views.support.hypermedia import go, invalid


@bp.get("/t/<team>/imports/<uuid:uid>/mapping")
@signed_in
def mapping(uid: uuid.UUID):
    batch = import_of(uid)
    return render_template("imports/mapping.html", **parts(batch, Form()))


@bp.post("/t/<team>/imports/<uuid:uid>/mapping")
@signed_in
def choose_columns(uid: uuid.UUID):
    """Keeps which column is which and looks at the file."""
    batch = import_of(uid)
    form = Form.read()
    chosen = [form.value(f"column-{place}") for place in range(len(batch.headings))]
    try:
        with form.refusals():
            batch.map(chosen)
            looking.look(batch, folder(), by=current_person)
    except Refused as refused:
        form.fail("mapping", refused.words)
    if not form.ok:
        return invalid("imports/mapping.html", **parts(batch, form, chosen))
    return go(url_for("imports.detail", uid=uid))


@bp.post("/t/<team>/imports/<uuid:uid>/shape")
@signed_in
def read_otherwise(uid: uuid.UUID):
    """Reads the file in another encoding, from another sheet, or below another row of headings."""
    batch = import_of(uid)
    form = Form.read()
    shape = {name: form.choice(name, options) for name, options in readings(batch).items()}
    header_row = form.integer("header_row", least=1, most=HEADER_WITHIN) or 0
    if form.ok:
        try:
            batch.read_as(folder(), **shape, header_row=header_row)
        except Refused as refused:
            field = refused.field if isinstance(refused, FieldRefused) else next(iter(shape))
            form.fail(field, refused.words)
    if not form.ok:
        return invalid("imports/mapping.html", **parts(batch, form))
    return go(url_for("imports.mapping", uid=uid))


def readings(batch: Import) -> dict[str, dict[str, str]]:
    """What may be chosen for how the file is read."""
    if batch.format == "xlsx":
        return {"sheet": {name: name for name in batch.sheets}}
    delimiters = {",": str(say("Comma")), ";": str(say("Semicolon")), "\t": str(say("Tab"))}
    return {"encoding": ENCODINGS, "delimiter": delimiters}


def parts(batch: Import, form: Form, chosen: list[str] | None = None) -> dict:
    """Everything the page shows."""
    mapping = batch.mapping if chosen is None else chosen
    fields = batch.importer.fields
    offered = [(column, field.label_of(column)) for field in fields for column in field.columns()]
    columns = []
    for place, heading in enumerate(batch.headings):
        column = mapping[place] if place < len(mapping) else ""
        field = field_of(fields, column) if column else None
        own = [(column, field.label_of(column))] if field and column not in dict(offered) else []
        columns.append({
            "name": f"column-{place}", "heading": heading, "letter": letter(place), "chosen": column, "options": own + offered,
            "sample": [row[place] for row in batch.sample if place < len(row) and row[place]],
        })  # fmt: skip
    return {
        "batch": batch, "importer": batch.importer, "form": form, "columns": columns, "readings": readings(batch),
        "lacking": [field for field in fields if field.required and not any(map(field.takes, mapping))],
        "header_rows": [(number, str(number)) for number in range(1, HEADER_WITHIN + 1)],
    }  # fmt: skip


def letter(place: int) -> str:
    """The letter a spreadsheet gives a column: A, …, Z, AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name
