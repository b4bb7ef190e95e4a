"""Search everywhere, as a page of its own and as what the palette shows. An exact id leads straight to its record."""

from flask import Blueprint, redirect, render_template, request, url_for

from views.support.access import signed_in
from views.support.hypermedia import is_fragment
from views.support.palette import MOST_SIGNS, exact, search

bp = Blueprint("search", __name__)

IN_PALETTE, ON_PAGE = 6, 20


@bp.get("/t/<team>/search/")
@signed_in
def index():
    text = request.args.get("q", "").strip()[:MOST_SIGNS]
    if is_fragment():
        groups = search(text, IN_PALETTE)
        return render_template("search/_results.html", groups=groups, text=text, is_palette=True)
    groups = search(text, ON_PAGE)
    if (hit := exact(groups)) is not None:
        return redirect(hit.url, 303)
    return render_template("search/index.html", groups=groups, text=text, address=url_for("search.index"))
