"""A sandbox that is stopped, killed and started again, and one that repeats itself exactly."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2
import pytest
from sandbox_seller import Control, Seller

import sandbox
from sandbox.amazon.clock import Clock, iso, parse
from sandbox.amazon.store import StateInUse
from sandbox.server import NotLoopback

ROOT = Path(__file__).resolve().parents[2]


def snapshot(seller):
    orders = seller.orders(includedData="BUYER,RECIPIENT,PROCEEDS,FULFILLMENT,PACKAGES")["orders"]
    return seller.look("KEPT / 1"), orders


def run(*arguments):
    """`python -m sandbox`, until it has said where it serves."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", "0", "--json", "--orders-per-hour", "0", *arguments],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def test_a_restarted_sandbox_remembers_everything(start, tmp_path):
    file = str(tmp_path / "state.db")
    amazon = sandbox.start(state=file, rate_scale=1e6)
    with Seller(amazon.url) as seller:
        seller.publish("KEPT / 1", seed=1)
        seller.put("PENDING-1", "LAMP", seller.sample("LAMP", "DE", 2))
        seller.control.post("/orders", seller_id=seller.id, count=30, days=20)
        seller.control.wait(3000)
        seller.sign_in()
        before, token, now = (
            snapshot(seller),
            seller.http.headers["x-amz-access-token"],
            seller.control.get("/clock")["now"],
        )
        refresh_token = seller.refresh_token
    amazon.stop()
    with Seller(start(state=file, seed=1).url) as seller:
        seller.http.headers["x-amz-access-token"] = token
        assert snapshot(seller) == before
        assert seller.refresh_token == refresh_token
        assert seller.control.get("/clock")["now"] >= now
        assert seller.status("PENDING-1") == ["BUYABLE", "DISCOVERABLE"]


def test_work_under_way_goes_on_after_a_restart(start, tmp_path):
    file = str(tmp_path / "state.db")
    amazon = sandbox.start(state=file, rate_scale=1e6)
    with Seller(amazon.url) as seller:
        seller.put("UNDER-WAY", "LAMP", seller.sample("LAMP", "DE", 2))
        assert seller.status("UNDER-WAY") == []
    amazon.stop()
    with Seller(start(state=file).url) as seller:
        assert seller.status("UNDER-WAY") == []
        seller.wait(130)
        assert seller.status("UNDER-WAY") == ["BUYABLE", "DISCOVERABLE"]


def test_a_killed_sandbox_loses_nothing_it_answered(start, tmp_path):
    file = str(tmp_path / "state.db")
    process, told = run("--state", file, "--rate-scale", "1e6")
    accepted = []
    with Seller(told["url"]) as seller:
        payload = seller.sample("LAMP", "DE", 3)

        def keep_writing():
            for number in range(10_000):
                try:
                    seller.put(f"SKU-{number}", "LAMP", payload)
                except httpx2.TransportError:
                    return
                accepted.append(f"SKU-{number}")

        writer = threading.Thread(target=keep_writing)
        writer.start()
        while len(accepted) < 60:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        writer.join()
    process.wait()
    with Seller(start(state=file).url) as seller:
        state = seller.control.get("/state")
        assert state["listings"] in (len(accepted), len(accepted) + 1)
        for sku in accepted:
            assert seller.look(sku)["sku"] == sku


def test_two_sandboxes_do_not_share_a_state_file(start, tmp_path):
    file = str(tmp_path / "state.db")
    start(state=file)
    with pytest.raises(StateInUse):
        sandbox.start(state=file)


def test_the_same_seed_repeats_itself_and_another_does_not(start):
    def life(seed):
        with Seller(start(seed=seed, now=1_780_000_000).url) as seller:
            seller.publish("KEPT / 1", seed=1)
            seller.control.post("/orders", seller_id=seller.id, count=20, days=20)
            look, orders = snapshot(seller)
            return seller.id, seller.refresh_token, look["summaries"][0]["asin"], [
                (o["orderId"], o.get("buyer"), o.get("recipient"), o.get("proceeds")) for o in orders
            ]  # fmt: skip

    first, again, other = life(3), life(3), life(4)
    assert first[:3] == again[:3]
    assert sorted(map(str, first[3])) == sorted(map(str, again[3]))
    assert not set(first[:3]) & set(other[:3])


def test_the_clock_can_be_pushed_and_sped_up(alone):
    now = alone.control.get("/clock")["now"]
    assert alone.control.post("/clock", advance_seconds=86400)["now"] - now in range(86400, 86405)
    told = alone.control.post("/clock", speed=1000)
    time.sleep(0.1)
    assert alone.control.get("/clock")["now"] - told["now"] >= 80
    for body in ({"speed": -1}, {"advance_seconds": -5}, {"advance_seconds": "soon"}):
        assert alone.control.refused("POST", "/clock", body)[0] == 400


def test_a_clock_goes_on_where_it_was_and_never_back():
    clock = Clock(now=1000)
    clock.advance(500)
    mark = clock.mark()
    later = Clock()
    later.resume({**mark, "real": mark["real"] - 20})
    assert later.now() in (1520, 1521)
    later.resume({**mark, "real": mark["real"] + 20})
    assert later.now() in (1500, 1501)


def test_moments_are_read_with_and_without_a_zone():
    assert iso(parse("2026-03-01T12:00:00+09:00")) == "2026-03-01T03:00:00Z"
    assert parse("2026-03-01T12:00:00Z") == parse("2026-03-01T12:00:00") == parse("2026-03-01T12:00:00.000Z")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_no_other_machine_is_served(host):
    with pytest.raises(NotLoopback):
        sandbox.start(host=host)


def test_the_program_says_how_to_connect_and_stops_when_asked(tmp_path):
    process, told = run("--state", str(tmp_path / "state.db"), "--speed", "60")
    assert told["client_id"] == "amzn1.application-oa2-client.sandbox"
    assert {account["region"] for account in told["accounts"]} == {"na", "eu", "fe"}
    control = Control(told["url"])
    assert control.get("/health")["status"] == "ok"
    assert control.get("/clock")["speed"] == 60
    control.close()
    process.terminate()
    assert process.wait(timeout=10) == 0


def test_the_program_refuses_what_it_cannot_do():
    for arguments in (["--host", "0.0.0.0"], ["--state", "/nowhere/at/all.db"]):
        done = subprocess.run(
            [sys.executable, "-m", "sandbox", "--port", "0", *arguments],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 1 and done.stderr.startswith("sandbox: ")


def test_importing_the_sandbox_loads_no_web_framework():
    source = "import sys, sandbox; print([name for name in ('flask', 'jsonschema', 'sqlite3') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_sandbox_imports_nothing_of_the_portal():
    source = (
        "import sys, sandbox.server; ours = {'app', 'config', 'models', 'views', 'jobs', 'integrations', 'commands'};"
        "print(sorted(ours & {name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", source], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.alone
def test_a_thousand_listings_and_five_thousand_orders_are_no_burden(alone):
    payload = alone.sample("LAMP", "DE", 1)
    began = time.perf_counter()
    for number in range(150):
        alone.put(f"BULK-{number}", "LAMP", payload)
    assert (time.perf_counter() - began) / 150 < 0.2
    world = alone.control
    world.wait(200)
    assert world.get("/state")["live_listings"] == 150
    began = time.perf_counter()
    assert len(world.post("/orders", seller_id=alone.id, count=5000, days=60)["order_ids"]) == 5000
    assert time.perf_counter() - began < 20
    began = time.perf_counter()
    assert len(alone.orders(includedData="BUYER,RECIPIENT,PROCEEDS,FULFILLMENT")["orders"]) == 100
    assert time.perf_counter() - began < 3
