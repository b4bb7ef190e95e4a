"""What every list offers beside its rows: laying it out, saved views, doing something with many rows."""

from flask import Blueprint, abort

from models.lists.list_of import LISTS, ListOf
from views.support.access import reach
from views.support.lists import INDEXES

bp = Blueprint("lists", __name__)


def list_of(name: str) -> ListOf:
    """The list of this name, if the person may see it: 404 when there is none, 403 without its permission."""
    found = LISTS.get(name)
    if found is None or name not in INDEXES:
        abort(404)
    if not reach.may(found.permission):
        abort(403)
    return found


from views.lists import bulk, layout, looking, tools, views  # noqa: E402, F401 (they add their routes to the blueprint)
