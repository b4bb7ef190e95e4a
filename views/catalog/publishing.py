"""Publishing one, several or all: choose the places, then watch each listing go from waiting to live."""

from __future__ import annotations

import uuid

from flask import abort, render_template, request, url_for

from models.catalog.listing import Listing, places_of
from models.catalog.lists import PRODUCTS
from models.catalog.publication import Publication, issues_of
from models.catalog.queries import products_by_uid
from models.catalog.variant import Variant
from models.stores.store import Store
from models.support.errors import Refused
from models.support.words import say
from views.catalog import bp
from views.lists.bulk import asks_more
from views.support.access import current_person, reach, requires
from views.support.forms import Form
from views.support.hypermedia import go, show

MOST_LISTINGS = 5000
asks_more(PRODUCTS, "publish", "catalog.choose_places", "product")


@bp.get("/t/<team>/catalog/publish")
@requires("listings.publish")
def choose_places():
    chosen = products_by_uid(reach, request.args.getlist("product"))
    return render_template("catalog/publish.html", products=chosen, places=places_of(publishable_stores()), form=Form())


@bp.post("/t/<team>/catalog/publish")
@requires("listings.publish")
def publish():
    """Offers every variant of the chosen products at the chosen places and asks to publish them together."""
    form = Form.read()
    chosen = products_by_uid(reach, form.values("product"))
    places = {f"{store.uid}:{row.marketplace_id}": (store, row) for store, row in places_of(publishable_stores())}
    picked = form.choices("place", places, required=True)
    form.expect(chosen, "product", say("Choose at least one product."))
    if not form.ok:
        return render_template("catalog/publish.html", products=chosen, places=list(places.values()), form=form), 422
    variants = [variant for product in chosen for variant in Variant.of(product)]
    if len(variants) * len(picked) > MOST_LISTINGS:
        raise Refused("That is more than %(most)s listings at once. Choose fewer.", most=MOST_LISTINGS)
    listings = Listing.offer_all(variants, [(places[place][0], places[place][1].marketplace_id) for place in picked])
    batch = Publication.ask(listings, language=current_person.language, by=current_person)
    return go(url_for("catalog.batch", batch=batch))


@bp.post("/t/<team>/catalog/listings/<uuid:uid>/publication")
@requires("listings.publish")
def publish_one(uid: uuid.UUID):
    listing = reach.get(Listing, uid)
    require_publishable(listing)
    Publication.ask([listing], language=current_person.language, by=current_person)
    return go(url_for("catalog.listing", uid=uid))


@bp.get("/t/<team>/catalog/batches/<uuid:batch>")
@requires("products.view")
def batch(batch: uuid.UUID):
    """The progress of a batch; the fragment asks again until everything has ended."""
    publications = Publication.of_batch(reach, batch)
    if not publications:
        abort(404)
    return show(
        "catalog/batch.html",
        fragment="catalog/_batch.html",
        batch=batch,
        publications=publications,
        ended=sum(not publication.is_open for publication in publications),
        failed=sum(publication.state in ("refused", "failed") for publication in publications),
        issues=issues_of(publications),
        language=current_person.language,
    )


@bp.post("/t/<team>/catalog/batches/<uuid:batch>/retry")
@requires("listings.publish")
def retry(batch: uuid.UUID):
    """Publishes again only what was refused or failed."""
    failed = [p.listing for p in Publication.of_batch(reach, batch) if p.state in ("refused", "failed")]
    again = Publication.ask(
        [listing for listing in failed if is_publishable(listing.store)],
        language=current_person.language,
        by=current_person,
    )
    return go(url_for("catalog.batch", batch=again))


@bp.post("/t/<team>/catalog/publications/<uuid:uid>/stop")
@requires("listings.publish")
def stop(uid: uuid.UUID):
    publication = reach.get(Publication, uid)
    require_publishable(publication.listing)
    publication.stop(by=current_person)
    return go(url_for("catalog.listing", uid=publication.listing.uid))


def publishable_stores() -> list[Store]:
    return [store for store in Store.reached(reach) if is_publishable(store)]


def is_publishable(store: Store) -> bool:
    return reach.may("listings.publish", store.id)


def require_publishable(listing: Listing) -> None:
    if not is_publishable(listing.store):
        abort(403)
