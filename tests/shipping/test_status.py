"""Where a parcel stands follows from what happened to it, not from when or how often we were told (docs/tracking.md)."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.shipping.status import (
    MAINS,
    RETURNED,
    RETURNING,
    SUBS,
    UNSEEN,
    Event,
    Status,
    description_hash,
    fuller,
    standing,
    unique,
)  # fmt: skip

START = datetime(2026, 3, 1, 8)


def told(sub: str, hours: float = 0, words: str = "", **values: object) -> Event:
    return Event("seventeen", START + timedelta(hours=hours), words or sub, status=Status.read("", sub), **values)


def sub_of(*events: Event) -> str:
    return standing(events).status.sub


@pytest.mark.parametrize(
    ("main", "sub", "read"),
    [
        ("InTransit", "InTransit_Departure", ("InTransit", "InTransit_Departure")),
        ("Exception", "DeliveryFailure_NoBody", ("DeliveryFailure", "DeliveryFailure_NoBody")),
        ("", "InTransit_TransportArrived", ("InTransit", "InTransit_TransportArrived")),
        ("Delivered", "", ("Delivered", "Delivered_Other")),
        ("InfoReceived", "", ("InfoReceived", "InfoReceived")),
        ("intransit", "intransit_pickedup", ("InTransit", "InTransit_PickedUp")),
        ("Exception", "Held by a dragon", ("Exception", "Held by a dragon")),
        ("Delivered_Other", "", ("Delivered", "Delivered_Other")),
        ("Sailing", "Sailing_Far", None),
        ("", "", None),
    ],
)
def test_a_providers_words_become_a_status(main: str, sub: str, read: tuple[str, str] | None) -> None:
    found = Status.read(main, sub)
    assert (found and (found.main, found.sub)) == read
    assert found is None or found.is_known == (found.sub in SUBS)


def test_every_main_status_has_a_plain_sub_status() -> None:
    assert {Status.read(main).rank for main in MAINS} <= set(range(len(SUBS)))
    assert {sub.partition("_")[0] for sub in SUBS} == set(MAINS)


def test_nothing_told_is_not_found_unless_the_provider_has_a_word() -> None:
    assert standing([]).status == UNSEEN
    invalid = Status.read("NotFound", "NotFound_InvalidCode")
    assert standing([], invalid).status == invalid
    assert standing([told("InTransit_Other")], invalid).status.sub == "InTransit_Other"


def test_an_old_event_that_arrives_late_moves_nothing_back() -> None:
    assert sub_of(told("InTransit_Arrival", 50), told("InTransit_PickedUp", 2)) == "InTransit_Arrival"


def test_a_delivery_told_late_still_counts() -> None:
    found = standing([told("InTransit_Other", 60), told("Delivered_Other", 50)])
    assert found.status.is_delivered and found.delivered_at == START + timedelta(hours=50)
    assert found.last_event_at == START + timedelta(hours=60)


@pytest.mark.parametrize("after", [sub for sub in SUBS if sub not in (RETURNING, RETURNED)])
def test_delivered_is_final(after: str) -> None:
    assert sub_of(told("Delivered_Other", 1), told(after, 2)) == "Delivered_Other"


def test_a_delivered_parcel_may_be_sent_back_and_then_stays_there() -> None:
    back = [told("Delivered_Other", 1), told(RETURNING, 2), told("InTransit_Other", 3)]
    assert sub_of(*back) == RETURNING
    assert sub_of(*back, told("Delivered_Other", 4)) == "Delivered_Other"
    assert sub_of(*back, told(RETURNED, 4), told("Delivered_Other", 5)) == RETURNED
    assert standing(back).delivered_at == START + timedelta(hours=1)


def test_a_failed_delivery_can_be_tried_again() -> None:
    assert sub_of(told("DeliveryFailure_NoBody", 1), told("OutForDelivery_Other", 20)) == "OutForDelivery_Other"


def test_the_status_stands_since_it_was_first_told() -> None:
    found = standing([told("InTransit_Other", 5, "a"), told("InTransit_Other", 9, "b"), told("InfoReceived", 1)])
    assert (found.since, found.last_event_at) == (START + timedelta(hours=5), START + timedelta(hours=9))


def test_an_event_of_words_alone_changes_no_status_but_is_news() -> None:
    words = Event("manual", START + timedelta(hours=9), "Somewhere at sea")
    found = standing([told("InTransit_Departure", 5), words])
    assert (found.status.sub, found.last_event_at) == ("InTransit_Departure", words.time_utc)


def test_a_clock_that_runs_years_ahead_does_not_hold_a_parcel_fast() -> None:
    wrong = [told("InTransit_Other", 24 * 365), told("Delivered_Other", 5), told("InfoReceived")]
    assert standing(wrong, now=START + timedelta(hours=6)).last_event_at == START + timedelta(hours=5)


def test_an_event_told_again_with_more_is_one_event() -> None:
    poor, rich = (
        told("InTransit_Other", words="Left  the hub "),
        told("InTransit_Departure", words="Left the hub", location="HKG"),
    )
    assert poor.key == rich.key and unique([poor, rich]) == unique([rich, poor]) == [rich]
    assert description_hash("Ａ b") == description_hash("A  b") != description_hash("A c")


def test_local_time_is_known_when_the_provider_tells_it() -> None:
    assert told("InTransit_Other", offset_minutes=480).local_time == START + timedelta(hours=8)
    assert told("InTransit_Other").local_time is None


statuses = st.sampled_from([*SUBS, "InTransit_TransportArrived", "Exception_Pirates", ""]).map(
    lambda sub: Status.read("", sub)
)
happened = st.builds(
    Event, provider=st.sampled_from(["seventeen", "yunexpress", "manual"]),
    time_utc=st.integers(0, 6).map(lambda hours: START + timedelta(hours=hours)),
    description=st.sampled_from(["", "left", "arrived", "left "]), location=st.sampled_from(["", "HKG", "LEJ"]), status=statuses,
    offset_minutes=st.sampled_from([None, 0, 480]),
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(happened, max_size=12), st.randoms(use_true_random=False))
def test_any_order_of_arrival_and_any_replay_give_the_same_standing(events: list[Event], chance: random.Random) -> None:
    shuffled = [*events, *chance.choices(events, k=chance.randrange(5))] if events else []
    chance.shuffle(shuffled)
    assert standing(shuffled) == standing(events)
    assert {event.key: event for event in unique(shuffled)} == {event.key: event for event in unique(events)}
    assert unique(unique(events)) == unique(events)


@settings(max_examples=80, deadline=None)
@given(st.lists(happened, max_size=10))
def test_taking_events_one_by_one_ends_where_taking_them_at_once_does(events: list[Event]) -> None:
    kept: dict[object, Event] = {}
    delivered = False
    for event in events:
        kept[event.key] = fuller(kept[event.key], event) if event.key in kept else event
        now = standing(kept.values())
        assert not delivered or now.status.is_delivered or now.status.is_return, "delivered is final"
        delivered = delivered or now.status.is_delivered
    assert standing(kept.values()) == standing(events)


@settings(max_examples=80, deadline=None)
@given(st.lists(happened, min_size=1, max_size=8), st.sampled_from([sub for sub in SUBS if "Deliver" not in sub[:9]]))
def test_what_happened_before_everything_else_and_is_told_last_changes_nothing(events: list[Event], sub: str) -> None:
    before = standing(events)
    if before.since is not None and sub not in (RETURNED, RETURNING):
        old = Event("seventeen", START - timedelta(hours=1), "long ago", status=Status.read("", sub))
        assert standing([*events, old]).status == before.status
