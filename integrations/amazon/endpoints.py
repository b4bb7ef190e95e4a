"""Where Amazon answers. One override for all regions is possible in sandbox and test mode only."""

from __future__ import annotations

from config.settings import Settings

SELLING_PARTNER = {
    "na": "https://sellingpartnerapi-na.amazon.com",
    "eu": "https://sellingpartnerapi-eu.amazon.com",
    "fe": "https://sellingpartnerapi-fe.amazon.com",
}
LWA = "https://api.amazon.com"


def selling_partner(settings: Settings, region: str) -> str:
    return settings.endpoint(settings.amazon_url, SELLING_PARTNER[region])


def lwa(settings: Settings) -> str:
    return settings.endpoint(settings.lwa_url or settings.amazon_url, LWA)
