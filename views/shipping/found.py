"""Parcels, as search everywhere finds them by number, tracking number and order id."""

from collections.abc import Iterator

from flask_babel import gettext as _

from models.shipping.lists import looked_up
from models.shipping.number import normalized
from views.support.access import reach
from views.support.palette import Hit, source
from views.support.stills import links

LEAST = 3


@source(lambda: _("Parcels"), "parcels.view", 15, more="shipping.index")
def parcels(text: str, most: int) -> Iterator[Hit]:
    if len(text) < LEAST or not any(sign.isdigit() for sign in text):
        return
    address, number = links("shipping.parcel"), normalized(text)
    for parcel in looked_up(reach, text, most):
        is_exact = text.upper() == parcel.label or bool(number and number == parcel.tracking_number)
        what = " · ".join(filter(None, (str(parcel.state_words), parcel.country, parcel.tracking_number)))
        yield Hit(parcel.label, address(parcel.uid), "package", what, is_exact)
