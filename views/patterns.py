"""Every component in each of its states, and example pages made of them, with invented data and no database.

Mounted in demo and debug only. `?theme=dark&dir=rtl&lang=zh_Hans` shows any page the other way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_babel import force_locale

from models.support import clock
from views.support.access import public
from views.support.shell import Shell

bp = Blueprint("patterns", __name__, url_prefix="/patterns")

LANGUAGES = (("en", "English"), ("zh_Hans", "简体中文"), ("ar", "العربية"))
THEMES = ("system", "light", "dark")
LOOK = ("theme", "dir", "lang")
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


# Pages


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


# What the pages share


def page(template: str, status: int = 200, /, **context: Any) -> Any:
    """The template in the wanted look, language and direction."""
    look = current_look()
    with force_locale(look.get("lang", "en")):
        answer = make_response(
            render_template(template, shell=make_shell(look), look=look, look_url=look_url, **context), status
        )
    answer.headers["Vary"] = "HX-Request, HX-Target"
    return answer


def current_look() -> dict[str, Any]:
    allowed = {"theme": THEMES, "dir": ("ltr", "rtl"), "lang": [code for code, _label in LANGUAGES]}
    return {name: request.args[name] for name in LOOK if request.args.get(name) in allowed[name]}


def look_url(endpoint: str, **values: Any) -> str:
    return url_for(endpoint, **{name: value for name, value in values.items() if value != ""}, **current_look())


def make_shell(look: dict[str, str]) -> Shell:
    lang = look.get("lang", "en")
    lotus = SimpleNamespace(name="Lotus Trading", slug="lotus", is_operator=False)
    say = ARABIC.get if lang == "ar" else lambda text, _default=None: text
    return Shell(
        product="Portolan",
        locale=lang.replace("_", "-"),
        direction=look.get("dir", "ltr"),
        theme=look.get("theme", "system"),
        person=SimpleNamespace(name="Alice Wang", login="alice", initials="AW"),
        team=lotus,
        teams=[
            ("Lotus Trading", "store", look_url("patterns.index"), True),
            ("Harbor Lines", "compass", look_url("patterns.wallet"), False),
        ],
        sections=[
            (
                say(title, title),
                [
                    SimpleNamespace(
                        label=say(label, label),
                        url=look_url(endpoint),
                        icon=icon,
                        is_current=request.endpoint == endpoint and (endpoint != "patterns.index" or key == "d"),
                        count=count,
                        key=key,
                    )
                    for label, endpoint, icon, count, key in items
                ],
            )
            for title, items in SECTIONS
        ],
        languages=[(code, label, code == lang) for code, label in LANGUAGES],
        urls={
            "sign_out": look_url("patterns.sign_in"),
            "preferences": look_url("patterns.prefer"),
            "search": url_for("patterns.orders"),
            "home": look_url("patterns.index"),
        },
    )


SECTIONS = (
    ("", (("Dashboard", "patterns.index", "dashboard", None, "d"),)),
    (
        "Selling",
        (
            ("Orders", "patterns.orders", "shopping-cart", 128, "o"),
            ("Products", "patterns.product", "package", None, "p"),
            ("Listings", "patterns.index", "tag", 3, None),
            ("Stores", "patterns.index", "store", None, None),
            ("Inventory", "patterns.index", "boxes", None, None),
            ("Prices", "patterns.index", "calculator", None, None),
        ),
    ),
    (
        "Logistics",
        (
            ("Parcels", "patterns.index", "truck", 12, None),
            ("Freight", "patterns.index", "ship", None, None),
            ("Mail", "patterns.index", "mail", 7, "m"),
        ),
    ),
    (
        "Finance",
        (
            ("Wallet", "patterns.wallet", "wallet", None, "w"),
            ("Profit", "patterns.index", "bar-chart", None, None),
            ("Ads", "patterns.index", "megaphone", None, None),
        ),
    ),
    ("Team", (("People", "patterns.index", "users", None, None), ("Events", "patterns.index", "history", None, None))),
)
ARABIC = {
    "Dashboard": "لوحة المعلومات", "Orders": "الطلبات", "Products": "المنتجات", "Listings": "القوائم", "Stores": "المتاجر",
    "Inventory": "المخزون", "Prices": "الأسعار", "Parcels": "الطرود", "Freight": "الشحن", "Mail": "البريد",
    "Wallet": "المحفظة", "Profit": "الأرباح", "Ads": "الإعلانات", "People": "الأشخاص", "Events": "السجل",
    "Selling": "المبيعات", "Logistics": "العمليات", "Finance": "المالية", "Team": "الفريق",
}  # fmt: skip


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


class ExampleForm:
    """What a form offers to the field macro: values, errors."""

    def __init__(self, sent: Any = None, errors: dict[str, str] | None = None):
        self._sent = sent or {}
        self.errors = errors or {}

    def value(self, name: str) -> str:
        return str(self._sent.get(name, ""))

    def values(self, name: str) -> list[str]:
        value = self._sent.get(name, [])
        return list(value) if isinstance(value, (list, tuple)) else [value]

    def error(self, name: str) -> str:
        return self.errors.get(name, "")


# Invented data


@dataclass(frozen=True)
class ExampleOrder:
    number: str
    market: str
    buyer: str
    title: str
    sku: str
    quantity: int
    total_minor: int
    currency: str
    margin_permille: int
    status: str
    tone: str
    carrier: str = ""
    tracking: str = ""
    placed_minutes_ago: int = 0
    ship_by_hours: int | None = None

    @property
    def placed(self) -> datetime:
        return clock.now() - timedelta(minutes=self.placed_minutes_ago)

    @property
    def ship_by(self) -> datetime | None:
        return None if self.ship_by_hours is None else clock.now() + timedelta(hours=self.ship_by_hours)

    @property
    def due_tone(self) -> str:
        return "warn" if self.ship_by_hours is not None and self.ship_by_hours < 24 else ""

    @property
    def margin(self) -> Decimal:
        return Decimal(self.margin_permille) / 1000

    def with_status(self, status: str, tone: str) -> ExampleOrder:
        return replace(self, status=status, tone=tone)


PRODUCTS = (
    ("LED Strip Light 5 m RGB", "LED-5M-RGB"),
    ("Bamboo Desk Organizer, 6 slots", "BMB-ORG-6"),
    ("Insulated Bottle 750 ml, Matte Black", "BTL-750-BK"),
    ("Phone Stand Aluminium, Foldable", "PHS-AL-GR"),
    ("Cat Fountain Filter ×8", "CTF-F8"),
    ("Kitchen Scale 10 kg", "KSC-10"),
    ("USB-C Hub 7-in-1", "HUB-7C"),
    ("硅胶折叠水杯 350 ml", "CUP-SIL-350"),
)
MARKETS = (("JP", "JPY"), ("UK", "GBP"), ("DE", "EUR"), ("FR", "EUR"), ("US", "USD"), ("AE", "AED"))
BUYERS = (
    "A. Al-Farsi",
    "H. Schmidt",
    "L. Nguyen",
    "S. Rossi",
    "K. Weber",
    "田中 健",
    "P. O’Neill",
    "R. Patel",
    "محمد علي",
)
STATES = (
    ("Unshipped", "warn"), ("Unshipped", "warn"), ("Label bought", "info"), ("Shipped", "ok"), ("Shipped", "ok"),
    ("Delivered", "ok"), ("Late", "bad"), ("Pending", "neutral"),
)  # fmt: skip
CARRIERS = (("YunExpress", "YT2532486463520"), ("DHL eCom", "DE7782023741"), ("4PX", "4PX3001188279CN"))


def example_order(at: int) -> ExampleOrder:
    title, sku = PRODUCTS[at * 5 % len(PRODUCTS)]
    market, currency = MARKETS[at * 7 % len(MARKETS)]
    status, tone = STATES[at * 3 % len(STATES)]
    carrier, tracking = CARRIERS[at % 3] if status in ("Shipped", "Delivered", "Label bought") else ("", "")
    return ExampleOrder(
        number=f"{114 + at * 37 % 290}-{1973060 + at * 523741 % 7900000:07d}-{9513358 - at * 381673 % 9000000:07d}",
        market=market,
        buyer=BUYERS[at * 4 % len(BUYERS)],
        title=title,
        sku=sku,
        quantity=1 + at % 3,
        total_minor=(2933 + at * 1777 % 9000) * (1 if currency == "JPY" else 3),
        currency=currency,
        margin_permille=(248, 312, 121, -42, 220, 63, 184)[at % 7],
        status=status,
        tone=tone,
        carrier=carrier,
        tracking=tracking,
        placed_minutes_ago=35 + at * 47,
        ship_by_hours={"Unshipped": 4 + at * 7 % 60, "Late": -9, "Pending": 50}.get(status),
    )


ORDERS = [example_order(at) for at in range(64)]
ENTRIES = [
    SimpleNamespace(
        number=f"T-{20931 - at}",
        at_minutes=30 + at * 97,
        kind=("Capture", "Hold", "Recharge", "Adjustment", "Release")[at * 3 % 5],
        text=("Parcel YT2532486463520 · 0.840 kg to DE", "Reserve for 12 parcels", "Bank transfer 8821", "Weight difference",
              "Quote expired")[at * 3 % 5],
        by=("job: capture", "Alice Wang", "Olga Petrova", "job: audit", "job: release")[at * 3 % 5],
        status=("ok", "Posted") if at % 6 else ("warn", "Waiting"),
        debit=1284_00 + at * 37_13 if at % 3 else None,
        credit=None if at % 3 else 5000_00,
        balance=18420_55 - at * 311_64,
    )
    for at in range(22)
]  # fmt: skip
PRODUCT = {
    "title": "Bamboo Desk Organizer, 6 slots",
    "sku": "BMB-ORG-6",
    "price": "34.90",
    "weight": "840",
    "condition": "new",
    "bullets": "Six slots for pens, phone and cards\nSolid bamboo, oiled\nFelt feet protect the desk",
    "marketplaces": ["DE", "FR"],
    "description": "A quiet place for everything that usually lies around.",
}
