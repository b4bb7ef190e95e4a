"""A mail as it came: its HTML in a frame in which nothing runs and nothing loads, and its files as downloads."""

from __future__ import annotations

import io
import uuid

from flask import make_response, render_template, send_file
from markupsafe import Markup

from models.mailbox.showing import file_of, original_of
from models.mailbox.thread import PERMISSION
from models.support.errors import Refused
from views.mailbox import bp
from views.mailbox.threads import message_of
from views.support.access import requires

ONE = "/t/<team>/mailbox/messages/<uuid:uid>"
# Nothing runs, loads, styles, submits or opens; `sandbox` gives the frame an origin of its own that is nobody's.
FRAME_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"


@bp.get(f"{ONE}/original")
@requires(PERMISSION)
def original(uid: uuid.UUID):
    message = message_of(uid)
    return render_template(
        "mailbox/original.html", message=message, thread=message.thread, original=original_of(message)
    )


@bp.get(f"{ONE}/frame")
@requires(PERMISSION)
def frame(uid: uuid.UUID):
    message = message_of(uid)
    # nh3 has made it harmless, and the policy below would stop it anyway.
    answer = make_response(
        render_template("mailbox/frame.html", message=message, html=Markup(original_of(message).html))
    )
    answer.headers["Content-Security-Policy"] = FRAME_POLICY
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get(f"{ONE}/files/<int:number>")
@requires(PERMISSION)
def file(uid: uuid.UUID, number: int):
    """Always a download, under a type no browser runs."""
    message = message_of(uid)
    if message.thread.is_suspect:
        raise Refused("This mail looks forged. Say first that it is genuine.")
    found = file_of(message, number)
    answer = send_file(
        io.BytesIO(found.content), mimetype=found.kind, as_attachment=True, download_name=found.name, max_age=0
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
