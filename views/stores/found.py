"""Stores, as search everywhere finds them, and how to connect one."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _

from models.stores.store import Store
from views.support.access import reach
from views.support.palette import Hit, action, source

action(lambda: _("Connect a store"), "plug", "stores.new", "stores.connect")


@source(lambda: _("Stores"), "stores.view", 30)
def stores(text: str, most: int) -> Iterator[Hit]:
    wanted = text.casefold()
    for store in Store.reached(reach):
        is_exact = store.seller_id == text
        if most and (wanted in store.name.casefold() or is_exact):
            most -= 1
            yield Hit(store.name, url_for("stores.detail", uid=store.uid), "store", is_exact=is_exact)
