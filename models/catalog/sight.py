"""What Amazon shows of a listing now, against what was sent; and when to look again, for what Amazon finds out late."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from models.catalog.listing import Listing
from models.catalog.schema import flat
from models.support import clock
from models.support.money import Money

# After it is live a listing is read again at these distances.
DISTANCES = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))


def observe(listing: Listing, seen: Any, *, is_live: bool) -> None:
    """Notes what Amazon has for a listing now: asin, statuses, price, quantity."""
    price = Money.of(*seen.price) if seen.price else None
    listing.change(
        asin=seen.asin[:10] or listing.asin,
        statuses=seen.statuses[:10],
        live_price_minor=price.amount_minor if price else listing.live_price_minor,
        live_currency=price.currency if price else listing.live_currency,
        live_quantity=seen.quantity if seen.quantity is not None else listing.live_quantity,
        state="live" if is_live else listing.state,
        live_at=(listing.live_at or clock.now()) if is_live else listing.live_at,
        read_at=clock.now(),
    )


def shows(seen: Any, attributes: dict) -> bool:
    """Does a reading of Amazon show the price and title that were sent?"""
    price = flat_value(attributes, "purchasable_offer", ("our_price", "schedule", "value_with_tax"))
    title = flat_value(attributes, "item_name", ("value",))
    same_price = seen.price is None or not price or Decimal(price) == seen.price[0]
    return same_price and (not seen.title or not title or title == seen.title)


def flat_value(attributes: dict, name: str, path: tuple[str, ...]) -> str:
    items = attributes.get(name) or []
    return flat(items[0], path) if items else ""


def next_watch(listing: Listing) -> datetime:
    """When to look again: often at first, then once a day."""
    age = clock.now() - (listing.live_at or clock.now())
    return clock.now() + next((distance for distance in DISTANCES if age < distance * 2), DISTANCES[-1])
