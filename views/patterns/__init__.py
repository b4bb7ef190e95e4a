"""Every component in each of its states, and example pages made of them, with invented data and no database.

Mounted in demo and debug only. `?theme=dark&dir=rtl&lang=zh_Hans` shows any page the other way.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from models.support import clock
from views.patterns.examples import ENTRIES, ORDERS, PRODUCT, ExampleForm
from views.patterns.look import current_look, look_url, page
from views.support.access import public

bp = Blueprint("patterns", __name__, url_prefix="/patterns")

CODES = {
    400: ("This request cannot be read", "Go back and try again."),
    403: ("Not allowed", "Your role or your network does not allow this. Ask the person who runs your team."),
    404: ("Nothing here", "This page does not exist, or is not for you. Check the address or go back."),
    405: ("Wrong kind of request", "This address does not take such a request."),
    409: ("That is not possible now", "Somebody else was faster: this has already changed. Reload the page."),
    413: ("Too large", "Send a smaller file."),
    422: ("Something is missing", "Correct the marked fields and send again."),
    429: ("Too many tries", "Wait a little and try again."),
    500: ("Something went wrong", "It is not your fault, and it was noted. Try again."),
    503: ("Not ready", "The portal is busy or starting. Try again in a moment."),
    507: ("The disk is full", "Nothing was lost, but nothing more can be stored."),
}


@bp.get("")
@public
def index():
    return page(
        "patterns/index.html",
        now=clock.now(),
        form=ExampleForm(),
        wrong=ExampleForm(
            {"title": "Bamboo organizer with a title that is much too long", "price": "12,5O"},
            {"title": "At most 40 characters; this has 51.", "price": "Write a number like 12.5."},
        ),
        orders=ORDERS[:4],
        errors=CODES,
    )


@bp.get("/orders")
@public
def orders():
    """A list as the portal's lists are: views, filters, selection, sorting, pages, details in a drawer."""
    if request.headers.get("HX-Target") == "palette-results":
        return render_template("search/_results.html", groups=[], text=request.args.get("q", ""), is_palette=True)
    wanted = request.args.get("status", "")
    sort = request.args.get("sort", "-placed")
    start = request.args.get("from", 0, type=int)
    rows = [order for order in ORDERS if not wanted or order.status == wanted]
    rows.sort(key=lambda order: getattr(order, sort.lstrip("-"), order.placed), reverse=sort.startswith("-"))
    shown = rows[start : start + 25]
    return page(
        "patterns/orders.html",
        orders=shown,
        total=len(rows),
        tabs=[tab("All", ""), tab("Unshipped", "Unshipped"), tab("Shipped", "Shipped"), tab("At risk", "Late")],
        columns=columns(sort),
        pager=SimpleNamespace(
            shown=f"{start + 1}–{start + len(shown)}",
            total_text=str(len(rows)),
            previous_url=look_url("patterns.orders", status=wanted, sort=sort, **{"from": start - 25})
            if start
            else None,
            next_url=look_url("patterns.orders", status=wanted, sort=sort, **{"from": start + 25})
            if start + 25 < len(rows)
            else None,
        ),
        status=wanted,
    )


@bp.get("/orders/<number>")
@public
def order(number: str):
    at = next((index for index, order in enumerate(ORDERS) if order.number == number), None)
    if at is None:
        abort(404)
    return page(
        "patterns/order.html",
        order=ORDERS[at],
        now=clock.now(),
        previous_url=look_url("patterns.order", number=ORDERS[at - 1].number) if at else None,
        next_url=look_url("patterns.order", number=ORDERS[at + 1].number) if at + 1 < len(ORDERS) else None,
    )


@bp.post("/orders/labels")
@public
def buy_labels():
    """A bulk act: the changed rows and a toast come back."""
    numbers = request.form.getlist("selected")
    bought = [order.with_status("Label bought", "info") for order in ORDERS if order.number in numbers]
    if "HX-Request" not in request.headers:
        return redirect(look_url("patterns.orders"), 303)
    return page("patterns/labels_bought.html", orders=bought)


@bp.get("/wallet")
@public
def wallet():
    return page("patterns/wallet.html", entries=ENTRIES, now=clock.now())


@bp.get("/product")
@public
def product():
    return page("patterns/product.html", form=ExampleForm(PRODUCT), now=clock.now())


@bp.get("/sign-in")
@public
def sign_in():
    return page("patterns/sign_in.html", form=ExampleForm())


@bp.post("/sign-in")
@public
def refuse():
    return page(
        "patterns/sign_in.html", 422, form=ExampleForm({"login": "alice"}, {"password": "Wrong login or password."})
    )


@bp.post("/form")
@public
def save():
    """Says what is wrong beside the fields until a title is given."""
    title = request.form.get("title", "")
    if not title:
        form = ExampleForm(request.form, {"title": "This is needed."})
        return page("patterns/_form.html", 422, form=form)
    return page("patterns/_form.html", form=ExampleForm(request.form), saved=title)


@bp.post("/conflict")
@public
def conflict():
    return page("patterns/_conflict.html", 409)


@bp.get("/progress")
@public
def progress():
    done = request.args.get("done", 0, type=int)
    return page("patterns/_progress.html", done=min(done + 214, 1284))


@bp.route("/errors/<int:code>", methods=["GET", "POST"])
@public
def error(code: int):
    if code not in CODES:
        abort(404)
    title, text = CODES[code]
    template = "errors/_fragment.html" if "HX-Request" in request.headers else "errors/error.html"
    return page(template, code, code=code, title=title, text=text, request_id="01JD3Z9K7Q", action=None)


@bp.post("/preferences")
@public
def prefer():
    """The look is in the address here, not kept."""
    look = current_look() | {name: value for name, value in request.form.items() if name == "theme"}
    if "language" in request.form:
        look["lang"] = request.form["language"]
        look["dir"] = "rtl" if look["lang"] == "ar" else "ltr"
    return redirect(url_for("patterns.index", **look), 303)


def tab(label: str, status: str) -> dict[str, Any]:
    return {
        "label": label,
        "url": look_url("patterns.orders", status=status),
        "count": sum(1 for order in ORDERS if not status or order.status == status),
        "is_current": request.args.get("status", "") == status,
    }


def columns(sort: str) -> list[dict[str, Any]]:
    """The heads of the example list; two of them sort."""

    def sorts(label: str, name: str, **more: Any) -> dict[str, Any]:
        turned = f"-{name}" if sort == name else name
        state = {name: "ascending", f"-{name}": "descending"}.get(sort)
        status = request.args.get("status", "")
        return {
            "label": label,
            "sort_url": look_url("patterns.orders", sort=turned, status=status),
            "sorted": state,
            **more,
        }

    return [
        {"label": "Order"},
        sorts("Placed", "placed"),
        {"label": "Buyer"},
        {"label": "Items"},
        {"label": "Qty", "end": True},
        sorts("Total", "total_minor", end=True),
        {"label": "Margin", "end": True, "title": "After fees, freight and tax"},
        {"label": "Status"},
        {"label": "Ship by"},
        {"label": "Carrier · tracking"},
    ]
