"""Threads, as search everywhere finds them: by the number of their order. Words are looked for in the mailbox itself."""

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _

from models.mailbox.searching import of_order
from models.mailbox.thread import PERMISSION
from views.support.access import reach
from views.support.palette import Hit, source


@source(lambda: _("Mailbox"), PERMISSION, 15, more="mailbox.index")
def threads(text: str, most: int) -> Iterator[Hit]:
    """The number is the order's own: it leads to what a buyer wrote about it only where the order itself is not shown."""
    is_exact = not reach.may("orders.view")
    for thread in of_order(reach, text, most):
        yield Hit(thread.label, url_for("mailbox.thread", uid=thread.uid), "mail", str(thread.state_words), is_exact)
