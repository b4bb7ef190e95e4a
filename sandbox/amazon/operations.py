"""The Selling Partner API operations the sandbox serves: official name, path and usage plan beside the function that
answers. A path is matched before it is decoded, so that a SKU may hold slashes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from sandbox.amazon.call import Call

Answer = tuple[int, dict[str, Any]]
Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    template: str
    rate: float  # Requests per second.
    burst: int
    handler: Handler
    is_greedy: bool = False  # The last parameter takes the rest of the path, slashes and all.

    def match(self, segments: list[str]) -> dict[str, str] | None:
        wanted = self.template.split("/")
        if self.is_greedy and len(segments) > len(wanted):
            last = len(wanted) - 1
            segments = [*segments[:last], "/".join(segments[last:])]
        if len(wanted) != len(segments):
            return None
        found: dict[str, str] = {}
        for want, have in zip(wanted, segments, strict=True):
            if want.startswith("{") and have:
                found[want[1:-1]] = unquote(have)
            elif want != have:
                return None
        return found


OPERATIONS: list[Operation] = []


def operation(
    name: str, method: str, template: str, *, rate: float, burst: int, is_greedy: bool = False
) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        OPERATIONS.append(Operation(name, method, template, rate, burst, handler, is_greedy))
        return handler

    return register


def find(method: str, raw_path: str) -> tuple[Operation, dict[str, str]] | None:
    segments = raw_path.split("/")
    for candidate in OPERATIONS:
        if candidate.method == method:
            parameters = candidate.match(segments)
            if parameters is not None:
                return candidate, parameters
    return None
