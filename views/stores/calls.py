"""Every call made to Amazon: operation, store, answer, time, rate left."""

from __future__ import annotations

from flask import render_template, request
from flask_babel import gettext as _

from models.people.reach import OutOfReach
from models.stores.call_log import CallLog, tokens_left
from models.stores.store import Store
from views.stores import bp
from views.support.access import reach, requires
from views.support.paging import here, pager
from views.support.shell import place

place("team", 30, lambda: _("Calls to Amazon"), "activity", "stores.calls", "calls.view")


@bp.get("/t/<team>/stores/calls/")
@requires("calls.view")
def calls():
    store = None
    if request.args.get("store"):
        try:
            store = reach.get(Store, request.args["store"])
        except OutOfReach:
            store = None
    failed = request.args.get("failed") == "1"
    page = CallLog.page(
        reach, store=store, failed=failed, after=request.args.get("after", ""), before=request.args.get("before", "")
    )
    return render_template(
        "stores/calls.html",
        page=page,
        pager=pager(page),
        left=tokens_left(page),
        store=store,
        failed=failed,
        stores=Store.reached(reach),
        here=here,
    )
