"""Addresses of static files carry a part of their hash, so that browsers keep them for a year and never too long."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask


def install(app: Flask) -> None:
    hashes: dict[str, tuple[float, str]] = {}

    def version(filename: str) -> str:
        path = Path(app.static_folder or "", filename)
        try:
            changed = path.stat().st_mtime
        except OSError:
            return ""
        if filename not in hashes or hashes[filename][0] != changed:
            hashes[filename] = (changed, hashlib.sha256(path.read_bytes()).hexdigest()[:12])
        return hashes[filename][1]

    @app.url_defaults
    def _add_version(endpoint: str, values: dict) -> None:
        if endpoint == "static" and "filename" in values and "v" not in values:
            values["v"] = version(values["filename"])
