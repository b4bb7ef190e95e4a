"""Who looks at a list: their reach, the clock their days are counted on, and what was asked for them already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass
class Viewer:
    """`zone` is the name of the time zone in which days begin for this person; `language` their locale."""

    reach: Any
    zone: str = "UTC"
    language: str = "en"
    around: Any = None  # What the list gathered around the rows at hand, such as the pictures of their products.
    _kept: dict[Any, Any] = field(default_factory=dict)

    def once(self, make: Callable[..., T], *values: Any) -> T:
        """What `make(viewer, *values)` gives, asked for once (stores on offer stand in a filter, a column and a chip)."""
        if (make, values) not in self._kept:
            self._kept[make, values] = make(self, *values)
        return self._kept[make, values]
