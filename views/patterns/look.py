"""How an example page is shown: in the language, direction and theme its address asks for, with the frame of a team."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import make_response, render_template, request, url_for
from flask_babel import force_locale

from views.support.shell import Shell

LANGUAGES = (("en", "English"), ("zh_Hans", "简体中文"), ("ar", "العربية"))
THEMES = ("system", "light", "dark")
LOOK = ("theme", "dir", "lang")


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
