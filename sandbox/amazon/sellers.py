"""The Sellers API: who the account is and where it sells."""

from __future__ import annotations

from typing import Any

from sandbox.amazon.call import Call
from sandbox.amazon.identifiers import chance
from sandbox.amazon.operations import Answer, operation

# Sellers also take part in stores that are not Amazon's shops; clients have to live with identifiers they do not know.
OTHER_STORES = {
    "na": ("A6W85IYQ5WB1C", "SI CA Prod Marketplace", "CA", "CAD", "en_CA", "siprod.stores.example.ca"),
    "eu": ("A2ZV50J4W1RKNI", "SI Prod ES Marketplace", "ES", "EUR", "es_ES", "siprod.stores.example.es"),
    "fe": ("A3HOBANJMCMD83", "SI Prod JP Marketplace", "JP", "JPY", "ja_JP", "siprod.stores.example.jp"),
}
HOMES = {
    "na": {"addressLine1": "200 Harbor Street", "city": "Portland", "stateOrProvinceCode": "OR", "postalCode": "97204",
           "countryCode": "US"},
    "eu": {"addressLine1": "Speicherstraße 14", "city": "Hamburg", "postalCode": "20457", "countryCode": "DE"},
    "fe": {"addressLine1": "港区芝浦3-2-1", "city": "東京都", "postalCode": "108-0023", "countryCode": "JP"},
}  # fmt: skip


@operation("getMarketplaceParticipations", "GET", "/sellers/v1/marketplaceParticipations", rate=0.016, burst=15)
def get_marketplace_participations(call: Call) -> Answer:
    return 200, {"payload": _participations(call)}


@operation("getAccount", "GET", "/sellers/v1/account", rate=0.016, burst=15)
def get_account(call: Call) -> Answer:
    home = HOMES[call.account.region]
    return 200, {
        "payload": {
            "marketplaceParticipationList": _participations(call),
            "businessType": "PRIVATE_LIMITED",
            "sellingPlan": "PROFESSIONAL",
            "business": {
                "name": call.account.name,
                "registeredBusinessAddress": home,
                "companyRegistrationNumber": str(
                    chance("registration", call.account.seller_id).randrange(10**7, 10**8)
                ),
            },
            "primaryContact": {"name": "Robin Sandbox", "address": home},
        }
    }


def _participations(call: Call) -> list[dict[str, Any]]:
    rows = [
        (m.id, m.name, m.country, m.currency, m.language, m.domain, True)
        for m in call.world.marketplaces_of(call.account)
    ]
    rows.append((*OTHER_STORES[call.account.region], False))
    return [
        {
            "marketplace": {
                "id": identifier,
                "name": name,
                "countryCode": country,
                "defaultCurrencyCode": currency,
                "defaultLanguageCode": language,
                "domainName": domain,
            },
            "participation": {"isParticipating": participates, "hasSuspendedListings": False},
            "storeName": call.account.name,
        }
        for identifier, name, country, currency, language, domain, participates in rows
    ]
