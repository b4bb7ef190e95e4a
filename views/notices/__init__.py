"""What a person is told by mail, and where."""

from flask import Blueprint

bp = Blueprint("notices", __name__)

from views.notices import own  # noqa: E402, F401 (it adds its routes)
