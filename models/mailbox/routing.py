"""Which store a mail is for: by the tag of the address it was sent to, else by its marketplace, else by the order it names, else the
store of its account. Only stores of the account's own team come into question (docs/domain.md §5.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from models.mailbox.account import MailAccount
from models.mailbox.route import MailRoute
from models.orders.order import Order
from models.stores.store import Store, StoreMarketplace
from models.support.prepared import Prepared

MOST_HEADERS = 256 * 1024
SENT_TO = (b"to", b"delivered-to", b"x-original-to")
TAGGED = re.compile(rb"\+([A-Za-z0-9._-]{1,64})@")
MARKETPLACE = re.compile(rb"[A-Z0-9]{8,24}")


def store_of(account: MailAccount, mail: Any, raw: bytes) -> int:
    """The id of the store."""
    told = _headers(raw)
    found = (
        _by_tag(account, told)
        or _by_marketplace(account, told)
        or _by_order(account, mail.order_ids)
        or account.store_id
    )
    return int(found)


def _headers(raw: bytes) -> dict[bytes, list[bytes]]:
    """The few headers that say where a mail belongs, unfolded, by their names in small letters."""
    head = re.split(rb"\r?\n\r?\n", raw[:MOST_HEADERS], maxsplit=1)[0]
    found: dict[bytes, list[bytes]] = {}
    for line in re.sub(rb"\r?\n[ \t]+", b" ", head).splitlines():
        name, colon, value = line.partition(b":")
        name = name.strip().lower()
        if colon and (name in SENT_TO or name == b"x-marketplace-id"):
            found.setdefault(name, []).append(value.strip())
    return found


def _by_tag(account: MailAccount, told: dict[bytes, list[bytes]]) -> int | None:
    values = [value for name in SENT_TO for value in told.get(name, ())]
    tags = [tag.decode().lower() for value in values for tag in TAGGED.findall(value)][:20]
    if not tags:
        return None
    routes: dict[str, int] = dict(_ROUTES.rows(account.id))
    return next((routes[tag] for tag in tags if tag in routes), None)


def _by_marketplace(account: MailAccount, told: dict[bytes, list[bytes]]) -> int | None:
    """The one store of those the account reads for that sells there; with several, the mail does not tell which."""
    named = [value.decode() for value in told.get(b"x-marketplace-id", ()) if MARKETPLACE.fullmatch(value)]
    if not named:
        return None
    routed = [store for _tag, store in _ROUTES.rows(account.id)]
    selling = {store for (store,) in _SELLING.rows(account.team_id, named[0])}
    return _only(selling & {account.store_id, *routed}) or _only(selling)


def _by_order(account: MailAccount, order_ids: Iterable[str]) -> int | None:
    wanted = tuple(order_ids)[:5]
    return _only({store for (store,) in _OF_ORDERS.rows(account.team_id, wanted)}) if wanted else None


def _only(stores: set[int]) -> int | None:
    return next(iter(stores)) if len(stores) == 1 else None


_ROUTES = Prepared(
    lambda account: MailRoute.select(MailRoute.tag, MailRoute.store).where(MailRoute.account == account).tuples()
)
_SELLING = Prepared(
    lambda team, marketplace: (
        StoreMarketplace.select(StoreMarketplace.store)
        .join(Store)
        .where(Store.team == team, StoreMarketplace.marketplace_id == marketplace)
        .tuples()
    )
)
_OF_ORDERS = Prepared(
    lambda team, orders: (
        Order.select(Order.store)
        .join(Store)
        .where(Order.team == team, Order.order_id.in_(orders), Store.team == team)
        .tuples()
    )
)
