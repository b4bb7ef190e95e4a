"""Everything here happens in the seller's world of `tests/stores/selling.py`."""

from tests.stores.selling import *  # noqa: F403
from tests.stores.selling import _jobs_of_this_test  # noqa: F401
