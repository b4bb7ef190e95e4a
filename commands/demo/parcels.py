"""Parcels of the demo's two sellers, each as far as it has come: made, labelled and handed over at their time by the verbs of the
screens, told to Amazon by the job, and followed by the stand-in carriers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from commands.demo.amazon import StandIn
from commands.demo.freight import CLERK, OPERATOR
from commands.demo.pictures import picture
from commands.demo.selling import run_wakes
from jobs.runner import Runner
from models.freight.channel import Channel
from models.orders.order import Order
from models.people.person import Person
from models.people.team import Team
from models.shipping import connecting, offers
from models.shipping.channel_rule import ChannelRule
from models.shipping.check_digits import s10, ups
from models.shipping.confirmation import JOB as CONFIRM
from models.shipping.making import make_one
from models.shipping.news import hear
from models.shipping.parcel import Parcel
from models.shipping.parcel_line import ParcelLine
from models.shipping.scale_photo import weigh_with
from models.shipping.status import Event, Status
from models.shipping.telling import tell_parcel
from models.stores.store import Store
from models.support import clock
from models.support.errors import Refused
from sandbox.carriers.setup import TOKEN

SHIPPERS = {"lotus": "sato.yuki", "comet": "priya.nair"}
PICKS = {"rule": offers.choose_by_rule, "cheapest": offers.choose_cheapest, "fastest": offers.choose_fastest}
LEAST_AGE = timedelta(days=3)
MADE, LABELLED, LEFT, WEIGHED = (timedelta(hours=hours) for hours in (5, 7, 20, 26))  # After the order.
TOO_LONG_MM = 650
DISPUTED, CARDBOARD = 1.8, "#b58a5c"  # So much heavier than its seller said, and somebody takes a photo.


@dataclass(frozen=True)
class Way:
    """`fate` is a voyage of the stand-in carriers, `until` the last thing told of it, `rest` hours ago where it has been silent.
    `scale` is what it weighs at the operator's, as a share of what its seller said; 0: it is too long. `amazon` was told of it, or
    was told and the buyer had cancelled, or it was taken back, or (empty) nobody told it."""

    fate: str
    until: str
    rest: float = 0
    pick: str = "rule"
    number: str = "YT"
    scale: float | None = None
    amazon: str = "told"


WAYS = {  # From the longest voyage to the shortest; the oldest orders go first.
    "lotus": (
        Way("returned", "Exception_Returned", scale=1),
        Way("lost", "Exception_Lost", number="LX"),
        Way("wrong_address", "Exception_Returning", scale=2.2),
        Way("silent", "InTransit_Departure", rest=230),
        Way("delivered", "Delivered_Other", rest=60, scale=1),
        Way("pickup", "AvailableForPickup_Other", rest=85, pick="fastest", number="1Z"),
        Way("customs", "InTransit_CustomsRequiringInformation", scale=1.9),
        Way("second_attempt", "DeliveryFailure_NoBody"),
        Way("damaged", "Exception_Damage", rest=20, number="LX"),
        Way("delivered", "OutForDelivery_Other", pick="fastest", number="1Z"),
        Way("delayed", "Exception_Delayed", scale=0),
        Way("delivered", "InTransit_CustomsReleased", scale=0.6),
        Way("delivered", "InTransit_Departure", amazon="taken back"),
        Way("delivered", "InTransit_PickedUp", amazon=""),
        Way("label_only", "InfoReceived", rest=55, amazon="cancelled"),
    ),
    "comet": (
        Way("delivered", "Delivered_Other", rest=30, pick="cheapest"),
        Way("customs", "InTransit_CustomsRequiringInformation", pick="cheapest", scale=1.5),
        Way("wrong_address", "DeliveryFailure_InvalidAddress", pick="fastest", number="1Z"),
        Way("delivered", "InTransit_Arrival", pick="cheapest", amazon=""),
    ),
}
NEW = {"lotus": 9, "comet": 4}  # Orders of the last days that become parcels which have not left.


def set_up(
    amazon: StandIn, runner: Runner, teams: dict[str, Team], people: dict[str, Person], stores: dict[str, list[Store]]
) -> None:
    """Everything that screens of parcels show."""
    connecting.connect(
        teams["harbor"], kind="seventeen", name="17TRACK", secret=TOKEN, is_shared=True, by=people[OPERATOR]
    )
    own = Channel.get(Channel.team == teams["lotus"])
    ChannelRule.keep(teams["lotus"], "", days=14, without=[own], by=people["jonas.weber"])
    sent: list[tuple[Parcel, Way]] = []
    numbers, leaving = itertools.count(1), []
    waits = {slug: waiting(stores[slug]) for slug in SHIPPERS}
    for slug, (old, _new) in waits.items():
        leaving += [(order, way, people[SHIPPERS[slug]]) for order, way in zip(old, WAYS[slug], strict=False)]
    leaving.sort(key=lambda one: one[0].ordered_at)  # One after the other, whoever's they are.
    for order, way, shipper in leaving:
        if (parcel := send(order, way, next(numbers), by=shipper, clerk=people[CLERK])) is not None:
            sent.append((parcel, way))
    for slug, (_old, new) in waits.items():
        pack(new[: NEW[slug]], numbers, by=people[SHIPPERS[slug]])
    for parcel, way in sent:
        if way.amazon == "cancelled":
            amazon.ask("PATCH", f"orders/{ParcelLine.of(parcel)[0].order.order_id}", action="cancel")
    run_wakes(runner, CONFIRM)
    for parcel, way in sent:
        follow(amazon, parcel.reload(), way)


def waiting(stores: list[Store]) -> tuple[list[Order], list[Order]]:
    """Orders that wait for their team: those of days ago, the oldest first, and the new ones."""
    query = Order.select().where(Order.store.in_(stores), Order.status == "UNSHIPPED", Order.fulfilled_by == "MERCHANT")
    orders = list(query.order_by(Order.ordered_at))
    old = [order for order in orders if order.ordered_at < clock.now() - LEAST_AGE]
    return old, orders[len(old) :]


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """What people of the demo do in here they did then."""
    clock.move(to=moment)
    try:
        yield
    finally:
        clock.reset()


def send(order: Order, way: Way, serial: int, *, by: Person, clerk: Person) -> Parcel | None:
    """A parcel that its carrier has. None where its buyer wants to cancel, or no channel takes it."""
    began = order.ordered_at
    try:
        with at(began + MADE):
            parcel = make_one(order, by=by)
            PICKS[way.pick](parcel, by=by)
            parcel.give_number(number(way.number, serial), by=by)
        with at(began + LABELLED):
            parcel.put_label_on(by=by)
    except Refused:
        return None
    with at(began + LEFT):
        parcel.hand_over(by=by)
        told = tell_parcel(parcel, carrier_name="YunExpress", by=by) if way.amazon else []
        if way.amazon == "taken back":
            told[0].take_back(by=by)
    if way.scale is not None:
        with at(began + WEIGHED):
            measure(parcel, way.scale, by=clerk)
    return parcel.reload()


def measure(parcel: Parcel, scale: float, *, by: Person) -> None:
    """What the operator's scale says, where the parcel goes by a channel of the operator's."""
    if parcel.channel is None or not parcel.channel.team.is_operator:
        return
    length, width, height = (
        int(side * (2 + (scale or 1)) / 3) for side in (parcel.length_mm, parcel.width_mm, parcel.height_mm)
    )
    weigh_with(
        picture("", CARDBOARD, view=1) if scale > DISPUTED else None,
        parcel,
        grams=int(parcel.grams * (scale or 1)),
        sides_mm=(length if scale else TOO_LONG_MM, width, height),
        by=by,
    )


def follow(amazon: StandIn, parcel: Parcel, way: Way) -> None:
    """The carrier moves it, and what it has told so far is known."""
    since = (parcel.shipped_at or parcel.labelled_at or parcel.created_at).replace(tzinfo=UTC).timestamp()
    voyage = amazon.ask(
        "POST", "parcels", number=parcel.core, fate=way.fate, until=way.until, rest_hours=way.rest, since=int(since),
        destination=parcel.country,
    )  # fmt: skip
    told = [heard(event) for event in voyage["events"] if event["is_told"]]
    hear(parcel, told, source="seventeen")


def heard(event: dict) -> Event:
    moment = datetime.fromtimestamp(event["happened_at"], UTC).replace(tzinfo=None)
    return Event("seventeen", moment, event["description"], event["location"], Status.read("", event["sub_status"]))


def pack(orders: list[Order], numbers: Iterator[int], *, by: Person) -> None:
    """Parcels that have not left: some only made, some with a channel, some with a number, some with a label, one void."""
    for place, order in enumerate(orders):
        with at(min(order.ordered_at + MADE, clock.now())), suppress(Refused):
            take(make_one(order, by=by), place, numbers, by=by)


def take(parcel: Parcel, place: int, numbers: Iterator[int], *, by: Person) -> None:
    if place % 4 == 0:
        return
    offers.choose_cheapest(parcel, by=by)
    if place % 4 == 1:
        return
    parcel.give_number(number("YT", next(numbers)), by=by)
    if place % 4 == 2:
        return
    parcel.put_label_on(by=by)
    if place == 7:
        parcel.void(reason="The buyer asked for another colour", by=by)


def number(kind: str, serial: int) -> str:
    """A tracking number with the check digit its form asks for."""
    if kind == "YT":
        return f"YT{26_0000_0000_0000 + serial * 7919:016}"
    if kind == "LX":
        digits = f"{4100_0000 + serial * 7919:08}"
        return f"LX{digits}{s10(digits)}CN"
    signs = f"999AA1{serial * 7919:09}"
    return f"1Z{signs}{ups(signs)}"
