"""Buyers ordering what is live: in bulk over the past days for a demonstration, and one after another as the sandbox's
clock runs. The same seed, listings and moments give the same orders."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.amazon import buyers, content, identifiers, lifecycle, marketplaces, order_life
from sandbox.amazon.clock import DAY, HOUR
from sandbox.amazon.identifiers import chance
from sandbox.amazon.marketplaces import Marketplace
from sandbox.amazon.records import Account, Listing, Order
from sandbox.amazon.world import World

NEXT_BUYER = "buyer"
LONGEST_GAP = 14 * DAY  # A clock pushed further than this makes no more buyers than this much time would.


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
        if account.next_order_at is None or account.next_order_at < now - LONGEST_GAP:
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
) -> list[Order]:
    """Orders placed over the last days, each in a state that fits its age, or in one of the states wanted."""
    shops = _shops(world, account, now, codes, fulfilled_by)
    if not shops:
        raise NothingLive
    orders = []
    for number in range(count):
        rng = chance(world.seed, "spread", account.seller_id, account.orders_made)
        placed = now - int(rng.random() * days * DAY)
        state = states[number % len(states)] if states else None
        order = _place(
            world, account, rng.choice(shops), placed, rng, fulfilled_by, least=2 if state == "PARTIALLY_SHIPPED" else 1
        )
        order_life.live(order, rng, now, state)
        orders.append(world.orders.put(order))
    world.accounts.put(account)
    return orders


def _one_more(world: World, seller_id: str, moment: int) -> None:
    account = world.accounts.get(seller_id)
    if account is None or account.next_order_at != moment:
        return
    if shops := _shops(world, account, moment, (), None):
        rng = chance(world.seed, "buyer", seller_id, account.orders_made)
        order = _place(world, account, rng.choice(shops), moment, rng, None)
        order_life.live(order, rng, moment)
        world.orders.put(order)
        _take_stock(world, order)
    account.next_order_at = moment + _gap(world, account)
    world.plan(account.next_order_at, NEXT_BUYER, seller_id)
    world.accounts.put(account)


def _gap(world: World, account: Account) -> int:
    rng = chance(world.seed, "gap", account.seller_id, world.count(f"gap {account.seller_id}"))
    return max(1, int(rng.expovariate(account.orders_per_hour / HOUR)))


def _shops(
    world: World, account: Account, now: int, codes: Sequence[str], fulfilled_by: str | None
) -> list[tuple[Marketplace, str, list[Listing]]]:
    """What can be bought together: live listings by marketplace and by who ships them."""
    shops: dict[tuple[str, str], list[Listing]] = {}
    for listing in world.listings_of(account.seller_id):
        marketplace = marketplaces.by_id()[listing.marketplace_id]
        if (not codes or marketplace.code in codes) and lifecycle.is_live(listing, now):
            shops.setdefault((marketplace.code, fulfilled_by or content.fulfilled_by(listing.live)), []).append(listing)
    return [(marketplaces.by_code()[code], who, listings) for (code, who), listings in shops.items()]


def _place(
    world: World,
    account: Account,
    shop: tuple[Marketplace, str, list[Listing]],
    placed: int,
    rng: random.Random,
    fulfilled_by: str | None,
    least: int = 1,
) -> Order:
    marketplace, who, listings = shop
    account.orders_made += 1
    order_id = identifiers.order_id(marketplace.region, world.seed, account.seller_id, account.orders_made)
    buyer, address = buyers.invent(rng, marketplace, who)
    programs = _programs(rng, who, buyer)
    wanted = max(least, rng.choices([1, 2, 3], [80, 15, 5])[0])
    chosen = rng.sample(listings, min(wanted, len(listings)))
    chosen += [chosen[0]] * (least - len(chosen))  # A seller with one listing still gets orders of two lines.
    is_gift = rng.random() < 0.06
    lines = [
        _line(
            rng,
            marketplace,
            listing,
            order_id,
            number,
            address if is_gift else None,
            "AMAZON_BUSINESS" in programs,
            placed,
        )
        for number, listing in enumerate(chosen)
    ]
    service = rng.choice(["NEXT_DAY", "SECOND_DAY", "EXPEDITED"]) if "PRIME" in programs else "STANDARD"
    days = {"NEXT_DAY": 1, "SECOND_DAY": 2, "EXPEDITED": 3}.get(service, 6)
    day = placed - placed % DAY
    return Order(
        order_id,
        account.seller_id,
        marketplace.id,
        who,
        placed,
        [],
        lines,
        buyer,
        address,
        service,
        programs,
        [day, day + 3 * DAY - 1 if service == "STANDARD" else day + 2 * DAY - 1],
        [day + (days - 1) * DAY + 2 * DAY, day + (days + 3) * DAY - 1 + DAY],
        _payment(rng, marketplace, buyer),
        [{"aliasId": f"SO-{order_id[-7:]}", "aliasType": "SELLER_ORDER_ID"}] if rng.random() < 0.1 else [],
    )


def _line(
    rng: random.Random,
    marketplace: Marketplace,
    listing: Listing,
    order_id: str,
    number: int,
    gift_to: dict[str, Any] | None,
    is_business: bool,
    placed: int,
) -> dict[str, Any]:
    """One article of an order, its money split as Amazon tells it; amounts are minor units."""
    business_price = content.price(listing.live, placed, "B2B") if is_business else None
    unit = business_price or content.price(listing.live, placed) or Decimal(0)
    unit_minor = int((unit * 10**marketplace.decimals).to_integral_value(ROUND_HALF_UP))
    quantity = rng.choices([1, 2, 3, 5], [85, 10, 4, 1])[0]
    gross = {"ITEM": unit_minor * quantity}
    if listing and content.fulfilled_by(listing.live) == "MERCHANT" and rng.random() < 0.3:
        gross["SHIPPING"] = 500 if marketplace.decimals == 0 else 499
    if gift_to is not None:
        gross["GIFT_WRAP"] = 300 if marketplace.decimals == 0 else 399
    promotion = rng.random() < 0.1
    if promotion:
        gross["DISCOUNT"] = -(gross["ITEM"] * rng.choice([5, 10, 15]) // 100)
    net, tax = {}, {}
    for kind, amount in gross.items():
        net[kind], tax[kind] = _taxed(amount, marketplace)
    return {
        "id": identifiers.order_item_id(order_id, number),
        "sku": listing.sku,
        "asin": listing.asin,
        "title": content.text(listing.live, "item_name") or listing.sku,
        "condition": (content.text(listing.live, "condition_type") or "new_new").upper(),
        "quantity": quantity,
        "unit_minor": unit_minor,
        "business_price": business_price is not None,
        "net": net,
        "tax": tax,
        "promotion": f"PAWS-V2-{identifiers.characters(14, order_id, number)}" if promotion else None,
        "gift": buyers.gift_message(gift_to) if gift_to is not None else None,
        "points": unit_minor * quantity // 100 if marketplace.code == "JP" and rng.random() < 0.4 else 0,
    }


def _taxed(amount: int, marketplace: Marketplace) -> tuple[int, int]:
    """What is left without tax, and the tax."""
    rate = Decimal(str(marketplace.tax_rate))
    share = amount * rate / (1 + rate) if marketplace.prices_include_tax else amount * rate
    tax = int(share.to_integral_value(ROUND_HALF_UP))
    return (amount - tax if marketplace.prices_include_tax else amount), tax


def _programs(rng: random.Random, who: str, buyer: dict[str, Any]) -> list[str]:
    programs = ["PRIME"] if rng.random() < (0.65 if who == "AMAZON" else 0.08) else []
    if "buyerCompanyName" in buyer:
        programs.append("AMAZON_BUSINESS")
    if who == "MERCHANT" and rng.random() < 0.03:
        programs.append("PREMIUM")
    return programs


def _payment(rng: random.Random, marketplace: Marketplace, buyer: dict[str, Any]) -> str:
    if marketplace.code == "JP":
        return rng.choices(["CreditCard", "ConvenienceStore", "CashOnDelivery"], [80, 15, 5])[0]
    if marketplace.code == "BR":
        return rng.choice(["Pix", "CreditCard"])
    return "Invoice" if "buyerCompanyName" in buyer and rng.random() < 0.4 else "CreditCard"


def _take_stock(world: World, order: Order) -> None:
    if order.fulfilled_by != "MERCHANT":
        return
    for line in order.lines:
        listing = next(
            x
            for x in world.listings_of(order.seller_id)
            if x.sku == line["sku"] and x.marketplace_id == order.marketplace_id
        )
        listing.sold += line["quantity"]
        world.listings.put(listing)
