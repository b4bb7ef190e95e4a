"""After-sales cases: their list, one of them, opening one for an order, and what goes wrong with which SKU."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from models.lists.days import midnight
from models.mailbox import seeing_to
from models.mailbox.case import KINDS, REASONS, AfterSalesCase
from models.mailbox.case_list import CASES
from models.mailbox.case_reasons import by_sku
from models.mailbox.thread import ANSWER, PERMISSION, MailThread
from models.orders.assigning import people_of
from models.orders.line import OrderLine
from models.orders.order import Order
from models.support import clock
from models.support.words import say
from models.workload import cases as _queues  # noqa: F401 (adds its queues)
from views.audit.objects import leads as leads_to
from views.mailbox import bp
from views.mailbox.tabs import room_tabs, tab
from views.orders.orders import order_of
from views.support.access import current_person, reach, requires
from views.support.cells import pill
from views.support.forms import Form
from views.support.hypermedia import go, invalid
from views.support.language import choose_zone
from views.support.lists import ListPage, list_page, shows, steps
from views.support.waiting import waiting
from views.workload.queues import leads

tab(40, lambda: _("Cases"), "mailbox.cases", PERMISSION)
tab(45, lambda: _("Reasons"), "mailbox.reasons", PERMISSION)
shows(CASES, "mailbox.cases")
leads_to("after_sales_case", AfterSalesCase, PERMISSION, lambda one: url_for("mailbox.case", uid=one.uid))
leads("cases", lambda: url_for("mailbox.cases", care="mine", state="open", sort="due"), PERMISSION)
leads("cases_overdue", lambda: url_for("mailbox.cases", care="mine", time="overdue", sort="due"), PERMISSION)
waiting(
    lambda: _("After-sales cases overdue"),
    lambda: AfterSalesCase.overdue_count(reach),
    lambda: url_for("mailbox.cases", time="overdue", sort="due"),
    permission=PERMISSION,
    icon="clock",
    tone="bad",
)
TONES = {"proposed": "info", "open": "warn", "waiting": "info", "settled": "ok"}
PERIODS = (30, 90, 365)
DONE = {
    "open": say("The case is open again."), "waiting": say("The case waits."), "settled": say("The case is settled."),
    "refused": say("The case is refused."), "dismissed": say("The proposal is dismissed."),
}  # fmt: skip


@bp.app_template_global()
def case_pill(one: AfterSalesCase) -> Markup:
    return pill("bad" if one.is_overdue else TONES.get(one.state, "neutral"), one.state_words)


@bp.get("/t/<team>/mailbox/cases/")
@requires(PERMISSION)
def cases():
    found = list_page(CASES)
    if not isinstance(found, ListPage):
        return found
    return render_template("mailbox/cases.html", list=found, tabs=room_tabs("mailbox.cases"))


@bp.get("/t/<team>/mailbox/cases/<uuid:uid>")
@requires(PERMISSION)
def case(uid: uuid.UUID):
    one = AfterSalesCase.get_visible(reach, uid)
    return render_template("mailbox/case.html", **parts(one, Form()), **steps(CASES, one))


@bp.get("/t/<team>/mailbox/orders/<uuid:uid>/cases/new")
@requires(ANSWER)
def new_case(uid: uuid.UUID):
    order = _order(uid)
    return render_template(
        "mailbox/new_case.html", **_new(order, Form(), _thread(request.args.get("thread", ""), order))
    )


@bp.post("/t/<team>/mailbox/orders/<uuid:uid>/cases")
@requires(ANSWER)
def open_case(uid: uuid.UUID):
    order, form = _order(uid), Form.read()
    thread = _thread(form.value("thread"), order)
    lines = _lines(order)
    wanted = (
        form.choice("kind", KINDS),
        form.choice("reason", REASONS, required=False),
        form.choice("line", lines, required=False),
    )
    units, note = (
        form.integer("units", required=True, least=1, most=100_000),
        form.long_text("note", most=seeing_to.MOST_NOTE),
    )
    one = None
    if form.ok and units is not None:
        kind, reason, line = wanted
        with form.refusals():
            one = seeing_to.open_case(
                order,
                kind,
                by=current_person,
                line=lines.get(line),
                thread=thread,
                reason=reason,
                note=note,
                units=units,
            )
    if one is None:
        return invalid("mailbox/new_case.html", **_new(order, form, thread))
    return go(url_for("mailbox.case", uid=one.uid), toast=say("The case is open, and yours."))


@bp.post("/t/<team>/mailbox/cases/<uuid:uid>")
@requires(ANSWER)
def edit_case(uid: uuid.UUID):
    one, form = _case(uid), Form.read()
    lines = _lines(one.order)
    reason, line = form.choice("reason", REASONS, required=False), form.choice("line", lines, required=False)
    units, note = (
        form.integer("units", required=True, least=1, most=100_000),
        form.long_text("note", most=seeing_to.MOST_NOTE),
    )
    cost = form.money("cost", one.currency) if one.currency else 0
    day = form.day("due", required=True)
    if form.ok and units is not None and day is not None:
        due_at = one.due_at if day == clock.local(one.due_at, choose_zone()).date() else _end_of(day)
        with form.refusals():
            seeing_to.edit(
                one,
                by=current_person,
                reason=reason,
                note=note,
                due_at=due_at,
                cost_minor=cost or 0,
                units=units,
                line=lines.get(line),
            )
    if not form.ok:
        return invalid("mailbox/case.html", **parts(one, form))
    return go(url_for("mailbox.case", uid=uid), toast=say("The case is kept."))


@bp.post("/t/<team>/mailbox/cases/<uuid:uid>/state")
@requires(ANSWER)
def move_case(uid: uuid.UUID):
    one, form = _case(uid), Form.read()
    state = form.choice("state", DONE)
    if form.ok:
        with form.refusals():
            if one.state == "proposed" and state == "open":
                seeing_to.take(one, by=current_person)
            else:
                seeing_to.move(one, state, by=current_person)
    if not form.ok:
        return invalid("mailbox/case.html", **parts(one, form))
    return go(url_for("mailbox.case", uid=uid), toast=DONE[state])


@bp.post("/t/<team>/mailbox/cases/<uuid:uid>/assignment")
@requires(ANSWER)
def assign_case(uid: uuid.UUID):
    one, form = _case(uid), Form.read()
    people = {str(person.uid): person for person in people_of(one.team_id)}
    person = people.get(form.choice("person", people))
    if form.ok and person is not None:
        with form.refusals():
            seeing_to.assign(one, person, by=current_person)
    if not form.ok:
        return invalid("mailbox/case.html", **parts(one, form))
    return go(url_for("mailbox.case", uid=uid), toast=say("The case is theirs."))


@bp.get("/t/<team>/mailbox/reasons")
@requires(PERMISSION)
def reasons():
    """What went wrong with which SKU in the last 30, 90 or 365 days."""
    asked = request.args.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else 90
    since = midnight((clock.now() - timedelta(days=days)).date(), choose_zone())
    rows = by_sku(reach, since, clock.now())
    return render_template(
        "mailbox/reasons.html", tabs=room_tabs("mailbox.reasons"), rows=rows, days=days, periods=PERIODS, words=REASONS,
        most=max((row.cases for row in rows), default=1),
    )  # fmt: skip


def parts(one: AfterSalesCase, form: Form) -> dict[str, Any]:
    """What the page of a case shows."""
    order = one.order
    return {
        "case": one, "order": order, "form": form, "may_answer": reach.may(ANSWER, one.store_id), "reasons": list(REASONS.items()),
        "lines": [(key, line.sku) for key, line in _lines(order).items()], "people": [(str(p.uid), p.name) for p in people_of(one.team_id)],
        "line": next((key for key, line in _lines(order).items() if line.sku == one.sku), ""),
        "thread": one.thread if one.thread_id else None, "due_day": clock.local(one.due_at, choose_zone()).date().isoformat(),
    }  # fmt: skip


def _new(order: Order, form: Form, thread: MailThread | None) -> dict[str, Any]:
    return {
        "order": order, "form": form, "thread": thread, "kinds": list(KINDS.items()), "reasons": list(REASONS.items()),
        "lines": [(key, f"{line.sku} · {line.title}"[:120]) for key, line in _lines(order).items()],
    }  # fmt: skip


def _lines(order: Order) -> dict[str, OrderLine]:
    return {line.order_item_id: line for line in OrderLine.of(order)}


def _order(uid: uuid.UUID) -> Order:
    order = order_of(uid)
    if not reach.may(ANSWER, order.store_id):
        abort(403)
    return order


def _case(uid: uuid.UUID) -> AfterSalesCase:
    """403 for who may see it and not change it."""
    one = AfterSalesCase.get_visible(reach, uid)
    if not reach.may(ANSWER, one.store_id):
        abort(403)
    return one


def _thread(text: str, order: Order) -> MailThread | None:
    """The thread the case is opened from, where it is one of the order's."""
    try:
        thread = MailThread.get_visible(reach, uuid.UUID(text)) if text else None
    except ValueError:
        return None
    return thread if thread is not None and thread.order_id == order.id else None


def _end_of(day: Any) -> Any:
    return midnight(day + timedelta(days=1), choose_zone()) - timedelta(minutes=1)
