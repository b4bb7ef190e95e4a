"""Files of bank accounts: which column is which, what taking one in would do, and taking it in."""

from __future__ import annotations

import uuid
from typing import Any

from flask import make_response, render_template, url_for

from models.audit.event import events_about, track
from models.audit.feed import lines_of
from models.imports.encodings import ENCODINGS
from models.imports.fields import field_of
from models.imports.reading import HEADER_WITHIN
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import Words, say
from models.wallet.bank import taking
from models.wallet.bank.columns import FIELDS
from models.wallet.bank.file import BankFile
from models.wallet.bank.original import BankOriginal
from models.wallet.reaching import DECIDE
from models.wallet.wallet import CURRENCIES
from views.imports.doors import folder
from views.imports.mapping import letter
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.uploads import saved
from views.wallet import bp
from views.wallet.bank import bank_parts

KINDS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@bp.post("/t/<team>/wallet/bank/files/")
@requires("wallets.decide")
def take_bank_file():
    """The same file is taken once; its columns are looked at next."""
    form = Form.read()
    account, currency = form.text("account", required=True, most=60), form.choice("currency", CURRENCIES)
    sent, taken = form.file("file", required=True), None
    if form.ok:
        try:
            with saved(sent, folder()) as path:
                taken = taking.take(current_team, account, currency, sent.filename, path, by=current_person)
        except Refused as refused:
            form.fail(refused.field if isinstance(refused, FieldRefused) else "file", refused.words)
    if taken is None:
        return invalid("wallet/bank.html", **bank_parts(form))
    return go(url_for("wallet.bank_file", uid=taken.uid))


@bp.get("/t/<team>/wallet/bank/files/<uuid:uid>")
@requires("wallets.view")
def bank_file(uid: uuid.UUID):
    return render_template("wallet/bank_file.html", **_parts(reach.get(BankFile, uid), Form()))


@bp.post("/t/<team>/wallet/bank/files/<uuid:uid>/reading")
@requires("wallets.decide")
def read_bank_file(uid: uuid.UUID):
    """Reads it in another way: sheet, encoding, delimiter or row of headings."""
    found, form = reach.get(BankFile, uid), Form.read()
    shape: dict[str, Any] = {name: form.choice(name, options) for name, options in _readings(found).items()}
    shape["header_row"] = form.integer("header_row", required=True, least=1, most=HEADER_WITHIN)
    if form.ok:
        try:
            found.keep_reading(taking.surveyed(found, folder(), **shape))
        except Refused as refused:
            form.fail(refused.field if isinstance(refused, FieldRefused) else next(iter(shape)), refused.words)
    if not form.ok:
        return invalid("wallet/bank_file.html", **_parts(found.reload(), form))
    return go(url_for("wallet.bank_file", uid=uid))


@bp.post("/t/<team>/wallet/bank/files/<uuid:uid>/dry_run")
@requires("wallets.decide")
def look_into_bank_file(uid: uuid.UUID):
    found, form = reach.get(BankFile, uid), Form.read()
    chosen = [form.value(f"column-{place}")[:40] for place in range(len(found.headings))]
    with form.refusals():
        taking.look(found, folder(), chosen)
    if not form.ok:
        return invalid("wallet/bank_file.html", **_parts(found, form, chosen))
    return go(url_for("wallet.bank_file", uid=uid))


@bp.post("/t/<team>/wallet/bank/files/<uuid:uid>/application")
@requires("wallets.decide")
def apply_bank_file(uid: uuid.UUID):
    found = reach.get(BankFile, uid)
    new = taking.apply(found, folder(), by=current_person)
    return go(url_for("wallet.bank"), toast=say("%(count)s lines are taken in.", count=new))


@bp.post("/t/<team>/wallet/bank/files/<uuid:uid>/original")
@requires("wallets.decide")
@fresh
def original_bank_file(uid: uuid.UUID):
    """Byte by byte as it came; it says who paid whom, so it leaves an event."""
    found = reach.get(BankFile, uid)
    with write_txn():
        track("bank_file_downloaded", found, by=current_person, account=found.account)
    ending = found.shape["format"]
    answer = make_response(BankOriginal.bytes_of(found))
    answer.headers["Content-Type"] = KINDS[ending]
    answer.headers["Content-Disposition"] = f'attachment; filename="bank-{found.sha256[:12]}.{ending}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _readings(found: BankFile) -> dict[str, dict[str, str]]:
    if found.shape["format"] == "xlsx":
        return {"sheet": {name: name for name in taking.surveyed(found, folder()).sheets}}
    delimiters = {",": str(say("Comma")), ";": str(say("Semicolon")), "\t": str(say("Tab"))}
    return {"encoding": ENCODINGS, "delimiter": delimiters}


def _parts(found: BankFile, form: Form, chosen: list[str] | None = None) -> dict[str, Any]:
    may_act = reach.may(DECIDE)
    labels = {field.name: field.label for field in FIELDS}
    is_open = found.state != "applied" and may_act
    return {
        "file": found, "form": form, "is_open": is_open, "may_act": may_act, "columns": _columns(found, chosen) if is_open else [],
        "readings": _readings(found) if is_open else {}, "moments": lines_of(events_about(found)),
        "header_rows": [(number, str(number)) for number in range(1, HEADER_WITHIN + 1)],
        "problems": [{"row": row, "column": labels.get(column, column), "words": Words.from_json(words)} for row, column, words in found.problems],
    }  # fmt: skip


def _columns(found: BankFile, chosen: list[str] | None) -> list[dict[str, Any]]:
    """What stands in the file, what each column may be and what it is. The examples are read anew: they are kept nowhere."""
    mapping = found.mapping if chosen is None else chosen
    sample = taking.surveyed(found, folder()).sample
    offered = [(field.name, field.label) for field in FIELDS]
    columns = []
    for place, heading in enumerate(found.headings):
        column = mapping[place] if place < len(mapping) else ""
        columns.append({
            "name": f"column-{place}", "heading": heading, "letter": letter(place), "options": offered,
            "chosen": column if column and field_of(FIELDS, column) else "",
            "sample": [row[place] for row in sample if place < len(row) and row[place]],
        })  # fmt: skip
    return columns
