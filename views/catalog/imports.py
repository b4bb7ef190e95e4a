"""The old address of importing products; imports of every kind have one room."""

from __future__ import annotations

from flask import redirect, url_for

from models.catalog import product_exporter  # noqa: F401 (says how products leave to be imported again)
from models.catalog.product_importer import PRODUCTS
from views.catalog import bp
from views.support.access import requires


@bp.get("/t/<team>/catalog/import")
@requires("products.edit")
def choose_file():
    return redirect(url_for("imports.choose_file", kind=PRODUCTS.kind), 303)
