"""What was posted since a page was shown, for the list as it is asked for."""

from __future__ import annotations

from typing import Any

from models.lists.list_of import Asked
from models.lists.viewer import Viewer
from models.wallet.movements import TRANSFERS
from models.wallet.transfer import IN_ORDER, Transfer, later_than
from models.wallet.wallet import Wallet

MOST_NEW = 50


def newer(viewer: Viewer, asked: Asked, since: int, wallet: Wallet) -> list[Any]:
    """Transfers of a wallet after this one, the newest first; one more than a page where there are more."""
    query = TRANSFERS.walk(viewer, asked).where(Transfer.wallet == wallet)
    last = Transfer.get_or_none(Transfer.id == since, Transfer.wallet == wallet)
    query = query.where(later_than(last)) if last else query
    return list(query.order_by(*(column.desc() for column in IN_ORDER)).limit(MOST_NEW + 1))
