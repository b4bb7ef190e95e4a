"""Who is acting, and from where: set once at the door (request, job, command) and written into every event."""

from __future__ import annotations

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


class acting:
    """`with acting(origin):` whatever is done inside is done by and from there."""

    def __init__(self, origin: Origin):
        self._origin = origin

    def __enter__(self) -> None:
        self._token = _current.set(self._origin)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)
