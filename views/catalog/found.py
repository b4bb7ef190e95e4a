"""Products, as search everywhere finds them, and what one can begin in the catalogue."""

from collections.abc import Iterator

from flask_babel import gettext as _

from models.catalog.finding import exactly
from models.catalog.product import Product
from models.support import search
from models.support.bulk import among
from views.support.access import reach
from views.support.palette import Hit, action, source
from views.support.stills import links

action(lambda: _("New product"), "plus", "catalog.new", "products.edit")
action(lambda: _("Import products"), "upload", "imports.choose_file", "products.edit", kind="products")


@source(lambda: _("Products"), "products.view", 20, more="catalog.index")
def products(text: str, most: int) -> Iterator[Hit]:
    ids = search.found(Product, reach.team_id, text, most * 4)
    if not ids:
        return
    own, address = exactly(reach.team_id, text, ids), links("catalog.detail")
    rows = sorted(
        reach.query(Product).where(among(Product.id, ids)), key=lambda row: (row.id not in own, row.state, -row.id)
    )
    for row in rows[:most]:
        yield Hit(row.title, address(row.uid), "package", f"{row.code} · {row.first_sku}", own == {row.id})
