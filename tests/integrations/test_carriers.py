"""Carriers: what every provider does, what a bad answer becomes, and that limits are kept. The stand-in speaks real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox_seller import Control

import sandbox
from config.settings import BadSettings, Settings, read_settings
from integrations import line as outward
from integrations.calls import Call
from integrations.carriers import Asked, Fetched, Provider, manual
from integrations.carriers import seventeen_mapping as seventeen
from integrations.carriers import yunexpress_mapping as yunexpress
from integrations.carriers import yunexpress_waybills as waybills
from integrations.carriers.manual import ManualProvider
from integrations.carriers.seventeen_client import SeventeenClient
from integrations.carriers.seventeen_codes import OF_NUMBERS, of_account
from integrations.carriers.yunexpress_client import YunExpressClient
from integrations.carriers.yunexpress_waybills import Goods, Receiver, Waybill
from integrations.errors import IntegrationError
from models.shipping.status import Event, Status, standing
from sandbox.carriers.setup import TOKEN
from tests.integrations.rogue import Rogue, said

DAY = 86400
KNOWN, RETURNED, LOST, UNKNOWN = "YT1000000000000001", "YT1000000000000002", "YT1000000000000003", "YT9999999999999999"
CSV = f"""number,time,description,location,status,sub_status
{KNOWN},2026-03-02T10:00:00+08:00,Picked up,Shenzhen,InTransit,InTransit_PickedUp
{KNOWN},2026-03-09 15:30,Delivered,Leipzig,Delivered,
{RETURNED},2026-03-09 15:30,Back with the sender,,,Exception_Returned
{LOST},2026/3/9 9:05,Nobody knows,,Exception,Exception_Lost
""".encode()


@dataclass
class Bucket:
    """A throttle that keeps to the rate by a clock of its own, and notes when calls were let through."""

    now: float = 0.0
    let_through: list[float] = field(default_factory=list)
    emptied: int = 0
    _full_at: float = 0.0

    def take(self, operation: str, rate: float, burst: int) -> float:
        full_at = max(self._full_at, self.now)
        if (wait := full_at - self.now - (burst - 1) / rate) > 1e-9:
            return wait
        self._full_at = full_at + 1 / rate
        self.let_through.append(self.now)
        return 0.0

    def learn(self, operation: str, rate: float) -> None: ...

    def exhausted(self, operation: str, rate: float, burst: int) -> None:
        self.emptied += 1

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class World:
    """The stand-in carriers, and clients that call them."""

    url: str
    control: Control
    bucket: Bucket = field(default_factory=Bucket)
    calls: list[Call] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return Settings(mode="test", carriers_url=self.url)

    @property
    def ours(self) -> dict[str, Any]:
        return {"throttle": self.bucket, "log": self.calls.append, "sleep": self.bucket.sleep}

    def seventeen(self, key: str = TOKEN) -> SeventeenClient:
        return SeventeenClient(self.settings, key=key, **self.ours)

    def yunexpress(self, secret: str | None = None, base: str | None = None) -> YunExpressClient:
        facts = self.control.get("/carriers")["yunexpress"]
        base, secret = base or facts["url"], secret or facts["secret"]
        return YunExpressClient(self.settings, base=base, code=facts["code"], secret=secret, **self.ours)


@pytest.fixture(scope="module")
def _stand_in() -> Iterator[Any]:
    with sandbox.start(0, seed=3, rate_scale=1e6, now=1_772_400_000) as handle:
        control = Control(handle.url)
        for number, fate in ((KNOWN, "delivered"), (RETURNED, "returned"), (LOST, "lost")):
            control.post("/parcels", number=number, fate=fate, pace=0.02, late=0, carrier="yunexpress")
        yield handle, control
        control.close()


@pytest.fixture
def world(_stand_in: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(outward, "BACKOFF_MOST", 0.01)
    handle, control = _stand_in
    yield World(handle.url, control)
    control.delete("/faults")
    control.patch("/carriers", quota=10_000, daily=10_000)


@pytest.fixture
def rogue() -> Iterator[Rogue]:
    server = Rogue()
    yield server
    server.close()


@pytest.fixture(params=["seventeen", "yunexpress", "manual"])
def provider(request: pytest.FixtureRequest, world: World) -> Any:
    if request.param == "manual":
        return ManualProvider(manual.read(CSV))
    return getattr(world, request.param)()


def asked(*numbers: str) -> list[Asked]:
    return [Asked(number) for number in numbers]


# What every provider does


def test_a_provider_tells_the_same_end_of_a_parcel(provider: Provider, world: World) -> None:
    numbers = asked(KNOWN, RETURNED, LOST)
    assert all(outcome.is_followed for outcome in provider.register(numbers))
    world.control.wait(12 * DAY)
    found = {one.number: one for one in provider.fetch(numbers).tracked}
    standings = {
        number: standing(Event.told_by(provider.name, event) for event in one.events).status
        for number, one in found.items()
    }
    assert standings[KNOWN].is_delivered and standings[RETURNED].sub == "Exception_Returned"
    assert standings[LOST].sub == "Exception_Lost" or provider.name == "yunexpress"
    assert all(event.time_utc.tzinfo is None for one in found.values() for event in one.events)


def test_every_number_is_answered_once_in_the_order_asked(provider: Provider) -> None:
    numbers = asked(KNOWN, UNKNOWN, KNOWN)
    assert [outcome.number for outcome in provider.register(asked(KNOWN, KNOWN))] == [KNOWN]
    answer = provider.fetch(numbers)
    assert sorted(one.number for one in (*answer.tracked, *answer.refused)) == [KNOWN, UNKNOWN]
    assert [one.number for one in answer.refused] == [UNKNOWN] and answer.refused[0].is_passing


def test_registering_twice_does_no_harm(provider: Provider) -> None:
    assert all(one.is_followed for one in [*provider.register(asked(LOST)), *provider.register(asked(LOST))])


def test_nothing_asked_is_nothing_answered(provider: Provider, world: World) -> None:
    assert provider.register([]) == [] and provider.fetch([]) == Fetched() and not world.calls


def test_more_numbers_than_a_call_takes_are_a_mistake(provider: Provider) -> None:
    many = asked(*(f"YT{number:016d}" for number in range(provider.at_once + 1)))
    for verb in (provider.register, provider.fetch):
        with pytest.raises(ValueError, match=str(provider.at_once)):
            verb(many)


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"\xff\0", b'{"event":"TRACKING_UPDATED","data":{"number":"X"}}', b"[" * 9000]
)
def test_a_message_nobody_signed_is_refused(provider: Provider, raw: bytes) -> None:
    for sign in ("", "0" * 64, "ü", seventeen.signature(raw, "another key")):
        with pytest.raises(IntegrationError) as refused:
            provider.parse_webhook({"sign": sign}, raw)
        assert refused.value.permanent and refused.value.code in ("webhook_forged", "no_webhook")


# What the wire does


@pytest.fixture(params=["seventeen", "yunexpress"])
def client(request: pytest.FixtureRequest, world: World) -> Any:
    return getattr(world, request.param)()


@pytest.mark.parametrize("kind", ["throttle", "html_503", "empty_500", "reset", "truncated"])
def test_a_passing_failure_is_tried_again(client: Any, world: World, kind: str) -> None:
    world.control.post("/faults", kind=kind, operation=client.name, times=2)
    client.fetch(asked(KNOWN))
    assert [call.attempt for call in world.calls] == [1, 2, 3] and [bool(call.error) for call in world.calls] == [
        True,
        True,
        False,
    ]
    assert world.bucket.emptied == (2 if kind == "throttle" else 0)


@pytest.mark.parametrize(
    ("kind", "code"),
    [("throttle", "throttled"), ("html_503", "carrier_down"), ("reset", "unreachable"), ("truncated", "unreachable")],
)
def test_a_lasting_failure_ends_with_its_own_word(client: Any, world: World, kind: str, code: str) -> None:
    world.control.post("/faults", kind=kind, operation=client.name, times=50)
    with pytest.raises(IntegrationError) as failed:
        client.fetch(asked(KNOWN))
    assert (failed.value.code, failed.value.permanent) == (code, False) and len(world.calls) == outward.ATTEMPTS


def test_a_wrong_key_is_said_and_not_tried_again(world: World) -> None:
    for wrong in (world.seventeen("wrong"), world.yunexpress("wrong")):
        with pytest.raises(IntegrationError) as refused:
            wrong.fetch(asked(KNOWN))
        assert refused.value.code == "key_refused" and refused.value.permanent and refused.value.concerns_everything
    assert len(world.calls) == 2


def test_keys_never_show(world: World) -> None:
    world.seventeen().fetch(asked(KNOWN))
    assert TOKEN not in repr(world.calls) and TOKEN not in repr(vars(world.seventeen())["_line"])
    with pytest.raises(IntegrationError):
        world.seventeen("two\r\nlines")


@pytest.mark.parametrize("schema_break", range(4))
def test_an_answer_of_another_shape_is_read_as_far_as_it_goes(client: Any, world: World, schema_break: int) -> None:
    world.control.post("/faults", kind="schema_break", operation=client.name, times=1)
    try:
        answer = client.fetch(asked(KNOWN))
        assert [one.number for one in (*answer.tracked, *answer.refused)] == [KNOWN]
    except IntegrationError as error:
        assert error.message


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com",
        "https://user@api.example.com",
        "ftp://127.0.0.1",
        "https://",
        "https://[",
        "http://127.0.0.1:0",
    ],
)
def test_an_address_that_is_not_safe_is_not_called(world: World, url: str) -> None:
    with pytest.raises(IntegrationError, match="https"):
        world.yunexpress(base=url)


@pytest.mark.parametrize(
    "url", ["https://localhost", "https://127.0.0.1", "https://[::ffff:127.0.0.1]", "https://10.0.0.1"]
)
def test_in_production_nothing_but_the_public_internet_is_called(world: World, url: str) -> None:
    settings = Settings(mode="production")
    client = YunExpressClient(settings, base=url, code="c", secret="s", **world.ours)
    with pytest.raises(IntegrationError) as refused:
        client.fetch(asked(KNOWN))
    assert refused.value.code == "unsafe_address" and refused.value.permanent


def test_stand_in_carriers_are_not_for_production() -> None:
    base = {"PORTOLAN_DATA": "/nowhere", "PORTOLAN_MODE": "production"}
    with pytest.raises(BadSettings, match="carriers_url is for mode sandbox or test"):
        read_settings({**base, "PORTOLAN_CARRIERS_URL": "http://127.0.0.1:1"})
    with pytest.raises(BadSettings, match="carriers_url must be on loopback"):
        read_settings({**base, "PORTOLAN_MODE": "test", "PORTOLAN_CARRIERS_URL": "https://example.com"})


def test_a_bad_document_behind_a_good_address_is_an_error(world: World, rogue: Rogue) -> None:
    client = YunExpressClient(world.settings, base=rogue.url, code="c", secret="s", **world.ours)
    for answer in (
        said(200, b"<html>"),
        said(200, b"[]"),
        said(200, b"null"),
        said(302, b"", Location="http://127.0.0.1/"),
    ):
        rogue.script = lambda _request, answer=answer: answer
        with pytest.raises(IntegrationError):
            client.fetch(asked(KNOWN))
    rogue.script = lambda _request: said(200, b"<html>")
    with pytest.raises(IntegrationError, match="no PDF"):
        client.download(f"{rogue.url}/label.pdf")
    for url in ("http://[", "http://10.0.0.1/label.pdf", "ftp://example.com/label.pdf", ""):
        with pytest.raises(IntegrationError, match=r"https|public"):
            client.download(url)
    assert "authorization" not in rogue.requests[-1].headers, "nothing secret goes to a document's address"


# 17TRACK


def test_every_code_has_its_own_word(world: World) -> None:
    rejected = [{"number": f"N{code}", "error": {"code": code, "message": "m"}} for code in OF_NUMBERS]
    payload = {"code": 0, "data": {"accepted": [], "rejected": rejected}}
    found = seventeen.registered(asked(*(one["number"] for one in rejected)), payload)
    assert [one.code for one in found] == list(OF_NUMBERS.values())
    assert seventeen.registered(asked("Z"), payload)[0].code == "refused", "a number passed over is refused"


@pytest.mark.parametrize(
    ("code", "word", "permanent"),
    [(-18010001, "address_refused", True), (-18010002, "key_refused", True), (-18010003, "carrier_down", False),
     (-18010004, "key_refused", True), (-18010005, "key_refused", True), (-18010012, "refused", True),
     (-18010014, "refused", True), (-18019907, "daily_limit", False), (-18019908, "quota_used", False), (-1, "refused", True)],
)  # fmt: skip
def test_a_code_for_the_whole_call_is_an_error(code: int, word: str, permanent: bool) -> None:
    for payload in ({"code": code, "data": {}}, {"code": 0, "data": {"errors": [{"code": code, "message": "m"}]}}):
        with pytest.raises(IntegrationError) as error:
            seventeen.fetched(asked("A"), payload)
        assert (error.value.code, error.value.permanent) == (word, permanent)
    assert of_account(-18019907).retry_after


def test_registering_meets_quotas_limits_and_numbers_of_nobody(world: World) -> None:
    client = world.seventeen()
    used = client.quota().used
    world.control.patch("/carriers", quota=used + 2)
    numbers = asked("RR123456785CN", "1Z999AA10123456784", "YT1111111111111111", "SOMEBODYS", "no spaces!")
    found = client.register(numbers)
    assert [one.code for one in found] == ["registered", "registered", "quota_used", "carrier_unknown", "bad_number"]
    assert [one.carrier for one in found[:2]] == ["3011", "100002"] and client.quota().left == 0
    assert client.register([Asked("RR123456785CN")])[0].code == "already_registered"
    world.control.patch("/carriers", quota=used + 9, daily=0)
    assert client.register(asked("YT1111111111111112"))[0].code == "daily_limit"
    world.control.patch("/carriers", daily=100)
    assert client.register([Asked("SOMEBODYS", "100001")])[0].is_followed, "a person named the carrier"
    assert client.fetch(asked("SOMEBODYS")).refused[0].code == "no_news", "registering takes a while"


def test_a_message_is_believed_for_its_very_bytes_alone(world: World) -> None:
    client = world.seventeen()
    raw = json.dumps({"event": "TRACKING_STOPPED", "data": {"number": KNOWN, "carrier": 190008}}).encode()
    headers = {"Sign": seventeen.signature(raw, TOKEN)}
    assert client.parse_webhook(headers, raw).tracked[0].is_stopped
    for other in (raw + b" ", raw.replace(b", ", b","), raw[:-1]):
        with pytest.raises(IntegrationError, match="not signed"):
            client.parse_webhook(headers, other)
    for odd in (b"[]", b'{"event":"HELLO","data":{"number":"A"}}', b'{"event":"TRACKING_UPDATED"}', b"\xff"):
        with pytest.raises(IntegrationError) as refused:
            client.parse_webhook({"sign": seventeen.signature(odd, TOKEN)}, odd)
        assert refused.value.code == "webhook_unreadable"


def test_the_newest_event_stands_for_the_parcel_where_it_has_no_status() -> None:
    events = [{"time_utc": "2026-03-02T01:00:00Z", "description": "b"}, {"time_iso": "2026-03-01T09:00:00+08:00", "stage": "PickedUp"},
              {"time_raw": {"date": "2026-02-28", "time": "10:00:00"}, "stage": "InfoReceived"}, {"description": "when?"}]  # fmt: skip
    info = {
        "latest_status": {"status": "Exception", "sub_status": "Exception_Pirates"},
        "tracking": {"providers": [{"events": events}]},
    }
    one = seventeen.tracked({"number": "A", "carrier": 3011, "track_info": info})
    assert [(e.sub_status or e.status, e.offset_minutes) for e in one.events] == [
        ("InfoReceived", None), ("InTransit_PickedUp", 480), ("Exception_Pirates", None)]  # fmt: skip
    assert one.events[1].time_utc == datetime(2026, 3, 1, 1) and one.carrier == "3011"


def test_a_parcel_nobody_hears_of_any_more_has_expired_until_somebody_does() -> None:
    info = {"latest_status": {"status": "Expired", "sub_status": "Expired_Other"}, "tracking": {"providers": [{"events": [
        {"time_utc": "2026-03-02T01:00:00Z", "description": "b", "sub_status": "InTransit_Other"}]}]}}  # fmt: skip
    told = seventeen.tracked({"number": "A", "track_info": info}).events
    events = [Event.told_by("x", event) for event in told]
    assert standing(events).status.main == "Expired"
    later = Event("x", datetime(2026, 5, 1), "out", status=Status.read("OutForDelivery"))
    assert standing([later, *events]).status.main == "OutForDelivery"


def test_a_hundred_thousand_parcels_a_day_stay_within_three_calls_a_second(world: World) -> None:
    """2,500 calls of 40 numbers. No second sees a fourth call, and a quarter of an hour is enough."""
    bucket, rate = Bucket(), SeventeenClient.rate
    for _call in range(100_000 // SeventeenClient.at_once):
        while (wait := bucket.take("calls", rate.per_second, rate.burst)) > 0:
            bucket.sleep(wait)
    starts = bucket.let_through
    assert len(starts) == 2500 and starts[-1] < 15 * 60
    assert all(later - first >= 1 - 1e-6 for first, later in zip(starts, starts[3:], strict=False))
    client = world.seventeen()
    client.register(asked(*(f"YT20000000000000{number:02d}" for number in range(40))))
    for _ in range(6):
        client.fetch(asked(*(f"YT20000000000000{number:02d}" for number in range(40))))
    starts = world.bucket.let_through
    assert len(starts) == 7 and all(b - a >= 1 - 1e-6 for a, b in zip(starts, starts[3:], strict=False))


# YunExpress, and files


def test_labels_come_as_pdf_and_unknown_numbers_by_name(world: World) -> None:
    client = world.yunexpress()
    found = client.labels(asked(KNOWN, UNKNOWN, LOST))
    assert [file.numbers for file in found.files] == [(KNOWN, LOST)]
    assert [(one.number, one.code) for one in found.refused] == [(UNKNOWN, "refused")] and "not found" in found.refused[
        0
    ].message
    content = client.download(found.files[0].url)
    assert content.startswith(b"%PDF-") and content.count(b"/Type /Page ") == 2
    with pytest.raises(ValueError, match="50"):
        client.labels(asked(*map(str, range(51))))


def test_what_was_learnt_before_a_failure_is_kept(world: World) -> None:
    client = world.yunexpress()
    client.fetch(asked(KNOWN))
    world.control.post("/faults", kind="html_503", operation="yunexpress/track", times=50)
    with pytest.raises(IntegrationError):
        client.fetch(asked(KNOWN, LOST))
    world.control.delete("/faults")

    def fail_from_now_on(call: Call) -> None:
        world.control.post("/faults", kind="html_503", operation="yunexpress/track", times=50)

    client._line._log = fail_from_now_on
    answer = client.fetch(asked(KNOWN, LOST, RETURNED))
    assert [one.number for one in answer.tracked] == [KNOWN]
    assert [(one.number, one.code) for one in answer.refused] == [(LOST, "carrier_down"), (RETURNED, "carrier_down")]


def test_a_parcel_is_given_to_the_carrier_once_and_found_again(world: World) -> None:
    client = world.yunexpress()
    cup = Goods("Cup", "杯子", 2, Decimal("9.99"), "USD", 150, "691200", "CUP-1")
    parcel = Waybill(
        "P-1", "THZXR", 420, Receiver("DE", "Ada Canary", "Hafenstraße 1", "Hamburg"), (cup,), 201, 100, 95
    )
    first, wrong = client.make([parcel, replace(parcel, reference="P-2", goods=())])
    assert first.is_made and not wrong.is_made and "Parcels" in wrong.message
    assert not client.make([parcel])[0].is_made and client.find("P-1") == first and client.find("P-2") is None
    assert (
        client.labels(asked(first.number)).files and "Canary" not in repr(parcel) and "Canary" not in repr(world.calls)
    )
    order = waybills.body([parcel])[0]
    assert (order["Weight"], order["Length"], order["Parcels"][0]["UnitWeight"]) == (0.42, 21, 0.15)
    with pytest.raises(ValueError, match="10"):
        client.make([parcel] * 11)
    with pytest.raises(IntegrationError):
        waybills.made([parcel], {"Code": "1003", "Message": "no"})


def test_a_carriers_local_times_are_read_in_its_zone() -> None:
    item = {"PackageState": 2, "OrderTrackingDetails": [{"ProcessDate": "2026-03-02T07:00:00", "ProcessContent": "x"}]}
    told = yunexpress.tracked(Asked("A"), item, timezone(timedelta(hours=8)))
    assert (told.events[0].time_utc, told.events[0].offset_minutes) == (datetime(2026, 3, 1, 23), 480)
    assert (told.events[0].status, told.events[0].sub_status) == ("InTransit", "InTransit_Other")


def test_bad_lines_of_a_file_are_named_and_spoil_no_other() -> None:
    text = "\ufeff单号,时间,描述\nA,2026-03-01T10:00Z,left\n,2026-03-01,x\nA,soon,x\nA,2026-03-01,\n\nA,2026-02-30,x\n"
    for content in (text.encode(), text[1:].encode("gb18030")):
        file = manual.read(content)
        assert [event.description for event in file.events["A"]] == ["left"]
        assert [(p.line, p.code) for p in file.problems] == [
            (3, "no_number"),
            (4, "no_time"),
            (5, "no_words"),
            (7, "no_time"),
        ]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00x", b"a,b\n1,2\n", b"number,when\n"])
def test_a_file_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(IntegrationError) as refused:
        manual.read(content)
    assert refused.value.code == "file_unreadable" and refused.value.permanent


# Whatever is sent

NAMES = ["code", "data", "accepted", "rejected", "errors", "number", "carrier", "track_info", "latest_status", "status", "tracking",
         "providers", "events", "time_utc", "time_iso", "time_raw", "date", "stage", "sub_status", "event", "Code", "Item", "Message",
         "PackageState", "OrderTrackingDetails", "ProcessDate", "OrderInfos", "Url", "Error", "Success", "WayBillNumber"]  # fmt: skip
LEAVES = st.sampled_from(["", "A", "0000", "Expired", "TRACKING_UPDATED", "2026-03-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "\0\ud800",
                          0, -18019909, 3, 1e308, True, None, 2**70])  # fmt: skip
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=25,
)


@settings(max_examples=60, deadline=None)
@given(ANYTHING)
def test_whatever_a_carrier_sends_is_an_answer_or_an_error_in_words(payload: Any) -> None:
    zone = timezone(timedelta(hours=8))
    for read in (
        lambda: seventeen.fetched(asked("A"), payload), lambda: seventeen.registered(asked("A"), payload),
        lambda: seventeen.pushed(payload), lambda: seventeen.quota(payload), lambda: seventeen.tracked(payload),
        lambda: yunexpress.followed(Asked("A"), payload, zone), lambda: yunexpress.labels(asked("A"), payload),
        lambda: yunexpress.tracked(Asked("A"), payload, zone), lambda: waybills.made([], payload), lambda: waybills.known("A", payload),
    ):  # fmt: skip
        try:
            read()
        except IntegrationError as error:
            assert error.message


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=80)
    | st.text('number,time\n"A2026-01T:/ 月', max_size=80).map(lambda text: ("number,time,status\n" + text).encode())
)
def test_any_file_is_read_or_refused(content: bytes) -> None:
    try:
        file = manual.read(content)
        assert all(events for events in file.events.values())
    except IntegrationError as error:
        assert error.code == "file_unreadable"
