"""Sandboxes to test: a shared one that is never throttled, and one of its own for tests that break things."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

if str(Path(__file__).parent) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parent))

from sandbox_seller import Seller

import sandbox

FREE = 1e6  # A rate scale at which nobody waits.


@pytest.fixture(scope="session")
def shared_amazon() -> Iterator[sandbox.Handle]:
    with sandbox.start(seed=11, rate_scale=FREE) as handle:
        yield handle


@pytest.fixture
def seller(shared_amazon: sandbox.Handle) -> Iterator[Seller]:
    """An account in Europe on the shared sandbox. Use SKUs nobody else uses."""
    with Seller(shared_amazon.url, "eu") as one:
        yield one


@pytest.fixture
def start() -> Iterator[Callable[..., sandbox.Handle]]:
    """Starts sandboxes that are stopped when the test is over."""
    handles: list[sandbox.Handle] = []

    def start_one(**options: Any) -> sandbox.Handle:
        handles.append(sandbox.start(**{"rate_scale": FREE, "seed": 5, **options}))
        return handles[-1]

    yield start_one
    for handle in handles:
        handle.stop()


@pytest.fixture
def amazon(start: Callable[..., sandbox.Handle]) -> sandbox.Handle:
    """A fresh sandbox for one test."""
    return start()


@pytest.fixture
def alone(amazon: sandbox.Handle) -> Iterator[Seller]:
    """An account in Europe on a sandbox of its own."""
    with Seller(amazon.url, "eu") as one:
        yield one
