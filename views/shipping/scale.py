"""The weigh-in screen: one form that keeps the focus, and Enter that goes on. A parcel takes one request."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _

from models.catalog.image import MOST_BYTES
from models.shipping.scale import SIDES, FarOff, put_on, recent
from models.shipping.weighing import Weighing
from models.shipping.weighing_importer import KIND
from models.support.errors import FieldRefused
from models.wallet.on_scale import Paid, paid_for
from views.shipping import bp
from views.shipping.tabs import warehouse_tab, warehouse_tabs
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import invalid, show

warehouse_tab(20, lambda: _("Scale"), "shipping.scale", "parcels.weigh")
UNITS = ("g", "kg")
MOST_CODE = 120
FIELDS = ("code", "weight", *SIDES, "photo")


@bp.get("/t/<team>/shipping/warehouse/scale")
@requires("parcels.weigh")
def scale():
    return render_template("shipping/scale.html", **_parts(Form()))


@bp.post("/t/<team>/shipping/warehouse/scale")
@requires("parcels.weigh")
def put_on_scale():
    """One parcel. What is refused stays in the form, beside its field."""
    form, kept = Form.read(), None
    code, weight = form.text("code", required=True, most=MOST_CODE), form.text("weight", required=True, most=40)
    sides = tuple(form.text(name, most=40) for name in SIDES)
    unit, is_far = form.choice("unit", UNITS, required=False), False
    if form.ok:
        try:
            kept = put_on(
                reach,
                code,
                weight,
                sides,
                unit=unit,
                is_sure=form.flag("sure"),
                photo=photo_of(form),
                by=current_person,
            )
        except FieldRefused as refused:
            form.fail(refused.field, refused.words)
            is_far = isinstance(refused, FarOff)
    if kept is None:
        return invalid("shipping/scale.html", fragment="shipping/_scale.html", **_parts(form, is_far=is_far))
    return show("shipping/scale.html", fragment="shipping/_scale.html", **_parts(Form({"unit": unit}), kept))


def photo_of(form: Form) -> bytes | None:
    sent = form.file("photo")
    return sent.stream.read(MOST_BYTES + 1) if sent else None


def _parts(form: Form, kept: Weighing | None = None, is_far: bool = False) -> dict[str, Any]:
    """A number that is refused gives its field back empty, for the next scan; anything else keeps what was typed."""
    last = recent(reach)
    if "code" in form.errors:
        form = _without_code(form)
    return {
        "form": form, "kept": kept, "paid": paid_for(one.parcel_id for one in last), "nothing_paid": Paid(), "last": last, "is_far": is_far,
        "focus": next((name for name in FIELDS if name in form.errors), "code"), "units": [(one, one) for one in UNITS],
        "tabs": warehouse_tabs("shipping.scale"), "kind": KIND,
        "labels": {"code": _("Number"), "weight": _("Weight"), "length": _("Length"), "width": _("Width"), "height": _("Height"), "photo": _("Photo")},
    }  # fmt: skip


def _without_code(form: Form) -> Form:
    kept = Form({"unit": form.value("unit")})
    kept.errors = form.errors
    return kept
