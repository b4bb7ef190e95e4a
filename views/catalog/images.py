"""Uploaded product images. Amazon has to fetch them, so they are public: named by their hash, nothing else is known of them."""

from __future__ import annotations

from flask import abort, current_app, send_file

from models.catalog.image import file_of
from views.catalog import bp
from views.support.access import public


@bp.get("/images/<name>")
@public
def image(name: str):
    path = file_of(current_app.config["SETTINGS"].data / "images", name)
    if path is None:
        abort(404)
    answer = send_file(path, mimetype="image/jpeg", max_age=31536000)
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
