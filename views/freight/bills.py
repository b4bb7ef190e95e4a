"""Carriers' bills: taking in a file, the bills with their totals, the queue of differences, and settling one of them."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from models.audit.event import events_about
from models.audit.feed import lines_of
from models.freight.bills.carrier_bill import CURRENCIES, BillFile, CarrierBill
from models.freight.bills.importer import BILLS
from models.freight.bills.line import CLASSES, STATES, BillLine
from models.freight.bills.listing import DIFFERENCES, line_of
from models.freight.bills.settling import MOST_AT_ONCE, MOST_TEXT
from models.freight.carrier import Carrier
from models.freight.explaining import line_words
from models.imports.record import Import
from models.support.db import write_txn
from models.support.errors import FieldRefused, Refused
from models.support.money import Money
from models.support.words import say
from views.audit.objects import leads as leads_to
from views.freight import bp
from views.freight.tabs import room_tabs, tab
from views.imports.doors import folder
from views.imports.imports import states as import_states
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.lists import ListPage, list_page, shows, steps
from views.support.paging import pager
from views.support.uploads import saved
from views.support.waiting import waiting
from views.workload.queues import leads

tab(80, lambda: _("Carrier bills"), "freight.bills", "freight.settle")
shows(DIFFERENCES, "freight.differences")
waiting(
    lambda: _("Differences of carriers' bills to settle"),
    lambda: BillLine.open_count(reach.team_id),
    lambda: url_for("freight.differences", state="open"),
    permission="freight.settle",
    icon="scale",
)
leads("freight_differences", lambda: url_for("freight.differences", state="open"), "freight.settle")
leads_to("bill_line", BillLine, "freight.settle", lambda one: url_for("freight.bill_line", uid=one.uid))
TONES = {"fine": "ok", "open": "warn", "disputed": "info", "agreed": "ok", "cleared": "neutral"}
OTHERS = {"total": say("Total"), "other": say("Other")}


@bp.get("/t/<team>/freight/bills/")
@requires("freight.settle")
def bills():
    return render_template("freight/bills.html", form=Form(), **parts())


@bp.post("/t/<team>/freight/bills/")
@requires("freight.settle")
def take_bill():
    """Takes in a file for a bill; its columns are looked at next. The same file is taken once."""
    form = Form.read()
    carriers = {str(carrier.uid): carrier for carrier in Carrier.of_team(current_team)}
    carrier = carriers.get(form.choice("carrier", carriers))
    number, currency = form.text("number", required=True, most=60), form.choice("currency", CURRENCIES)
    first, last = form.day("first_day"), form.day("last_day")
    sent = form.file("file", required=True)
    with form.refusals():
        CarrierBill.check(number, currency, first, last)
    batch = None
    if form.ok and carrier is not None:
        try:
            with saved(sent, folder()) as path:
                batch = Import.take(current_team, BILLS.kind, sent.filename, path, folder(), by=current_person)
            with write_txn():
                bill = CarrierBill.of(
                    carrier, number, currency=currency, first_day=first, last_day=last, by=current_person
                )
                BillFile.of(bill, batch)
        except FieldRefused as refused:
            form.fail(refused.field, refused.words)
        except Refused as refused:
            form.fail("file", refused.words)
    if not form.ok or batch is None:
        return invalid("freight/bills.html", form=form, **parts())
    return go(url_for("imports.detail" if batch.is_busy else "imports.mapping", uid=batch.uid))


def parts() -> dict[str, Any]:
    page = CarrierBill.page(reach, after=request.args.get("after", ""), before=request.args.get("before", ""))
    return {
        "bills": page, "totals": BillLine.totals_of(page.rows), "pager": pager(page), "tabs": room_tabs("freight.bills"),
        "carriers": [(str(carrier.uid), f"{carrier.code} · {carrier.name}") for carrier in Carrier.of_team(current_team)],
        "currencies": [(code, code) for code in CURRENCIES], "imports": Import.earlier(reach, [BILLS.kind], size=5),
        "states": import_states(), "open_count": BillLine.open_count(reach.team_id),
    }  # fmt: skip


# The queue


@bp.get("/t/<team>/freight/bills/differences")
@requires("freight.settle")
def differences():
    found = list_page(DIFFERENCES)
    if not isinstance(found, ListPage):
        return found
    return render_template(
        "freight/differences.html", list=found, tabs=room_tabs("freight.bills"), form=Form(), classes=CLASSES, states=STATES,
        tones=TONES, currencies=[(code, code) for code in CURRENCIES],
    )  # fmt: skip


@bp.post("/t/<team>/freight/bills/small_agreements")
@requires("freight.settle")
@fresh
def agree_to_small():
    """Agrees to every open difference up to an amount that is typed; what is missing, strange or billed twice is left."""
    form = Form.read()
    currency = form.choice("currency", CURRENCIES)
    limit = form.money("limit", currency or "CNY", required=True)
    reason = form.text("reason", required=True, most=MOST_TEXT)
    if form.ok and limit is not None:
        with form.refusals():
            done, left = BillLine.agree_to_small(reach, limit, currency, by=current_person, reason=reason)
            words = say("%(done)s agreed, %(left)s left.", done=done, left=left)
            return go(url_for("freight.differences", state="agreed"), toast=words)
    return invalid("freight/small.html", form=form, currencies=[(code, code) for code in CURRENCIES],
                   tabs=room_tabs("freight.bills"), most=MOST_AT_ONCE)  # fmt: skip


# One difference


@bp.get("/t/<team>/freight/bills/lines/<uuid:uid>")
@requires("freight.settle")
def bill_line(uid: uuid.UUID):
    line = line_of(reach, uid)
    return render_template("freight/bill_line.html", form=Form(), **line_parts(line), **steps(DIFFERENCES, line))


@bp.post("/t/<team>/freight/bills/lines/<uuid:uid>/agreement")
@requires("freight.settle")
@fresh
def agree(uid: uuid.UUID):
    line, form = line_of(reach, uid), Form.read()
    amount = signed_money(form, line)
    return settled(
        line,
        form,
        lambda: line.agree(by=current_person, reason=form.value("reason"), amount_minor=amount),
        say("Agreed."),
    )


@bp.post("/t/<team>/freight/bills/lines/<uuid:uid>/dispute")
@requires("freight.settle")
def dispute(uid: uuid.UUID):
    line, form = line_of(reach, uid), Form.read()
    return settled(line, form, lambda: line.argue(by=current_person, reason=form.value("reason")), say("Disputed."))


@bp.post("/t/<team>/freight/bills/lines/<uuid:uid>/clearance")
@requires("freight.settle")
def clear(uid: uuid.UUID):
    line, form = line_of(reach, uid), Form.read()
    return settled(line, form, lambda: line.clear(by=current_person, reason=form.value("reason")), say("Cleared."))


@bp.post("/t/<team>/freight/bills/lines/<uuid:uid>/reopening")
@requires("freight.settle")
@fresh
def reopen(uid: uuid.UUID):
    line, form = line_of(reach, uid), Form.read()
    return settled(
        line, form, lambda: line.reopen(by=current_person, reason=form.value("reason")), say("It is open again.")
    )


def signed_money(form: Form, line: BillLine) -> int | None:
    """The amount to agree to, typed without its sign; empty means all of the difference."""
    amount = form.money("amount", line.currency)
    return None if amount is None else -amount if line.difference_minor < 0 else amount


def settled(line: BillLine, form: Form, decide: Any, words: Any) -> Any:
    form.text("reason", required=True, most=MOST_TEXT)
    if form.ok:
        with form.refusals():
            decide()
    if not form.ok:
        return invalid("freight/bill_line.html", form=form, **line_parts(line))
    return go(url_for("freight.bill_line", uid=line.uid), toast=words)


def line_parts(line: BillLine) -> dict[str, Any]:
    rows = [
        {"name": line_words(one.code) if one.code not in ("total", "other") else OTHERS[one.code], "code": one.code, "differs": one.differs}
        | {side: Money.of(value, line.currency) if value is not None else None
           for side, value in (("quoted", one.quoted), ("billed", one.billed), ("difference", one.difference))}
        for one in line.compared()
    ]  # fmt: skip
    moments = [{"text": event.words, "at": event.at} for event in lines_of(events_about(line))]
    return {
        "line": line, "rows": rows, "moments": moments, "classes": CLASSES, "states": STATES, "tones": TONES, "most": MOST_TEXT,
        "remarks": remarks(), "is_mine": line.parcel_team_id == reach.team_id,
    }  # fmt: skip


def remarks() -> dict[str, str]:
    return {
        "AMBIGUOUS": _("More than one team booked a parcel under this number. Find out whose it is."),
        "OTHER_CARRIER": _("A parcel of yours has this number, but with another carrier."),
        "BILLED_LATER": _("It was billed later."),
    }
