"""What one buyer orders: the articles, their money split as Amazon tells it, and what was promised."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.amazon import buyers, content, identifiers
from sandbox.amazon.clock import DAY
from sandbox.amazon.marketplaces import Marketplace
from sandbox.amazon.records import Account, Listing, Order
from sandbox.amazon.world import World

DAYS = {"NEXT_DAY": 1, "SECOND_DAY": 2, "EXPEDITED": 3, "STANDARD": 5}  # On the way, by service level.
SHIPPING_MINOR, GIFT_WRAP_MINOR = 499, 399  # In yen as in cents: both are a few dollars.


@dataclass(frozen=True)
class Shop:
    """What can be bought together."""

    marketplace: Marketplace
    fulfilled_by: str
    listings: list[Listing]


def place(world: World, account: Account, shop: Shop, placed: int, rng: random.Random, least: int = 1) -> Order:
    """An order of at least so many lines. Nothing has happened to it yet."""
    account.orders_made += 1
    order_id = identifiers.order_id(shop.marketplace.region, world.seed, account.seller_id, account.orders_made)
    buyer, address = buyers.invent(rng, shop.marketplace, shop.fulfilled_by)
    programs = _programs(rng, shop, buyer)
    wanted = max(least, rng.choices([1, 2, 3], [80, 15, 5])[0])
    chosen = rng.sample(shop.listings, min(wanted, len(shop.listings)))
    chosen += [chosen[0]] * (least - len(chosen))  # A seller with one listing still gets orders of two lines.
    gift = buyers.gift_message(address) if rng.random() < 0.06 else None
    service = rng.choice(["NEXT_DAY", "SECOND_DAY", "EXPEDITED"]) if "PRIME" in programs else "STANDARD"
    day = placed - placed % DAY
    ships = [day, day + (3 if service == "STANDARD" else 2) * DAY - 1]
    return Order(
        order_id,
        account.seller_id,
        shop.marketplace.id,
        shop.fulfilled_by,
        placed,
        [],
        [_line(rng, shop, listing, order_id, n, gift, programs, placed) for n, listing in enumerate(chosen)],
        buyer,
        address,
        service,
        programs,
        ships,
        [ships[1] + 1 + (DAYS[service] - 1) * DAY, ships[1] + (DAYS[service] + 2) * DAY],
        _payment(rng, shop.marketplace, buyer),
        [{"aliasId": f"SO-{order_id[-7:]}", "aliasType": "SELLER_ORDER_ID"}] if rng.random() < 0.1 else [],
    )


def _line(
    rng: random.Random,
    shop: Shop,
    listing: Listing,
    order_id: str,
    number: int,
    gift: str | None,
    programs: list[str],
    placed: int,
) -> dict[str, Any]:
    """One article of an order; amounts are minor units."""
    business_price = content.price(listing.live, placed, "B2B") if "AMAZON_BUSINESS" in programs else None
    unit = _minor(business_price or content.price(listing.live, placed) or Decimal(0), shop.marketplace)
    quantity = rng.choices([1, 2, 3, 5], [85, 10, 4, 1])[0]
    gross = {"ITEM": unit * quantity}
    if shop.fulfilled_by == "MERCHANT" and rng.random() < 0.3:
        gross["SHIPPING"] = SHIPPING_MINOR
    if gift is not None:
        gross["GIFT_WRAP"] = GIFT_WRAP_MINOR
    has_promotion = rng.random() < 0.1
    if has_promotion:
        gross["DISCOUNT"] = -(gross["ITEM"] * rng.choice([5, 10, 15]) // 100)
    split = {kind: _taxed(amount, shop.marketplace) for kind, amount in gross.items()}
    return {
        "id": identifiers.order_item_id(order_id, number),
        "sku": listing.sku,
        "asin": listing.asin,
        "title": content.text(listing.live, "item_name") or listing.sku,
        "condition": (content.text(listing.live, "condition_type") or "new_new").upper(),
        "quantity": quantity,
        "unit_minor": unit,
        "business_price": business_price is not None,
        "net": {kind: net for kind, (net, _) in split.items()},
        "tax": {kind: tax for kind, (_, tax) in split.items()},
        "promotion": f"PAWS-V2-{identifiers.characters(14, order_id, number)}" if has_promotion else None,
        "gift": gift,
        "points": max(1, unit * quantity // 100) if shop.marketplace.code == "JP" and rng.random() < 0.4 else 0,
    }


def _minor(amount: Decimal, marketplace: Marketplace) -> int:
    return int((amount * 10**marketplace.decimals).to_integral_value(ROUND_HALF_UP))


def _taxed(amount: int, marketplace: Marketplace) -> tuple[int, int]:
    """What is left without tax, and the tax."""
    rate = Decimal(str(marketplace.tax_rate))
    share = amount * rate / (1 + rate) if marketplace.prices_include_tax else amount * rate
    tax = int(share.to_integral_value(ROUND_HALF_UP))
    return (amount - tax if marketplace.prices_include_tax else amount), tax


def _programs(rng: random.Random, shop: Shop, buyer: dict[str, Any]) -> list[str]:
    programs = ["PRIME"] if rng.random() < (0.65 if shop.fulfilled_by == "AMAZON" else 0.08) else []
    if "buyerCompanyName" in buyer:
        programs.append("AMAZON_BUSINESS")
    if shop.fulfilled_by == "MERCHANT" and rng.random() < 0.03:
        programs.append("PREMIUM")
    return programs


def _payment(rng: random.Random, marketplace: Marketplace, buyer: dict[str, Any]) -> str:
    if marketplace.code == "JP":
        return rng.choices(["CreditCard", "ConvenienceStore", "CashOnDelivery"], [80, 15, 5])[0]
    if marketplace.code == "BR":
        return rng.choice(["Pix", "CreditCard"])
    return "Invoice" if "buyerCompanyName" in buyer and rng.random() < 0.4 else "CreditCard"
