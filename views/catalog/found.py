"""Products, as search everywhere finds them, and what one can begin in the catalogue."""

from collections.abc import Iterator

from flask_babel import gettext as _

from models.catalog.finding import hits
from views.support.access import reach
from views.support.palette import Hit, action, source
from views.support.stills import links

action(lambda: _("New product"), "plus", "catalog.new", "products.edit")
action(lambda: _("Import products"), "upload", "imports.choose_file", "products.edit", kind="products")


@source(lambda: _("Products"), "products.view", 20, more="catalog.index")
def products(text: str, most: int) -> Iterator[Hit]:
    address = links("catalog.detail")
    for product, is_exact in hits(reach, text, most):
        yield Hit(product.title, address(product.uid), "package", f"{product.code} · {product.first_sku}", is_exact)
