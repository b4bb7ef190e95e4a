"""The outer guard: so many requests a minute of one network, shared through Redis, and still there when Redis is not."""

from __future__ import annotations

import signal
import time
from dataclasses import replace

import pytest

from tests.pages import Visitor
from tests.servers import Redis

DOOR = "/welcome/x"  # A door: 60 a minute. Every answer is a 410 until the limit.


@pytest.fixture
def own_redis():
    """A Redis that the test may kill."""
    server = Redis()
    try:
        yield server.start()
    finally:
        server.process and server.process.send_signal(signal.SIGCONT)
        server.remove(signal.SIGKILL)


@pytest.fixture
def visit(portal, compiled):
    """`visit(redis)`: a visitor of a process of its own."""
    from app import create_app

    def make(redis: str = "") -> Visitor:
        app = create_app(replace(portal, redis=redis))
        app.jinja_env.bytecode_cache = compiled
        app.test_client_class = Visitor
        return app.test_client()

    return make


def codes(visitor: Visitor, times: int, **more) -> list[int]:
    return [visitor.get(DOOR, **more).status_code for _ in range(times)]


def test_one_network_is_slowed_down_at_the_door(visit):
    visitor = visit()
    found = codes(visitor, 62)
    assert found[:60] == [410] * 60
    assert found[60:] == [429] * 2
    assert "Wait a little" in visitor.get(DOOR).text
    assert visitor.get("/sign-in").status_code == 200, "other pages are not the door"


def test_another_network_is_not(visit, portal):
    from models.people.network import Network

    Network.allow("0.0.0.0/0")
    visitor = visit()
    codes(visitor, 61)
    assert codes(visitor, 1, environ_base={"REMOTE_ADDR": "203.0.113.9"}) == [410]


@pytest.mark.redis
def test_processes_share_the_count_through_redis(visit, own_redis):
    one, two = visit(own_redis.url), visit(own_redis.url)
    assert codes(one, 35) == [410] * 35
    assert codes(two, 25) == [410] * 25
    assert codes(one, 1) == codes(two, 1) == [429]


@pytest.mark.redis
def test_a_redis_that_died_is_no_error_and_no_open_door(visit, own_redis):
    visitor = visit(own_redis.url)
    assert codes(visitor, 5) == [410] * 5
    own_redis.stop(signal.SIGKILL)
    found = codes(visitor, 62)
    assert 500 not in found
    assert set(found[:55]) == {410}
    assert found[-1] == 429


@pytest.mark.redis
def test_a_redis_that_was_never_there_is_no_error_either(visit):
    visitor = visit("redis://127.0.0.1:9/0")
    assert codes(visitor, 61)[-1] == 429


@pytest.mark.redis
def test_a_redis_that_hangs_holds_nobody_up_for_long(visit, own_redis):
    visitor = visit(own_redis.url)
    codes(visitor, 1)
    assert own_redis.process is not None
    own_redis.process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    assert codes(visitor, 3) == [410] * 3
    assert time.monotonic() - began < 8


@pytest.mark.redis
def test_redis_is_taken_up_again_when_it_is_back(visit, own_redis):
    one, two = visit(own_redis.url), visit(own_redis.url)
    codes(one, 1)
    codes(two, 1)
    own_redis.stop(signal.SIGKILL)
    assert codes(one, 1) == codes(two, 1) == [410]
    own_redis.start()
    time.sleep(3)  # Tried again after a while that grows with each failure.
    codes(one, 31)
    codes(two, 31)
    assert [*codes(one, 1), *codes(two, 1)] == [429, 429], "they count together again"


def test_a_socket_of_redis_may_be_named(visit, tmp_path):
    """`unix://` is a fine address of Redis; that nothing listens there is no error."""
    assert codes(visit(f"unix://{tmp_path}/redis.sock"), 2) == [410, 410]
