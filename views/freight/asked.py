"""What the calculator is asked: read from an address, and written into one, so that the address alone gives the same answer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from models.catalog.cargo import CARGO
from models.freight.asking import Answers, ask
from models.freight.engine.parcel import MOST_BOXES, MOST_CM, MOST_KG, MOST_VALUE, Box, Parcel
from models.freight.engine.quoting import HOME
from models.freight.goods import Goods, goods_of
from models.freight.origin import today
from models.support.words import Words, say
from views.freight.places import countries
from views.support.access import current_team, reach
from views.support.forms import Form

MOST_ROWS = 30
SIDES = ("l", "w", "h")
OF_A_BOX, OF_A_SKU = ("kg", *SIDES, "qty"), ("sku", "n")
ALONE = ("to", "postcode", "on", "value", "value_in", "insured", "formal", "show")
TIMES = re.compile(r"(.*\S)\s+[x×*]\s*(\d{1,6})", re.IGNORECASE)


@dataclass
class Asked:
    """`parcel` is None while something is missing or wrong. `notes` say what was passed over while somebody types."""

    form: Form
    boxes: list[Box] = field(default_factory=list)
    goods: Goods | None = None
    parcel: Parcel | None = None
    notes: list[Words] = field(default_factory=list)

    @property
    def value_in(self) -> str:
        return self.form.value("value_in") or HOME

    @cached_property
    def answers(self) -> Answers | None:
        return ask(current_team.id, self.parcel, self.value_in) if self.parcel else None

    @property
    def box_rows(self) -> list[int]:
        return self._rows(OF_A_BOX, "box")

    @property
    def sku_rows(self) -> list[int]:
        return self._rows(OF_A_SKU, "sku")

    def _rows(self, names: tuple[str, ...], kind: str) -> list[int]:
        """The rows the form shows: those filled in, one at least, and one more where it is asked for."""
        count = len(filled(self.form, names)) + (self.form.value("more") == kind)
        return list(range(1, min(max(count, 1), MOST_ROWS) + 1))

    @cached_property
    def query(self) -> str:
        """The same question as parameters of an address, without what is empty."""
        return urlencode(list(_written(self.form)))


def read(sent: Any, is_typing: bool = False) -> Asked:
    """Errors are noted in the form; then there is no parcel. While somebody types, what is only begun is no error yet."""
    form = Form(_closed_up(sent))
    asked = Asked(form)
    asked.boxes = [box for row in filled(form, OF_A_BOX) if (box := _box(form, row, is_typing)) is not None]
    if reach.may("products.view"):
        asked.goods = _goods(asked, is_typing)
    elif filled(form, OF_A_SKU):
        asked.notes.append(say("SKUs are left out: you may not see the products of this team."))
    day = form.day("on") or today()
    country = form.choice("to", [code for code, _name in countries()], required=False)
    postcode = form.text("postcode", most=40)
    cargo = frozenset(form.choices("cargo", CARGO))
    value = form.decimal("value", most=MOST_VALUE, places=4)
    boxes = (*asked.boxes, *(asked.goods.packed.boxes if asked.goods else ()))
    form.expect(
        sum(box.quantity for box in boxes) <= MOST_BOXES,
        "qty1",
        say("More than %(most)s boxes at once.", most=MOST_BOXES),
    )
    if form.ok and country and boxes and not (asked.goods and asked.goods.packed.weightless):
        tags = cargo | (asked.goods.cargo if asked.goods else frozenset())
        asked.parcel = Parcel(
            day,
            country,
            boxes,
            postcode,
            tags or frozenset({"general"}),
            value,
            form.flag("insured"),
            form.flag("formal"),
        )
    return asked


def filled(form: Form, names: tuple[str, ...]) -> list[int]:
    """Rows in which anything stands; a quantity alone is nothing."""
    telling = [name for name in names if name not in ("qty", "n")]
    return [row for row in range(1, MOST_ROWS + 1) if any(form.value(f"{name}{row}").strip() for name in telling)]


def _closed_up(sent: Any) -> dict[str, Any]:
    """What was sent, its rows one after the other from the first on."""
    form, closed = Form(sent), {name: sent.get(name, "") for name in (*ALONE, "more")}
    closed |= {"cargo": form.values("cargo"), "on": sent.get("on") or today().isoformat()}
    for names in (OF_A_BOX, OF_A_SKU):
        for place, row in enumerate(filled(form, names), start=1):
            closed |= {f"{name}{place}": form.value(f"{name}{row}") for name in names}
    return closed


def _box(form: Form, row: int, is_typing: bool) -> Box | None:
    before = len(form.errors)
    kg = form.decimal(f"kg{row}", required=not is_typing, most=MOST_KG, places=6)
    form.expect(kg is None or kg > 0 or is_typing, f"kg{row}", say("A box weighs more than nothing."))
    sides = [form.decimal(f"{name}{row}", most=MOST_CM, places=6) or Decimal(0) for name in SIDES]
    missing = [name for name, side in zip(SIDES, sides, strict=True) if not side and f"{name}{row}" not in form.errors]
    form.expect(
        is_typing or len(missing) in (0, 3),
        f"{missing[0] if missing else 'l'}{row}",
        say("Give all three sides, or none."),
    )
    quantity = form.integer(f"qty{row}", least=1, most=MOST_BOXES)
    if not kg or len(form.errors) > before:
        return None
    length, width, height = sides if not missing else (Decimal(0),) * 3
    return Box(kg, (length, width, height), quantity or 1)


def _goods(asked: Asked, is_typing: bool) -> Goods | None:
    """The SKUs of the form; a field may hold “SKU x 3” where it has no quantity of its own."""
    form = asked.form
    wanted: dict[str, int] = {}
    rows: dict[str, int] = {}
    for row in filled(form, OF_A_SKU):
        sku, count = form.text(f"sku{row}", most=60), form.integer(f"n{row}", least=1, most=100_000)
        together = TIMES.fullmatch(sku) if count is None and f"n{row}" not in form.errors else None
        if together:
            sku, count = together[1], int(together[2])
        wanted[sku] = wanted.get(sku, 0) + max(count or 1, 1)
        rows.setdefault(sku, row)
    if not wanted:
        return None
    goods = goods_of(reach, wanted)
    for sku in goods.unknown:
        words = say("There is no SKU %(sku)s.", sku=sku)
        asked.notes.append(words) if is_typing else form.fail(f"sku{rows[sku]}", words)
    return goods


def _written(form: Form) -> Any:
    for names in (OF_A_SKU, OF_A_BOX):
        for row in filled(form, names):
            yield from ((f"{name}{row}", text) for name in names if (text := form.value(f"{name}{row}").strip()))
    for tag in form.values("cargo"):
        yield "cargo", tag
    yield from ((name, text) for name in ALONE if (text := form.value(name).strip()))
