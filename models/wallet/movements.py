"""The table of deductions: every transfer of a wallet with its parcel, what was held and charged for it, and the balance after it.

A team sees one wallet at a time, so that the balances of its rows follow from each other. The operator sees those of all teams, without
orders and stores.
"""

from __future__ import annotations

from typing import Any

from models.audit.telling import tell
from models.lists.filters import Choices, Days
from models.lists.list_of import Column, ListOf, View, both, declare
from models.lists.viewer import Viewer
from models.shipping.parcel import Parcel
from models.stores.offers import stores_on_offer
from models.support.money import Money
from models.support.words import say
from models.wallet.around import around, around_all
from models.wallet.finding import OfChannel, OfKind, OfStore, OfWallet, Waybills, channels, transfers_of, wallets
from models.wallet.finding_all import ChannelOfAll, DaysOfAll, OfCountry, all_wallets, any_transfers, countries, teams
from models.wallet.reaching import ALL, VIEW, everybodys, own_of
from models.wallet.transfer import KINDS, Transfer
from models.wallet.wallet import CURRENCIES

for event in ("transfer_posted", "adjustment_proposed", "adjustment_approved"):
    tell(f"{event}.kind", KINDS)


def _charged(one: Transfer, viewer: Viewer) -> Money:
    return Money(one.signed_minor, one.currency)


def _of(name: str) -> Any:
    return lambda one, viewer: getattr(viewer.around, name)(one)


MIDDLE = (
    Column("channel", say("Channel"), _of("channel")),
    Column("country", say("Country"), _of("country")),
    Column("ours", say("Our kg"), _of("ours"), is_end=True, kind="number"),
    Column("billed", say("Billed kg"), _of("billed"), is_end=True, kind="number"),
    Column("held", say("Held"), _of("held"), is_end=True, kind="money"),
    Column("charged", say("Charged"), _charged, is_end=True, kind="money"),
    Column("difference", say("Difference"), _of("difference"), is_end=True, kind="money"),
    Column("balance", say("Balance after"), lambda one, viewer: Money(one.balance_after_minor, one.currency), is_end=True, kind="money"),
    Column("by", say("By"), _of("by")),
    Column("memo", say("Note"), lambda one, viewer: one.memo, is_shown=False),
)  # fmt: skip
NUMBER = Column("number", say("Transfer"), lambda one, viewer: one.label, is_fixed=True)
POSTED = Column("posted", say("Time"), lambda one, viewer: one.posted_at, sort="-posted", kind="moment")
KIND = Column("kind", say("Kind"), lambda one, viewer: KINDS[one.kind])
WAYBILL = Column("waybill", say("Parcel"), _of("waybill"))
VIEWS = (
    View("all", say("All")),
    View("freight", say("Freight"), "kind=freight&kind=extra&kind=refund"),
    View("money", say("Recharges"), "kind=recharge&kind=payout&kind=exchange"),
    View("changes", say("Changes by hand"), "kind=adjustment&kind=reversal"),
)


def _orders(one: Transfer, viewer: Viewer) -> str:
    return ", ".join(order.order_id for order in viewer.around.orders_of(one))


WALLET = OfWallet("wallet", say("Wallet"), Transfer.wallet, offers=wallets, icon="wallet")
OF_KIND = OfKind("kind", say("Kind"), Transfer.kind, offers=KINDS, icon="layers")
TRANSFERS = declare(ListOf(
    name="transfers",
    title=say("Deductions"),
    model=Transfer,
    permission=VIEW,
    seen=lambda viewer: own_of(Transfer, [one.value for one in viewer.once(wallets)], viewer.reach),
    columns=(NUMBER, POSTED, KIND, WAYBILL, Column("orders", say("Orders"), _orders), *MIDDLE),
    sorts=both("posted", Transfer.posted_at, Transfer.id),  # In the order of their balances: who moves a wallet holds it.
    sort="-posted",
    filters=(
        WALLET,
        Days("posted", say("Time"), Transfer.posted_at, icon="calendar"),
        OF_KIND,
        OfChannel("channel", say("Channel"), offers=channels, icon="truck", wallet=WALLET, kinds=OF_KIND),
        OfStore("store", say("Store"), Transfer.store, offers=stores_on_offer(VIEW), icon="store"),
        Waybills("q", say("Find"), Transfer.id, found=transfers_of, icon="search", help=say("Waybills, parcels, orders")),
    ),
    views=VIEWS,
    around=around,
))  # fmt: skip
MOVEMENTS = declare(ListOf(
    name="movements",
    title=say("Transfers of all wallets"),
    model=Transfer,
    permission=ALL,
    seen=lambda viewer: everybodys(Transfer, viewer.reach),
    columns=(
        NUMBER,
        POSTED,
        Column("team", say("Team"), lambda one, viewer: viewer.around.teams.get(one.team_id, "")),
        Column("wallet", say("Wallet"), lambda one, viewer: viewer.around.wallets[one.wallet_id].label),
        KIND,
        WAYBILL,
        *MIDDLE,
    ),
    sorts=both("posted", Transfer.id),
    sort="-posted",
    filters=(
        Choices("team", say("Team"), Transfer.team, offers=teams, icon="building"),
        Choices("wallet", say("Wallet"), Transfer.wallet, offers=all_wallets),
        DaysOfAll("posted", say("Time"), Transfer.posted_at, icon="calendar"),
        OF_KIND,
        ChannelOfAll("channel", say("Channel"), offers=channels, icon="truck"),
        OfCountry("country", say("Country"), Parcel.country, offers=countries, icon="globe"),
        Choices("currency", say("Currency"), Transfer.currency, offers={code: code for code in CURRENCIES}, icon="banknote"),
        Waybills("q", say("Find"), Transfer.id, found=any_transfers, icon="search", help=say("Waybills")),
    ),
    views=VIEWS,
    around=around_all,
))  # fmt: skip
