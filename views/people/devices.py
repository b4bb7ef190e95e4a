"""The cookie of a known device: given after a full success, so that nobody can lock a person out of it by guessing."""

from __future__ import annotations

from typing import Any

from flask import current_app, has_request_context, request

from config.settings import Settings
from models.people import device
from models.people.session import Session


def device_cookie(settings: Settings) -> str:
    return "__Host-dev" if settings.is_secure else "dev"


def _presented() -> str:
    if not has_request_context():
        return ""
    return request.cookies.get(device_cookie(current_app.config["SETTINGS"]), "")


device.read_with(_presented)


def remember_device(answer: Any, session: Session | None) -> Any:
    """Makes this browser known to the session's person, once they have signed in wholly."""
    if session is not None and session.is_open:
        settings: Settings = current_app.config["SETTINGS"]
        answer.set_cookie(
            device_cookie(settings), device.remember(session.person, _presented()), secure=settings.is_secure,
            max_age=int(device.LASTS.total_seconds()), httponly=True, samesite="Lax", path="/",
        )  # fmt: skip
    return answer
