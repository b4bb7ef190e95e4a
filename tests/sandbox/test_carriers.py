"""Stand-in carriers: parcels that move by the sandbox's clock, a tracking service with quotas and webhooks, and its faults."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx2
import pytest
from sandbox_seller import Control

import sandbox
from sandbox.carriers import journey

TOKEN = "sandbox-17track-key"
MINUTE, HOUR, DAY = 60, 3600, 86400
ROAD = "/17track/track/v2.2/"


class Follower:
    """A client of the tracking service as its documentation describes one."""

    def __init__(self, url: str):
        self.http = httpx2.Client(base_url=url, trust_env=False, verify=False, timeout=30)
        self.control = Control(url)

    def ask(self, operation: str, *entries: Any, token: str = TOKEN) -> httpx2.Response:
        return self.http.post(ROAD + operation, json=list(entries), headers={"17token": token})

    def data(self, operation: str, *entries: Any) -> Any:
        return self.ask(operation, *entries).raise_for_status().json()["data"]

    def follow(self, number: str, **parcel: Any) -> str:
        self.control.post("/parcels", number=number, **{"late": 0, **parcel})
        assert len(self.data("register", {"number": number})["accepted"]) == 1
        return number

    def info(self, number: str) -> Any:
        return self.data("gettrackinfo", {"number": number})["accepted"][0]["track_info"]

    def sub(self, number: str) -> str:
        return str(self.info(number)["latest_status"]["sub_status"])

    def code(self, operation: str, **entry: Any) -> int:
        return int(self.data(operation, entry)["rejected"][0]["error"]["code"])


class Hook:
    """Somebody's webhook: keeps what it gets and answers what it is told to."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.status = 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.got.append((self.headers["sign"], body))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/17track?team=1"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def told(self) -> list[tuple[str, str]]:
        messages = [json.loads(body) for _, body in self.got]
        return [
            (m["event"], m["data"].get("track_info", {}).get("latest_status", {}).get("sub_status", ""))
            for m in messages
        ]


@pytest.fixture
def follower(start: Any) -> Iterator[Follower]:
    one = Follower(start(now=1_772_400_000).url)
    yield one
    one.http.close()
    one.control.close()


@pytest.fixture
def hook(follower: Follower) -> Iterator[Hook]:
    hook = Hook()
    follower.control.patch("/carriers", webhook=hook.url, send=False)
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


@pytest.mark.parametrize("fate", list(journey.FATES))
def test_every_fate_ends_as_its_name_says(fate: str) -> None:
    parcel = journey.set_out(1, "A", 0, fate=fate, late=0)
    told = [event[2] for event in journey.told(parcel, 90 * DAY)]
    assert told == [step[1] for step in reversed(journey.FATES[fate])]


def test_late_events_come_out_of_order() -> None:
    parcel = journey.set_out(1, "A", 0, fate="delivered", late=0.5)
    by_telling = [event[0] for event in sorted(parcel.events, key=lambda event: event[1])]
    assert by_telling != sorted(by_telling) and journey.told(parcel, 90 * DAY)[0][2] == "Delivered_Other"


def test_the_same_seed_and_number_give_the_same_voyage() -> None:
    assert journey.set_out(7, "YT1", 5) == journey.set_out(7, "YT1", 5) != journey.set_out(8, "YT1", 5)


def test_a_parcel_moves_by_the_clock_to_its_end(follower: Follower) -> None:
    number = follower.follow("YT0000000000000001", fate="delivered")
    assert follower.code("gettrackinfo", number=number) == -18019909, "registering takes a while"
    follower.control.wait(HOUR)
    seen = [follower.sub(number)]
    for _ in range(20):
        follower.control.wait(8 * HOUR)
        seen += [sub for sub in [follower.sub(number)] if sub != seen[-1]]
    assert seen[0] == "InfoReceived" and seen[-1] == "Delivered_Other" and "InTransit_Departure" in seen
    info = follower.info(number)
    events = info["tracking"]["providers"][0]["events"]
    assert info["latest_event"] == events[0] and [e["time_utc"] for e in events] == sorted(
        (e["time_utc"] for e in events), reverse=True
    )
    assert events[-1]["time_iso"].endswith("+08:00") and events[-1]["stage"] == "InfoReceived"


def test_what_happens_now_replaces_what_was_to_come(follower: Follower) -> None:
    number = follower.follow("YT0000000000000001", fate="delivered")
    follower.control.wait(DAY)
    follower.control.patch(f"/parcels/{number}", sub_status="Exception_Pirates", ago_seconds=60)
    assert follower.sub(number) == "Exception_Pirates"
    follower.control.patch(
        f"/parcels/{number}", sub_status="InTransit_Other", ago_seconds=30, told_after_seconds=2 * DAY
    )
    assert follower.sub(number) == "Exception_Pirates"
    follower.control.wait(20 * DAY)
    assert follower.sub(number) == "InTransit_Other"


def test_every_refusal_has_its_code(follower: Follower) -> None:
    one = "YT0000000000000001"
    assert follower.code("gettrackinfo", number=one) == -18019902
    follower.follow(one, fate="delivered")
    assert follower.code("register", number=one) == -18019901
    assert follower.code("register", number="???") == -18010012
    assert follower.code("register", number="NOBODYS") == -18019903
    assert follower.code("register", number="NOBODYS", carrier=1) == -18019910
    assert follower.code("retrack", number=one) == -18019904
    follower.data("stoptrack", {"number": one})
    assert follower.code("stoptrack", number=one) == -18019906
    assert follower.data("retrack", {"number": one})["accepted"]
    follower.data("stoptrack", {"number": one})
    assert follower.code("retrack", number=one) == -18019905
    for _ in range(5):
        assert follower.data("changecarrier", {"number": one, "carrier_new": 3011})["accepted"]
    assert follower.code("changecarrier", number=one, carrier_new=3011) == -18019911
    assert follower.ask("getquota", token="wrong").status_code == 401
    too_many = follower.ask("register", *({"number": f"N{n:05d}"} for n in range(41))).json()
    assert too_many["data"]["errors"][0]["code"] == -18010014
    assert follower.ask("nothing").status_code == 404


def test_registering_uses_up_the_quota_and_the_day(follower: Follower) -> None:
    follower.control.patch("/carriers", quota=3, daily=2)
    numbers = [{"number": f"YT000000000000000{n}"} for n in range(4)]
    answer = follower.data("register", *numbers)
    assert [one["error"]["code"] for one in answer["rejected"]] == [-18019907, -18019907]
    follower.control.wait(DAY)
    answer = follower.data("register", *numbers[2:])
    assert [one["error"]["code"] for one in answer["rejected"]] == [-18019908]
    quota = follower.ask("getquota").json()["data"]
    assert (quota["quota_used"], quota["quota_remain"], quota["today_used"]) == (3, 0, 1)


def test_a_fourth_call_in_a_second_is_too_many() -> None:
    with sandbox.start() as handle:
        follower = Follower(handle.url)
        assert [follower.ask("getquota").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_webhooks_tell_what_is_new_signed_over_their_bytes(follower: Follower, hook: Hook) -> None:
    follower.follow("YT0000000000000001", fate="delivered")
    follower.control.wait(12 * DAY)
    assert follower.control.post("/pushes")["sent"] == len(hook.got)
    assert hook.told[0] == ("TRACKING_UPDATED", "InfoReceived") and hook.told[-1][1] == "Delivered_Other"
    for sign, body in hook.got:
        assert sign == hashlib.sha256(body + b"/" + TOKEN.encode()).hexdigest()
    follower.control.wait(15 * DAY)
    follower.control.post("/pushes")
    assert hook.told[-1][0] == "TRACKING_STOPPED", "it ends fifteen days after delivery"


def test_silence_ends_a_parcel_after_a_month(follower: Follower, hook: Hook) -> None:
    number = follower.follow("YT0000000000000001", fate="silent")
    follower.control.wait(40 * DAY)
    follower.control.post("/pushes")
    assert hook.told[-1][0] == "TRACKING_STOPPED" and follower.sub(number) == "Expired_Other"


def test_a_message_nobody_takes_comes_again_thrice_and_then_never(follower: Follower, hook: Hook) -> None:
    follower.follow("YT0000000000000001", fate="label_only")
    hook.status = 503
    follower.control.wait(HOUR)
    counts = []
    for minutes in (0, 9, 2, 28, 3, 58, 3, 300):
        follower.control.wait(minutes * MINUTE)
        counts.append(follower.control.post("/pushes")["sent"])
    assert counts[:7] == [1, 0, 1, 0, 1, 0, 1] and len({body for _, body in hook.got[:4]}) == 1
    assert follower.control.get("/pushes")["pushes"][0]["state"] == "lost"


def test_messages_can_come_twice_forged_or_not_at_all(follower: Follower, hook: Hook) -> None:
    follower.follow("YT0000000000000001", fate="label_only")
    follower.control.post("/faults", kind="duplicate_push", operation="seventeen/webhook")
    follower.control.wait(HOUR)
    follower.control.post("/pushes")
    assert len(hook.got) == 2 and hook.got[0] == hook.got[1]
    follower.control.post("/faults", kind="forged_push", operation="seventeen")
    before = len(hook.got)
    assert follower.control.post("/pushes", again=True)["sent"] >= 1
    sign, body = hook.got[before]
    assert sign != hashlib.sha256(body + b"/" + TOKEN.encode()).hexdigest()


def test_once_a_webhook_is_set_messages_go_out_by_themselves(follower: Follower, hook: Hook) -> None:
    follower.control.patch("/carriers", webhook=hook.url)
    follower.follow("YT0000000000000001", fate="label_only")
    follower.control.wait(HOUR)
    until = time.monotonic() + 10
    while not hook.got and time.monotonic() < until:
        time.sleep(0.02)
    assert hook.told[0][0] == "TRACKING_UPDATED"
    assert follower.control.refused("PATCH", "/carriers", {"webhook": "http://example.com"})[0] == 400


def test_parcels_outlive_the_process(start: Any, tmp_path: Any) -> None:
    path = str(tmp_path / "carriers.db")
    with sandbox.start(state=path, rate_scale=1e6) as handle:
        Follower(handle.url).follow("YT0000000000000001", fate="lost")
    with sandbox.start(state=path, rate_scale=1e6) as handle:
        follower = Follower(handle.url)
        follower.control.wait(30 * DAY)
        assert follower.sub("YT0000000000000001") == "Exception_Lost"


def test_the_carrier_makes_waybills_and_follows_them(follower: Follower) -> None:
    facts = follower.control.get("/carriers")["yunexpress"]
    road = facts["url"].removeprefix(str(follower.http.base_url).rstrip("/"))
    auth = httpx2.BasicAuth("x", "y")
    assert follower.http.get(f"{road}/Tracking/GetTrackInfo", auth=auth).json()["Code"] == "401"
    token = base64.b64encode(f"{facts['code']}&{facts['secret']}".encode()).decode()
    headers = {"Authorization": f"Basic {token}"}
    order = {"CustomerOrderNumber": "O-1", "ShippingMethodCode": "THZXR", "Weight": 0.2, "Receiver": {"CountryCode": "DE"},
             "Parcels": [{"EName": "Cup", "Quantity": 1}]}  # fmt: skip
    answers = [
        follower.http.post(f"{road}/WayBill/CreateOrder", json=[one], headers=headers).json() for one in (order, order)
    ]
    assert [one["Item"][0]["Success"] for one in answers] == [1, 0] and "exists" in answers[1]["Item"][0]["Remark"]
    number = answers[0]["Item"][0]["WayBillNumber"]
    follower.control.wait(90 * DAY)
    for name in (number, "O-1"):
        item = follower.http.get(f"{road}/Tracking/GetTrackInfo", params={"OrderNumber": name}, headers=headers).json()[
            "Item"
        ]
        assert item["WaybillNumber"] == number and item["PackageState"] in range(8)
    labels = follower.http.post(f"{road}/Label/Print", json=["O-1", "O-2"], headers=headers).json()["Item"][0]
    assert [info["Error"] for info in labels["OrderInfos"]] == ["", "The number O-2 was not found."]
    assert follower.http.get(labels["Url"]).content.startswith(b"%PDF-")
    assert follower.http.get(labels["Url"].replace(".pdf", "x.pdf")).status_code == 404


def test_a_parcel_may_be_under_way_already_and_goes_on_from_there(follower: Follower) -> None:
    now = follower.control.get("/clock")["now"]
    way = {"fate": "customs", "destination": "US", "until": "InTransit_CustomsRequiringInformation"}
    parcel = follower.control.post("/parcels", number="CUSTOMS-1", since=int(now) - 3 * DAY, **way)
    told = [event for event in parcel["events"] if event["is_told"]]
    assert told[-1]["sub_status"] == way["until"] and told[0]["happened_at"] >= now - 3 * DAY
    assert (
        all(event["happened_at"] > now for event in parcel["events"][len(told) :]) and parcel["events"][-1] not in told
    )
    silent = follower.control.post(
        "/parcels", number="SILENT-1", fate="silent", until="InTransit_TransportArrived", rest_hours=400
    )
    assert silent["events"][-2]["is_told"] and not silent["events"][-1]["is_told"]
    assert (
        follower.control.refused("POST", "/parcels", {"number": "X1", "fate": "lost", "until": "Delivered_Other"})[0]
        == 400
    )


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "hint"),
    [
        ("POST", "/parcels", {}, 400, "number"),
        ("POST", "/parcels", {"number": "A", "fate": "eaten"}, 400, "sent_back"),
        ("GET", "/parcels/none", None, 404, "none"),
        ("PATCH", "/parcels/none", {}, 404, "none"),
        ("PATCH", "/carriers", {"quota": -1}, 400, "quota"),
        ("PATCH", "/carriers", {"webhook": 7}, 400, "webhook"),
    ],
)
def test_a_wrong_request_says_what_would_be_right(
    follower: Follower, method: str, path: str, body: Any, status: int, hint: str
) -> None:
    told, sentence = follower.control.refused(method, path, body)
    assert told == status and hint in sentence
