"""Amazon's marketplaces as far as they are known. What an account itself reports (currency, language) wins.

Unknown marketplace ids are kept, not refused: Amazon adds new ones and lists non-Amazon stores among them.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.support.words import say


@dataclass(frozen=True)
class Marketplace:
    """`code` is Amazon's country code (UK, not GB); `host` is its Seller Central."""

    id: str
    code: str
    region: str
    currency: str
    language: str
    host: str
    timezone: str

    @property
    def label(self) -> str:
        return self.code


_EU = "sellercentral-europe.amazon.com"
MARKETPLACES = {
    m.id: m
    for m in (
        Marketplace("ATVPDKIKX0DER", "US", "na", "USD", "en_US", "sellercentral.amazon.com", "America/Los_Angeles"),
        Marketplace("A2EUQ1WTGCTBG2", "CA", "na", "CAD", "en_CA", "sellercentral.amazon.ca", "America/Los_Angeles"),
        Marketplace("A1AM78C64UM0Y8", "MX", "na", "MXN", "es_MX", "sellercentral.amazon.com.mx", "America/Mexico_City"),
        Marketplace("A2Q3Y263D00KWC", "BR", "na", "BRL", "pt_BR", "sellercentral.amazon.com.br", "America/Sao_Paulo"),
        Marketplace("A1F83G8C2ARO7P", "UK", "eu", "GBP", "en_GB", _EU, "Europe/London"),
        Marketplace("A1PA6795UKMFR9", "DE", "eu", "EUR", "de_DE", _EU, "Europe/Berlin"),
        Marketplace("A13V1IB3VIYZZH", "FR", "eu", "EUR", "fr_FR", _EU, "Europe/Paris"),
        Marketplace("APJ6JRA9NG5V4", "IT", "eu", "EUR", "it_IT", _EU, "Europe/Rome"),
        Marketplace("A1RKKUPIHCS9HS", "ES", "eu", "EUR", "es_ES", _EU, "Europe/Madrid"),
        Marketplace("A28R8C7NBKEWEA", "IE", "eu", "EUR", "en_IE", "sellercentral.amazon.ie", "Europe/Dublin"),
        Marketplace("A1805IZSGTT6HS", "NL", "eu", "EUR", "nl_NL", "sellercentral.amazon.nl", "Europe/Amsterdam"),
        Marketplace("AMEN7PMS3EDWL", "BE", "eu", "EUR", "fr_BE", "sellercentral.amazon.com.be", "Europe/Brussels"),
        Marketplace("A2NODRKZP88ZB9", "SE", "eu", "SEK", "sv_SE", "sellercentral.amazon.se", "Europe/Stockholm"),
        Marketplace("A1C3SOZRARQ6R3", "PL", "eu", "PLN", "pl_PL", "sellercentral.amazon.pl", "Europe/Warsaw"),
        Marketplace("A33AVAJ2PDY3EV", "TR", "eu", "TRY", "tr_TR", "sellercentral.amazon.com.tr", "Europe/Istanbul"),
        Marketplace("ARBP9OOSHTCHU", "EG", "eu", "EGP", "ar_AE", "sellercentral.amazon.eg", "Africa/Cairo"),
        Marketplace("A17E79C6D8DWNP", "SA", "eu", "SAR", "ar_AE", "sellercentral.amazon.sa", "Asia/Riyadh"),
        Marketplace("A2VIGQ35RCS4UG", "AE", "eu", "AED", "en_AE", "sellercentral.amazon.ae", "Asia/Dubai"),
        Marketplace("AE08WJ6YKNBMC", "ZA", "eu", "ZAR", "en_ZA", "sellercentral.amazon.co.za", "Africa/Johannesburg"),
        Marketplace("A21TJRUUN4KGV", "IN", "eu", "INR", "en_IN", "sellercentral.amazon.in", "Asia/Kolkata"),
        Marketplace("A1VC38T7YXB528", "JP", "fe", "JPY", "ja_JP", "sellercentral.amazon.co.jp", "Asia/Tokyo"),
        Marketplace("A39IBJ37TRP1C6", "AU", "fe", "AUD", "en_AU", "sellercentral.amazon.com.au", "Australia/Sydney"),
        Marketplace("A19VAU5U5O7RUS", "SG", "fe", "SGD", "en_SG", "sellercentral.amazon.sg", "Asia/Singapore"),
    )
}
REGIONS = {"na": say("North America"), "eu": say("Europe"), "fe": say("Far East")}
FIRST_HOST = {"na": "sellercentral.amazon.com", "eu": _EU, "fe": "sellercentral.amazon.co.jp"}


def marketplace_code(marketplace_id: str) -> str:
    """The short code of a marketplace; its id when it is not known."""
    known = MARKETPLACES.get(marketplace_id)
    return known.code if known else marketplace_id


def order_address(marketplace_id: str, order_id: str) -> str:
    """The page of an order in Seller Central; empty where we do not know it."""
    known = MARKETPLACES.get(marketplace_id)
    return f"https://{known.host}/orders-v3/order/{order_id}" if known else ""


def by_code(code: str) -> Marketplace | None:
    return next((m for m in MARKETPLACES.values() if m.code == code.upper()), None)


def timezone_of(marketplace_id: str) -> str:
    known = MARKETPLACES.get(marketplace_id)
    return known.timezone if known else "UTC"
