"""Who is acting, and from where: set once at the door (request, job, command) and written into every event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """`kind` is person, job or command; `label` names the job or the command's user, never a person."""

    kind: str = "system"
    label: str = ""
    person_id: int | None = None
    address: str = ""
    request_id: str = ""


_NOBODY = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=_NOBODY)


def current_origin() -> Origin:
    return _current.get()


@contextmanager
def acting(origin: Origin) -> Iterator[None]:
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)
