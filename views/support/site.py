"""What a passkey is bound to: the portal's own address. Browsers make none for a bare IP address, nor over plain HTTP."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import current_app, request

from config.settings import Settings, is_loopback
from models.people.passkey import Site


def site() -> Site | None:
    """The portal as browsers see it; None where no passkey can be made."""
    settings: Settings = current_app.config["SETTINGS"]
    parts = urlsplit(settings.base_url)
    host, origin = parts.hostname or "", f"{parts.scheme}://{parts.netloc}"
    if not settings.is_production and is_loopback(host) and urlsplit(request.host_url).hostname == "localhost":
        host, origin = "localhost", f"{parts.scheme}://{request.host}"
    if host != "localhost" and (not settings.is_secure or _is_address(host)):
        return None
    return Site(host, origin, "Portolan")


def can_have_passkeys() -> bool:
    return site() is not None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
