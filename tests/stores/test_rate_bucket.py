"""The token bucket: never above the documented rate, one for all processes, corrected by what Amazon says."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from integrations.amazon.operations import OPERATIONS
from models.stores.rate_bucket import RateBucket, StoreThrottle

START = datetime(2026, 1, 1)
WITH_DATABASE = hypothesis_settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLANS = st.sampled_from(sorted({(operation.rate, operation.burst) for operation in OPERATIONS.values()}))


@pytest.fixture
def throttle(portal):
    return StoreThrottle("store")


def grants(throttle, clock, plan, seconds, moves):
    """Moments at which a token was given, while the clock moved by these steps and everyone asked greedily."""
    rate, burst = plan
    given_at = []
    for step in moves:
        clock.move(seconds=step)
        for _ in range(burst + 2):
            if throttle.take("op", rate, burst) > 0:
                break
            given_at.append(clock.now())
    return given_at


@WITH_DATABASE
@given(plan=PLANS, moves=st.lists(st.floats(0, 400, allow_nan=False), min_size=1, max_size=7))
def test_no_window_of_time_holds_more_calls_than_burst_and_rate_allow(throttle, clock, plan, moves):
    clock.move(to=START)
    RateBucket.delete().execute()
    given_at = grants(throttle, clock, plan, 0, moves)
    rate, burst = plan
    for first, begin in enumerate(given_at):
        for last in range(first, len(given_at)):
            window = (given_at[last] - begin).total_seconds()
            assert last - first + 1 <= burst + window * rate + 1e-3


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_a_full_bucket_gives_its_burst_at_once_and_then_one_each_interval(throttle, clock, name):
    rate, burst = OPERATIONS[name].rate, OPERATIONS[name].burst
    clock.move(to=START)
    assert [throttle.take(name, rate, burst) for _ in range(burst)] == [0.0] * burst
    wait = throttle.take(name, rate, burst)
    assert wait == pytest.approx(1 / rate, rel=1e-3)
    clock.move(seconds=wait + 1e-5)
    assert throttle.take(name, rate, burst) == 0.0
    assert throttle.take(name, rate, burst) > 0


def test_asking_in_vain_takes_nothing(throttle, clock):
    clock.move(to=START)
    throttle.take("op", 1, 1)
    for _ in range(50):
        assert throttle.take("op", 1, 1) == pytest.approx(1.0)


def test_stores_and_operations_have_buckets_of_their_own(throttle, clock):
    clock.move(to=START)
    throttle.take("op", 0.01, 1)
    assert throttle.take("op", 0.01, 1) > 0
    assert throttle.take("other", 0.01, 1) == 0.0
    assert StoreThrottle("another store").take("op", 0.01, 1) == 0.0


def test_the_rate_of_the_header_counts_from_then_on(throttle, clock):
    clock.move(to=START)
    throttle.take("op", 0.5, 1)
    throttle.learn("op", 0.1)
    assert throttle.take("op", 0.5, 1) == pytest.approx(10, abs=1)
    throttle.learn("op", 0.5)
    assert throttle.take("op", 0.5, 1) <= 2.0


def test_a_slower_rate_does_not_give_back_tokens_that_were_spent(throttle, clock):
    clock.move(to=START)
    for _ in range(10):
        throttle.take("op", 5, 10)
    throttle.learn("op", 0.5)
    bucket = RateBucket.get()
    assert bucket.left(10) == 0
    assert throttle.take("op", 5, 10) == pytest.approx(2.0, abs=0.01)
    clock.move(seconds=20.1)
    assert bucket.reload().left(10) == 10


def test_a_faster_rate_does_not_keep_us_waiting_at_the_old_one(throttle, clock):
    clock.move(to=START)
    for _ in range(20):
        throttle.take("op", 0.0056, 20)
    throttle.learn("op", 5600)
    assert throttle.take("op", 0.0056, 20) < 0.01


def test_learning_what_is_known_writes_nothing(throttle):
    from models.support.db import db

    throttle.take("op", 5, 10)
    statements = []
    execute = type(db.obj).execute_sql

    def counted(self, sql, *args, **kwargs):
        statements.append(sql)
        return execute(self, sql, *args, **kwargs)

    type(db.obj).execute_sql = counted
    try:
        throttle.learn("op", 5)
    finally:
        type(db.obj).execute_sql = execute
    assert all(sql.lstrip().upper().startswith("SELECT") for sql in statements), statements


def test_amazons_refusal_empties_the_bucket_whatever_we_counted(throttle, clock):
    clock.move(to=START)
    throttle.exhausted("op", 5, 10)
    bucket = RateBucket.get()
    assert bucket.left(10) == 0
    assert throttle.take("op", 5, 10) == pytest.approx(0.2)
    clock.move(seconds=2.01)
    assert bucket.reload().left(10) == 10


def test_a_clock_that_was_set_back_does_not_stop_calls_for_long(throttle, clock):
    clock.move(to=START + timedelta(days=2))
    throttle.take("op", 0.5, 2)
    clock.move(to=START)
    assert throttle.take("op", 0.5, 2) <= 4


@pytest.mark.both
def test_calls_at_once_share_one_bucket(portal, in_parallel):
    outcomes = in_parallel(12, lambda: StoreThrottle("store").take("op", 0.001, 5))
    assert not outcomes.errors
    assert sum(wait == 0 for wait in outcomes.results) == 5


def test_another_process_draws_from_the_same_bucket(portal):
    program = (
        "import sys; from pathlib import Path; from config.settings import Settings; from models.database import open_databases\n"
        "from models.stores.rate_bucket import StoreThrottle\n"
        "open_databases(Settings(data=Path(sys.argv[1]), mode='test', key_file=Path(sys.argv[2])))\n"
        "print(sum(StoreThrottle('store').take('op', 0.001, 5) == 0 for _ in range(5)))"
    )
    here = [StoreThrottle("store").take("op", 0.001, 5) for _ in range(3)]
    command = [sys.executable, "-c", program, str(portal.data), str(portal.key_path)]
    other = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert here == [0.0] * 3 and int(other.stdout) == 2
