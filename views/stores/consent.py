"""The website workflow: off to Seller Central with a state, and back with a code that a job exchanges."""

from __future__ import annotations

import uuid

from flask import abort, current_app, g, redirect, request, url_for

from models.people.reach import Reach
from models.stores.application import Application
from models.stores.consent import Consent
from models.stores.marketplace import FIRST_HOST
from models.support.errors import Refused
from views.stores import bp
from views.stores.stores import connectable
from views.support.access import current_person, current_session, current_team, fresh, requires, signed_in
from views.support.hypermedia import go


@bp.get("/t/<team>/stores/<uuid:uid>/consent")
@requires("stores.connect")
@fresh
def ask_consent(uid: uuid.UUID):
    """Leads to Amazon's consent page. The state is bound to this session and store and works once."""
    store = connectable(uid)
    application = next(
        (a for a in Application.usable_by(current_team) if str(a.uid) == request.args.get("application")), None
    )
    if application is None:
        abort(404)
    if application.kind != "public":
        raise Refused("Amazon's consent page needs a public application; a private one gives a token to paste.")
    settings = current_app.config["SETTINGS"]
    address = Consent.ask(
        store,
        application,
        session=current_session,
        seller_central=settings.endpoint(
            settings.seller_central_url or settings.amazon_url, f"https://{FIRST_HOST[store.region]}"
        ),
        redirect_uri=f"{settings.base_url}/stores/consent",
    )
    answer = redirect(address, 303)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@bp.get("/stores/consent")
@signed_in
def consented():
    """Where Amazon sends the seller back to."""
    code, seller_id = request.args.get("spapi_oauth_code", ""), request.args.get("selling_partner_id", "")
    consent = Consent.answered(request.args.get("state", ""), session=current_session)
    store = consent.store
    allowed = Reach.of(current_person, store.team)
    if allowed is None or not allowed.may("stores.connect", store.id):
        abort(404)
    if not code or len(code) > 2000:
        raise Refused("Amazon sent no authorization code. Connect the store again.")
    store.authorize(application=consent.application, code=code, seller_id=seller_id[:24], by=current_person)
    g.team = store.team
    return go(url_for("stores.detail", team=store.team.slug, uid=store.uid))
