"""Amazon's models, if they are at hand, and a sandbox to hold against them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT, ROOT / "tests" / "sandbox"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import sandbox_seller  # noqa: E402

import sandbox  # noqa: E402
from tests.conformance import official  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def models() -> tuple[official.OfficialOperation, ...]:
    found = official.models()
    if found is None:
        pytest.skip(f"{official.VARIABLE} does not name the folder with Amazon's swagger models.")
    return found


@pytest.fixture(scope="module")
def amazon() -> Iterator[sandbox.Handle]:
    with sandbox.start(seed=7, rate_scale=1e6) as handle:
        yield handle


@pytest.fixture(scope="module")
def seller(amazon: sandbox.Handle) -> Iterator[sandbox_seller.Seller]:
    """An account in Europe whose every answer is held against the models."""
    with sandbox_seller.Seller(amazon.url, "eu", watch=official.check_response) as one:
        yield one
