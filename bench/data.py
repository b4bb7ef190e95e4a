"""Made-up data of real size: the same rows for the same seed and day, written in bulk. Nothing here is anybody's.

Products have variants and listings on five marketplaces; orders lie in the last 18 months, more of them lately.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from random import Random
from typing import Any

SEED = 20260101
CHUNK = 5_000
MARKETPLACES = (  # id, currency, share of the orders
    ("ATVPDKIKX0DER", "USD", 42),
    ("A1PA6795UKMFR9", "EUR", 24),
    ("A1F83G8C2ARO7P", "GBP", 16),
    ("A1VC38T7YXB528", "JPY", 12),
    ("A13V1IB3VIYZZH", "EUR", 6),
)
COUNTRIES = {"USD": "US", "EUR": "DE", "GBP": "GB", "JPY": "JP"}
PRODUCT_TYPES = (  # name, share of the products
    ("HOME", 28), ("KITCHEN", 21), ("LUGGAGE", 14), ("LAMP", 12), ("TOYS_AND_GAMES", 10), ("OFFICE_PRODUCTS", 8),
    ("PET_SUPPLIES", 5), ("MUSICAL_INSTRUMENTS", 2),
)  # fmt: skip
STATUSES_OLD = (("SHIPPED", 900), ("CANCELLED", 85), ("UNFULFILLABLE", 15))
STATUSES_NEW = (
    ("UNSHIPPED", 520), ("SHIPPED", 300), ("PENDING", 90), ("CANCELLED", 60), ("PARTIALLY_SHIPPED", 28),
    ("PENDING_AVAILABILITY", 2),
)  # fmt: skip
THINGS = (
    ("Travel Mug", "旅行保温杯"), ("Desk Lamp", "护眼台灯"), ("Packing Cubes", "旅行收纳袋"), ("Bamboo Tray", "竹制托盘"),
    ("Wool Blanket", "羊毛毯"), ("Cable Organizer", "理线收纳盒"), ("Storage Basket", "编织收纳篮"), ("Tea Kettle", "不锈钢茶壶"),
    ("Yoga Strap", "瑜伽拉力带"), ("Picnic Rug", "防潮野餐垫"), ("Cutting Board", "双面砧板"), ("Phone Stand", "手机支架"),
    ("Garden Gloves", "园艺手套"), ("Puzzle Box", "木制拼图"), ("Cat Tunnel", "猫咪隧道"), ("Notebook Set", "笔记本套装"),
)  # fmt: skip
KINDS = (
    ("Foldable", "折叠"), ("Large", "大号"), ("Slim", "轻薄"), ("Waterproof", "防水"), ("Handmade", "手工"), ("Quiet", "静音"),
    ("Heavy-Duty", "加厚"), ("Classic", "经典"),
)  # fmt: skip
COLOURS = (
    ("Navy", "藏青色"), ("Sand", "沙色"), ("Forest", "墨绿色"), ("Coral", "珊瑚色"), ("Charcoal", "炭灰色"), ("White", "白色"),
)  # fmt: skip
CANARY = "saltcellar-47"  # Stands in everything personal that is made here; it may never be found in clear.

PRODUCT = (
    "id", "uid", "team", "code", "title", "product_type", "brand", "language", "country_of_origin", "attributes", "state",
    "version", "variant_count", "first_sku", "image_url", "updated_at", "created_at",
)  # fmt: skip
VARIANT = (
    "id", "uid", "team", "product", "sku", "gtin", "options", "cost_minor", "cost_currency", "quantity", "position",
)  # fmt: skip
LISTING = (
    "uid", "team", "store", "marketplace_id", "variant", "product", "state", "asin", "overrides", "seen_version",
    "publication_state", "issue_count", "statuses", "live_price_minor", "live_currency", "live_quantity", "live_at",
    "created_at",
)  # fmt: skip
ORDER = (
    "id", "uid", "team", "store", "marketplace_id", "order_id", "ordered_at", "updated_at", "status", "awaits_shipment",
    "fulfilled_by", "service_level", "ship_by_from", "ship_by", "deliver_by", "programs", "total_minor", "currency", "unit_count",
    "line_count", "first_title", "first_sku", "ship_country", "cancel_requested", "shipped_at", "delivered_at", "cancelled_at",
    "buyer_state", "purge_at", "limit_at", "destroyed_at", "fetched_at", "created_at",
)  # fmt: skip
LINE = (
    "team", "order", "order_item_id", "sku", "asin", "title", "quantity", "quantity_shipped", "unit_price_minor", "total_minor",
    "currency", "cancel_requested", "cancel_reason", "is_gift",
)  # fmt: skip


def products(count: int, team: int, store: int, today: datetime) -> Iterator[tuple[tuple, list[tuple], list[tuple]]]:
    """Products, each with its variants and listings, as tuples in the order of PRODUCT, VARIANT and LISTING."""
    rng = Random(SEED)
    variant_id = 0
    types = _spread(PRODUCT_TYPES)
    for number in range(1, count + 1):
        is_chinese = number % 3 == 0
        title = title_of(rng, number, chinese=is_chinese)
        changed = today - timedelta(seconds=rng.randrange(2 * 365 * 86_400), microseconds=rng.randrange(1_000_000))
        variants: list[tuple] = []
        listings: list[tuple] = []
        for position in range(rng.choice((1, 1, 2, 3))):
            variant_id += 1
            sku = f"{_code(number)}-{position + 1}"
            variants.append(
                (variant_id, _uid(rng), team, number, sku, "", {"color": COLOURS[position][0]}, rng.randrange(200, 9000), "CNY",
                 rng.randrange(500), position)
            )  # fmt: skip
        for marketplace_id, currency, _share in MARKETPLACES[: rng.choice((0, 1, 1, 2, 3))]:
            state, publication = rng.choice(
                (("live", "live"), ("live", "live"), ("live", "live"), ("draft", "refused"), ("suppressed", "live"))
                if number % 50 == 0
                else (("live", "live"), ("live", "live"), ("live", "live"), ("draft", ""))
            )
            is_live = state == "live"
            listings.append(
                (_uid(rng), team, store, marketplace_id, variants[0][0], number, state, _asin(rng), {}, 1, publication, 0, [],
                 rng.randrange(500, 20_000) if is_live else None, currency if is_live else "", 10 if is_live else None,
                 changed if is_live else None, changed)
            )  # fmt: skip
        product: tuple[Any, ...] = (
            number, _uid(rng), team, _code(number), title, rng.choice(types), "Lotus", "zh" if is_chinese else "en", "CN", {},
            "archived" if rng.random() < 0.03 else "active", 1 + number % 7, len(variants), variants[0][4], "", changed,
            changed - timedelta(days=90),
        )  # fmt: skip
        yield product, variants, listings


def orders(count: int, team: int, store: int, today: datetime) -> Iterator[tuple[tuple, list[tuple]]]:
    """Orders, oldest first, each with its lines, as tuples in the order of ORDER and LINE."""
    rng = Random(SEED + 1)
    places = _spread([(place[:2], place[2]) for place in MARKETPLACES])
    old, new = _spread(STATUSES_OLD), _spread(STATUSES_NEW)
    moments = sorted(548 * 86_400 * (1 - rng.random() ** 1.4) for _ in range(count))
    for number in range(1, count + 1):
        age = timedelta(seconds=548 * 86_400 - moments[number - 1])
        ordered_at = today - age
        marketplace_id, currency = rng.choice(places)
        status = rng.choice(old if age > timedelta(days=6) else new)
        is_ours = rng.random() < 0.6
        ship_by, deliver_by = ordered_at + timedelta(days=2), ordered_at + timedelta(days=9)
        is_shipped, is_cancelled = status == "SHIPPED", status == "CANCELLED"
        changed = min(today, ordered_at + timedelta(days=3))
        lines, total = [], 0
        for part in range(1 if rng.random() < 0.75 else 2):
            product, quantity = rng.randrange(1, 90_000), rng.choice((1, 1, 1, 2, 3))
            price = rng.randrange(499, 15_000)
            total += price * quantity
            lines.append(
                (team, number, f"{number:012d}{part}", f"{_code(product)}-1", *sold_as(product, False), quantity, quantity if is_shipped else 0, price, price * quantity, currency, False, "", False)
            )  # fmt: skip
        awaits = is_ours and status in ("UNSHIPPED", "PARTIALLY_SHIPPED")
        is_held = is_ours and age < timedelta(days=30) and not is_cancelled
        order = (
            number, _uid(rng), team, store, marketplace_id, order_id_of(number), ordered_at, changed, status, awaits,
            "MERCHANT" if is_ours else "AMAZON", "STANDARD", ordered_at, ship_by, deliver_by, ["PRIME"] if not is_ours else [],
            total, currency, sum(line[6] for line in lines), len(lines), lines[0][5], lines[0][3], COUNTRIES[currency],
            awaits and rng.random() < 0.02, changed if is_shipped else None,
            min(today, ordered_at + timedelta(days=8)) if is_shipped and age > timedelta(days=8) else None,
            changed if is_cancelled else None, "held" if is_held else "destroyed" if is_ours else "none",
            today + timedelta(days=14) if is_held else None, today + timedelta(days=21) if is_held else None,
            changed if is_ours and not is_held else None, changed, changed,
        )  # fmt: skip
        yield order, lines


def payload(number: int, today: datetime, *, later: bool = False) -> str:
    """An order of the last four weeks as Amazon's Orders API 2026-01-01 tells it; `later`: the same order, shipped since."""
    rng = Random(SEED * 1_000_003 + number)
    marketplace_id, currency = rng.choice(MARKETPLACES)[:2]
    ordered_at = today - timedelta(seconds=rng.randrange(3600, 28 * 86_400))
    is_ours = rng.random() < 0.8
    changed = ordered_at + timedelta(minutes=45 if later else 15)
    window = {"earliestDateTime": _iso(ordered_at), "latestDateTime": _iso(ordered_at + timedelta(days=2))}
    promise = {
        "earliestDateTime": _iso(ordered_at + timedelta(days=4)),
        "latestDateTime": _iso(ordered_at + timedelta(days=9)),
    }
    items, total = [], 0
    for part in range(1 if rng.random() < 0.8 else 2):
        product, price = rng.randrange(1, 90_000), rng.randrange(499, 15_000)
        asin, title = sold_as(product, part == 1)
        total += price
        items.append({
            "orderItemId": f"{number:012d}{part}", "quantityOrdered": 1,
            "product": {"asin": asin, "sellerSku": f"{_code(product)}-1", "title": title, "price": {"unitPrice": _money(price, currency)}},
            "proceeds": {"proceedsTotal": _money(price, currency)},
            "fulfillment": {"quantityFulfilled": 1 if later else 0, "quantityUnfulfilled": 0 if later else 1,
                            **({"packing": {"giftOption": {"giftMessage": f"For you, {CANARY}-{number}"}}} if number % 25 == 0 else {})},
        })  # fmt: skip
    told: dict[str, Any] = {
        "orderId": order_id_of(number + 5_000_000), "createdTime": _iso(ordered_at), "lastUpdatedTime": _iso(changed),
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": marketplace_id, "marketplaceName": "Amazon"},
        "proceeds": {"grandTotal": _money(total, currency)},
        "fulfillment": {"fulfillmentStatus": "SHIPPED" if later else "UNSHIPPED", "fulfilledBy": "MERCHANT" if is_ours else "AMAZON",
                        "fulfillmentServiceLevel": "STANDARD", "shipByWindow": window, "deliverByWindow": promise},
        "orderItems": items,
    }  # fmt: skip
    if is_ours:
        told["buyer"] = {"buyerName": f"Jo {CANARY}-{number}", "buyerEmail": f"{CANARY}-{number}@marketplace.example"}
        told["recipient"] = {"deliveryAddress": {
            "name": f"Jo {CANARY}-{number}", "addressLine1": f"{number % 997} {CANARY} Street", "city": "Portland",
            "postalCode": f"{number % 100_000:05d}", "countryCode": COUNTRIES[currency], "phone": f"+1 555 {CANARY} {number}",
        }}  # fmt: skip
        told["packages"] = [{
            "packageReferenceId": "1", "packageStatus": {"status": "SHIPPED"}, "carrier": "DHL", "shipTime": _iso(changed),
            "trackingNumber": f"JD{number:018d}",
        }] if later else []  # fmt: skip
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def page_texts(count: int, today: datetime, *, later: bool = False, size: int = 100) -> Iterator[str]:
    """Answers of searchOrders with so many orders in all, `size` of them in each."""
    for start in range(1, count + 1, size):
        entries = (payload(number, today, later=later) for number in range(start, min(start + size, count + 1)))
        yield '{"orders":[' + ",".join(entries) + "]}"


def chunks(rows: Iterable[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    """The rows in lists of at most `size`."""
    source = iter(rows)
    while chunk := list(islice(source, size)):
        yield chunk


def title_of(rng: Random, number: int, *, chinese: bool) -> str:
    tongue = int(chinese)
    kind, thing, colour = rng.choice(KINDS)[tongue], rng.choice(THINGS)[tongue], rng.choice(COLOURS)[tongue]
    if chinese:
        return f"{kind}{thing} {colour} {rng.choice((2, 4, 6))}件装 型号{number % 7919}"
    return f"{kind} {thing}, {colour}, Pack of {rng.choice((2, 4, 6))}, Model {number % 7919}"


@lru_cache(maxsize=200_000)
def sold_as(product: int, chinese: bool) -> tuple[str, str]:
    """ASIN and title of a product in every order of it."""
    rng = Random(SEED + product)
    return _asin(rng), title_of(rng, product, chinese=chinese)


def order_id_of(number: int) -> str:
    """Three groups of digits, as Amazon's are; numbers and ids go one to one."""
    mixed = number * 2_654_435_761 % 10**10
    return f"{100 + number % 7:03d}-{number:07d}-{mixed % 10**7:07d}"


def _spread(shares: Iterable[tuple[Any, int]]) -> list[Any]:
    """Each value as many times as its share, to choose from."""
    return [value for value, share in shares for _ in range(share)]


def _code(number: int) -> str:
    return f"P{number:06d}"


def _uid(rng: Random) -> str:
    return f"{rng.getrandbits(128):032x}"


def _asin(rng: Random) -> str:
    return f"B0{rng.getrandbits(38):08X}"[:10]


def _money(minor: int, currency: str) -> dict[str, str]:
    return {
        "amount": str(minor) if currency == "JPY" else f"{minor // 100}.{minor % 100:02d}",
        "currencyCode": currency,
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds") + "Z"
