"""Everything here happens in the seller's world of `tests/stores/selling.py`."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.stores.selling import *  # noqa: F403
from tests.stores.selling import _jobs_of_this_test  # noqa: F401


@pytest.fixture
def product_form() -> Callable[..., dict[str, Any]]:
    """`product_form(title="X")`: a product's form as a browser sends it."""

    def form(**changes: Any) -> dict[str, Any]:
        sent = {
            "version": "0", "code": "P-9", "language": "en", "languages": "en", "title": "A rope ball", "brand": "Harbor",
            "country_of_origin": "CN", "product_type": "", "variant_count": "1", "variants-0-sku": "TOY-9",
            "variants-0-quantity": "5", "variants-0-cost": "5.10", "variants-0-price-EUR": "19.99",
        }  # fmt: skip
        return {name: value for name, value in {**sent, **changes}.items() if value is not None}

    return form
