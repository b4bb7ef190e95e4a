"""Permissions are `area.verb`; roles are sets of them, kept as data. Nothing is allowed that no role says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.audit.telling import tell
from models.support.words import Words, say

PERMISSIONS: dict[str, Words] = {
    "people.view": say("See the people of the team"),
    "people.manage": say("Invite, change and suspend people"),
    "audit.view": say("Read the event log"),
    "work.view": say("See how much everybody does"),
    "reviews.manage": say("Decide in access reviews who keeps what"),
    "alarms.view": say("See alarms and access reviews"),
    "alarms.settle": say("Settle alarms, with a note"),
    "jobs.view": say("See background work"),
    "jobs.run": say("Start and cancel background work"),
    "calls.view": say("See calls to Amazon"),
    "stores.view": say("See stores and their health"),
    "stores.connect": say("Connect and disconnect stores"),
    "products.view": say("See products and listings"),
    "products.edit": say("Create and change products"),
    "listings.publish": say("Publish listings to Amazon"),
    "orders.view": say("See orders"),
    "orders.sync": say("Fetch orders now"),
    "orders.handle": say("Tag, note, assign and hold orders"),
    "freight.view": say("See channels, price sheets and prices, and ask what parcels cost"),
    "freight.quote": say("Keep freight quotes and enter their tracking numbers"),
    "freight.edit": say("Import and change price sheets, fuel, remote areas and exchange rates"),
    "freight.approve": say("Approve price sheets that others made"),
    "freight.settle": say("Import carriers' bills and settle their differences"),
    "parcels.view": say("See parcels and where they are"),
    "parcels.edit": say("Make parcels, give them boxes, channels, numbers and labels, and void them"),
    "parcels.confirm": say("Tell Amazon that orders were shipped"),
    "parcels.connect": say("Connect tracking services and carriers' own services"),
    "parcels.weigh": say("See and weigh in the parcels of all teams on the operator's channels (operator)"),
    "mailbox.view": say("Read what buyers of one's stores write"),
    "mailbox.answer": say("Answer buyers, and note, tag, assign and close their threads"),
    "mailbox.manage": say("Connect mailboxes, and set templates and who gets new threads"),
    "wallet.view": say("See the team's wallets and what was deducted"),
    "wallet.recharge": say("Ask for recharges, and exchange between the team's wallets"),
    "profit.view": say("See what orders leave: what goods, parcels and complaints cost"),
    "wallets.view": say("See the wallets of all teams (operator)"),
    "wallets.decide": say("Decide on recharges and changes of wallets that others asked for (operator)"),
    "wallets.manage": say("Open, block and close wallets, set their terms, propose changes (operator)"),
    "pii.reveal": say("Reveal a buyer's personal data, with a reason"),
    "pii.export": say("Export buyers' personal data, and approve such exports of others"),
    "teams.manage": say("Create teams and their bosses (operator)"),
    "networks.manage": say("Change the allowed networks"),
    "retention.view": say("See what personal data is due for destruction (operator)"),
}
OPERATOR_ONLY = {
    "teams.manage", "retention.view", "jobs.view", "jobs.run", "parcels.weigh", "wallets.view", "wallets.decide", "wallets.manage",
}  # fmt: skip
# Rights that one person alone does not give: a second one decides (models/people/proposal.py).
TAKES_TWO = frozenset({"people.manage", "pii.export", "networks.manage", "reviews.manage", "alarms.settle"})
# Rights that sleep while a registration or a training is missing that the team wants (models/people/gates.py).
TOUCHES_BUYERS = frozenset({"pii.reveal", "pii.export"})
# What the first half of a permission is called on a page.
AREAS: dict[str, Words] = {
    "people": say("People"),
    "audit": say("Event log"),
    "reviews": say("Access reviews"),
    "alarms": say("Alarms"),
    "work": say("Workload"),
    "jobs": say("Background work"),
    "calls": say("Calls to Amazon"),
    "stores": say("Stores"),
    "products": say("Products"),
    "listings": say("Listings"),
    "orders": say("Orders"),
    "freight": say("Freight"),
    "parcels": say("Parcels"),
    "mailbox": say("Mailbox"),
    "wallet": say("Wallet"),
    "profit": say("Margins"),
    "wallets": say("Wallets"),
    "pii": say("Buyers' data"),
    "teams": say("Teams"),
    "networks": say("Networks"),
    "retention": say("Retention"),
}


def by_area(permissions: Iterable[str]) -> list[tuple[Words, list[str]]]:
    """Permissions under the name of their area, in the order in which they are declared."""
    wanted, found = set(permissions), {}  # type: ignore[var-annotated]
    for permission in PERMISSIONS:
        if permission in wanted:
            area = permission.partition(".")[0]
            found.setdefault(area, []).append(permission)
    return [(AREAS.get(area, Words(area)), members) for area, members in found.items()]


@dataclass(frozen=True)
class DefaultRole:
    """A role every portal has from the start. `idle_minutes` ends a session that stands still."""

    key: str
    name: Words
    permissions: frozenset[str]
    idle_minutes: int = 60
    for_operator: bool = False


def _role(key: str, name: Words, permissions: str, idle_minutes: int = 60, for_operator: bool = False) -> DefaultRole:
    chosen = frozenset(permissions.split())
    if unknown := chosen - PERMISSIONS.keys():
        raise ValueError(f"{key}: unknown permissions {unknown}")
    return DefaultRole(key, name, chosen, idle_minutes, for_operator)


_SELLER_ALL = " ".join(p for p in PERMISSIONS if p not in OPERATOR_ONLY)
DEFAULT_ROLES = (
    _role("boss", say("Boss"), _SELLER_ALL, 15),
    _role("manager", say("Manager"), "people.view audit.view work.view calls.view stores.view products.view products.edit "
          "listings.publish orders.view orders.sync orders.handle freight.view freight.quote freight.edit parcels.view parcels.edit parcels.confirm "
          "mailbox.view mailbox.answer mailbox.manage wallet.view profit.view"),
    _role("lister", say("Lister"), "stores.view products.view products.edit listings.publish freight.view"),
    _role("shipper", say("Shipper"), "stores.view products.view orders.view orders.sync orders.handle freight.view freight.quote "
          "parcels.view parcels.edit parcels.confirm wallet.view pii.reveal", 15),
    _role("support", say("Support"), "stores.view products.view orders.view orders.handle freight.view freight.quote parcels.view "
          "mailbox.view mailbox.answer pii.reveal", 15),
    _role("finance", say("Finance"), "stores.view products.view orders.view audit.view freight.view freight.settle parcels.view "
          "wallet.view wallet.recharge profit.view", 15),
    _role("advertiser", say("Advertiser"), "stores.view products.view"),
    _role("auditor", say("Auditor"), "people.view audit.view alarms.view calls.view stores.view products.view orders.view "
          "freight.view parcels.view wallet.view profit.view"),
    _role("operator", say("Operator"), " ".join(PERMISSIONS), 15, for_operator=True),
    _role("clerk", say("Operator's clerk"), "people.view jobs.view audit.view freight.view freight.quote freight.edit parcels.weigh wallets.view", 60, for_operator=True),
    _role("cashier", say("Cashier"), "people.view freight.view freight.settle wallets.view wallets.decide wallets.manage", 15, for_operator=True),
    _role("security", say("Security officer"), "people.view audit.view alarms.view alarms.settle reviews.manage networks.manage "
          "jobs.view calls.view retention.view", 15, for_operator=True),
)  # fmt: skip

WORDS_OF_ROLES = {role.key: role.name for role in DEFAULT_ROLES}
tell("role", WORDS_OF_ROLES)
for _detail in ("permissions", "role_changed.added", "role_changed.removed"):
    tell(_detail, PERMISSIONS)
