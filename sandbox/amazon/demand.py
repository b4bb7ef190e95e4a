"""Buyers ordering what is live: in bulk over the past days for a demonstration, and one after another as the sandbox's
clock runs. The same seed, listings and moments give the same orders."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.amazon import baskets, content, dressing, lifecycle, marketplaces, order_life
from sandbox.amazon.baskets import Shop
from sandbox.amazon.clock import DAY, HOUR
from sandbox.amazon.identifiers import chance
from sandbox.amazon.records import Account, Listing, Order, key
from sandbox.amazon.world import World

NEXT_BUYER = "buyer"
LONGEST_GAP = 14 * DAY  # A clock pushed further brings no more buyers than this much time would.


class NothingLive(Exception):
    """There is no listing anybody could buy."""


def install(world: World) -> None:
    world.on(NEXT_BUYER, _one_more)
    for account in world.accounts:
        expect(world, account, world.clock.now())


def expect(world: World, account: Account, now: int) -> None:
    """Plans the account's next buyer; none comes while its rate is zero."""
    if account.orders_per_hour <= 0:
        account.next_order_at = None
    else:
        if account.next_order_at is None:
            account.next_order_at = now + _gap(world, account)
        world.plan(account.next_order_at, NEXT_BUYER, account.seller_id)
    world.accounts.put(account)


def spread(
    world: World,
    account: Account,
    count: int,
    days: float,
    now: int,
    *,
    codes: Sequence[str] = (),
    fulfilled_by: str | None = None,
    states: Sequence[str] = (),
    kinds: Sequence[str] = (),
) -> list[Order]:
    """Orders placed over the last days, each in a state that fits its age, or in one of the states wanted; of these kinds, if any
    are named."""
    shops = _shops(world, account, now, codes, fulfilled_by)
    if not shops:
        raise NothingLive
    orders: list[Order] = []
    for number in range(count):
        rng = chance(world.seed, "spread", account.seller_id, account.orders_made)
        state = states[number % len(states)] if states else None
        least = 2 if state == "PARTIALLY_SHIPPED" else 1
        order = baskets.place(world, account, rng.choice(shops), now - int(rng.random() * days * DAY), rng, least)
        _dress(world, order, orders, kinds[number % len(kinds)] if kinds else None, state)
        order_life.live(order, rng, now, state)
        orders.append(world.orders.put(order))
    world.accounts.put(account)
    return orders


def _dress(world: World, order: Order, before: Sequence[Order], kind: str | None, state: str | None) -> None:
    rng = chance(world.seed, "dress", order.order_id)
    dressing.dress(order, rng, before)
    if kind is not None:
        known = (
            [one for one in world.orders if one.seller_id == order.seller_id] if kind in dressing.OF_ANOTHER else before
        )
        dressing.become(order, kind, rng, known)
    if state == "PENDING_AVAILABILITY":
        dressing.become(order, "preorder", rng)
    if state == "UNFULFILLABLE":
        dressing.become(order, "elsewhere", rng)


def _one_more(world: World, seller_id: str, moment: int) -> None:
    account = world.accounts.get(seller_id)
    if account is None or account.next_order_at != moment:
        return
    if shops := _shops(world, account, moment, (), None):
        rng = chance(world.seed, "buyer", seller_id, account.orders_made)
        order = baskets.place(world, account, rng.choice(shops), moment, rng)
        dressing.dress(order, chance(world.seed, "dress", order.order_id))
        order_life.live(order, rng, moment)
        world.orders.put(order)
        _take_stock(world, order)
    account.next_order_at = max(moment, world.clock.now() - LONGEST_GAP) + _gap(world, account)
    world.plan(account.next_order_at, NEXT_BUYER, seller_id)
    world.accounts.put(account)


def _gap(world: World, account: Account) -> int:
    rng = chance(world.seed, "gap", account.seller_id, world.count(f"gap {account.seller_id}"))
    return max(1, int(rng.expovariate(account.orders_per_hour / HOUR)))


def _shops(world: World, account: Account, now: int, codes: Sequence[str], fulfilled_by: str | None) -> list[Shop]:
    """What can be bought together: live listings by marketplace and by who ships them."""
    shops: dict[tuple[str, str], list[Listing]] = {}
    for listing in world.listings_of(account.seller_id):
        marketplace = marketplaces.by_id()[listing.marketplace_id]
        if (not codes or marketplace.code in codes) and lifecycle.is_live(listing, now):
            shops.setdefault((marketplace.code, fulfilled_by or content.fulfilled_by(listing.live)), []).append(listing)
    return [Shop(marketplaces.by_code()[code], who, listings) for (code, who), listings in shops.items()]


def _take_stock(world: World, order: Order) -> None:
    if order.fulfilled_by == "MERCHANT":
        for line in order.lines:
            listing = world.listings.get(key(order.seller_id, order.marketplace_id, line["sku"]))
            assert listing is not None
            listing.sold += line["quantity"]
            world.listings.put(listing)
