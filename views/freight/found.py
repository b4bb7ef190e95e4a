"""Kept quotes, as search everywhere finds them by number and tracking number, and asking for a price."""

import re
from collections.abc import Iterator

from flask_babel import gettext as _

from models.freight.kept_quote import FreightQuote
from views.support.access import reach
from views.support.palette import Hit, action, source
from views.support.stills import links

LIKE_A_NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9\-]{3,40}")

action(lambda: _("What does shipping cost?"), "calculator", "freight.index", "freight.view")


@source(lambda: _("Quotes"), "freight.view", 40, more="freight.quotes")
def quotes(text: str, most: int) -> Iterator[Hit]:
    if not LIKE_A_NUMBER.fullmatch(text):
        return
    address = links("freight.quote")
    for quote in FreightQuote.looked_up(reach, text, most):
        is_exact = text.upper() in (quote.label, quote.waybill)
        what = " · ".join(filter(None, (quote.country, f"{quote.total.text()} {quote.currency}", quote.waybill)))
        yield Hit(quote.label, address(quote.uid), "ship", what, is_exact)
