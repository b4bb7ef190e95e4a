"""The stores of a team: list, connect, health, disconnect."""

from __future__ import annotations

import uuid

from flask import abort, current_app, g, render_template, url_for
from flask_babel import gettext as _

from config.settings import AMAZON_DOMAINS
from models.audit.event import events_about
from models.audit.feed import lines_of
from models.stores.application import Application
from models.stores.marketplace import REGIONS
from models.stores.store import Store
from models.stores.sync import Sync
from models.support.db import write_txn
from models.support.words import say
from views.stores import bp
from views.support.access import current_person, current_team, fresh, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, invalid, show
from views.support.shell import notice, place
from views.support.waiting import waiting

place("selling", 40, lambda: _("Stores"), "store", "stores.index", "stores.view")


waiting(
    lambda: _("Stores to authorize again"),
    lambda: Store.to_authorize_count(reach),
    lambda: url_for("stores.index"),
    permission="stores.view",
    icon="unlink",
    tone="bad",
)


@notice(lambda reach: Store.to_authorize(reach) if reach.may("stores.view") else None)
def stores_to_authorize(store_id: int):
    lost = Store.get_by_id(store_id)
    text = _("%(store)s has to be authorized again; until then nothing is fetched or published there.", store=lost.name)
    return "bad", text, url_for("stores.detail", uid=lost.uid), _("Open the store")


@bp.get("/t/<team>/stores/")
@requires("stores.view")
def index():
    stores = Store.reached(reach)
    return render_template("stores/index.html", stores=stores, regions=region_names())


@bp.get("/t/<team>/stores/new")
@requires("stores.connect")
def new():
    let_forms_lead_to_amazon()
    return render_template("stores/new.html", form=Form({"way": "token"}), **lists())


@bp.post("/t/<team>/stores/")
@requires("stores.connect")
@fresh
def create():
    """Declares the store, then either keeps the pasted token or goes on to Amazon's consent page."""
    form = Form.read()
    name = form.text("name", required=True, most=80)
    region = form.choice("region", REGIONS)
    applications = {str(application.uid): application for application in Application.usable_by(current_team)}
    chosen = form.choice("application", applications)
    way = form.choice("way", ["token", "consent"])
    seller_id = form.text("seller_id", most=24)
    token = form.secret("refresh_token", required=way == "token").strip() if way == "token" else ""
    form.expect(form.flag("declared"), "declared", say("Confirm that the team owns this account or may operate it."))
    if way == "consent" and chosen in applications:
        form.expect(
            applications[chosen].kind == "public",
            "application",
            say("Amazon's consent page needs a public application; a private one gives a token to paste."),
        )
    if form.ok:
        with form.refusals(), write_txn():
            store = Store.declare(current_team, name, region, seller_id=seller_id, by=current_person)
            if way == "token":
                store.authorize(
                    application=applications[chosen], refresh_token=token, seller_id=seller_id, by=current_person
                )
    if not form.ok:
        let_forms_lead_to_amazon()
        return invalid("stores/new.html", form=form, **lists())
    if way == "consent":
        return go(url_for("stores.ask_consent", uid=store.uid, application=chosen))
    return go(url_for("stores.detail", uid=store.uid))


@bp.get("/t/<team>/stores/<uuid:uid>")
@requires("stores.view")
def detail(uid: uuid.UUID):
    store = reach.get(Store, uid)
    return show("stores/show.html", fragment="stores/_state.html", **parts(store, Form()))


@bp.post("/t/<team>/stores/<uuid:uid>/authorization")
@requires("stores.connect")
@fresh
def authorize(uid: uuid.UUID):
    """A new token for a store whose old one does not work (any more), or the seller id that was missing."""
    store = connectable(uid)
    form = Form.read()
    applications = {str(application.uid): application for application in Application.usable_by(current_team)}
    chosen = form.choice("application", applications)
    token = form.secret("refresh_token").strip()
    seller_id = form.text("seller_id", most=24)
    if form.ok:
        with form.refusals():
            store.authorize(
                application=applications[chosen], refresh_token=token, seller_id=seller_id, by=current_person
            )
    if not form.ok:
        return invalid("stores/show.html", **parts(store, form))
    return go(url_for("stores.detail", uid=uid))


@bp.post("/t/<team>/stores/<uuid:uid>/check")
@requires("stores.connect")
def check(uid: uuid.UUID):
    connectable(uid).try_again(by=current_person)
    return go(url_for("stores.detail", uid=uid), toast=say("Amazon is asked now."))


@bp.get("/t/<team>/stores/<uuid:uid>/disconnection")
@requires("stores.connect")
@fresh
def confirm_disconnection(uid: uuid.UUID):
    return render_template("stores/disconnect.html", store=connectable(uid), form=Form())


@bp.post("/t/<team>/stores/<uuid:uid>/disconnection")
@requires("stores.connect")
@fresh
def disconnect(uid: uuid.UUID):
    store = connectable(uid)
    form = Form.read()
    form.expect(form.text("name") == store.name, "name", say("Type the store's name exactly."))
    if not form.ok:
        return invalid("stores/disconnect.html", store=store, form=form)
    store.disconnect(by=current_person)
    return go(
        url_for("stores.index"), toast=say("%(store)s is disconnected; its tokens are destroyed.", store=store.name)
    )


def connectable(uid: uuid.UUID) -> Store:
    """A store whose authorization this person may change: seeing it is not enough."""
    store = reach.get(Store, uid)
    if not reach.may("stores.connect", store.id):
        abort(403)
    return store


def let_forms_lead_to_amazon() -> None:
    """The form's answer may send the browser to Amazon's consent page; the policy of this one page allows it."""
    settings = current_app.config["SETTINGS"]
    own = settings.endpoint(settings.seller_central_url or settings.amazon_url, "")
    g.form_targets = (own,) if own else tuple(f"https://*.{domain}" for domain in AMAZON_DOMAINS)


def region_names() -> dict[str, str]:
    return {"na": _("North America"), "eu": _("Europe"), "fe": _("Far East")}


def lists() -> dict:
    return application_lists(Application.usable_by(current_team)) | {"regions": list(region_names().items())}


def application_lists(applications: list[Application]) -> dict:
    return {"applications": applications, "application_options": [(str(a.uid), a.name) for a in applications]}


def parts(store: Store, form: Form) -> dict:
    return application_lists(Application.usable_by(current_team)) | {
        "store": store,
        "authorization": store.authorization,
        "syncs": Sync.of_store(store),
        "lines": lines_of(events_about(store, limit=20)),
        "form": form,
        "regions": region_names(),
    }
