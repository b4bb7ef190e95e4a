"""A rule that says no. `Refused` carries a sentence for the person; one handler shows it as a 409."""

from __future__ import annotations

from typing import Any

from models.support.words import Words


class Refused(Exception):
    """The domain refuses. The first argument is the sentence (English, marked for translation where it is written)."""

    def __init__(self, message: str | Words, /, **params: Any):
        self.words = message if isinstance(message, Words) else Words(message, **params)
        super().__init__(self.words)

    def __str__(self) -> str:
        return str(self.words)


class FieldRefused(Refused):
    """A refusal that belongs beside one field of a form; a view turns it into a 422."""

    def __init__(self, field: str, message: str | Words, /, **params: Any):
        self.field = field
        super().__init__(message, **params)


class Stale(Refused):
    """Two people changed the same thing. `theirs` maps field to (their value, yours)."""

    def __init__(self, message: str | Words, theirs: dict[str, tuple[Any, Any]], /, **params: Any):
        self.theirs = theirs
        super().__init__(message, **params)


class AlreadyDecided(Refused):
    """The state moved on before this act: somebody else was first."""

    code = "ALREADY_DECIDED"

    def __init__(self, message: str | Words = "", /, **params: Any):
        super().__init__(
            message or Words("Somebody else was faster: this has already changed. Reload the page."), **params
        )
