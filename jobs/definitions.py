"""Product types: which ones a marketplace has, and the schemas of those the team uses, in both languages of the portal."""

from __future__ import annotations

from integrations.amazon.mapping import definitions as mapping
from integrations.amazon.schemas import fetch_schema
from integrations.errors import IntegrationError
from jobs.amazon import GuardedClient, client_for, note_trouble, problem_words, settings
from models.catalog.product_type import LOCALES, ProductType
from models.catalog.queries import product_types_in_use
from models.stores.store import Store
from models.stores.sync import Sync
from models.support.job_run import JobRun


def fetch(run: JobRun) -> None:
    """Names of all product types of the store's marketplaces, then the schemas of those in use."""
    store = Store.of_uid(run.scope)
    if store is None or not store.is_active:
        return
    sync = Sync.of(store, "definitions")
    try:
        with client_for(store) as client:
            for row in [row for row in store.marketplaces if row.is_known]:
                for locale in LOCALES.values():
                    _names(client, row.marketplace_id, locale)
                    for name in product_types_in_use(store.team_id):
                        ensure(client, name, row.marketplace_id, locale)
                        run.progress(add=1)
    except IntegrationError as error:
        note_trouble(store, error)
        sync.fail(problem_words(error))
        return
    sync.succeed()


def _names(client: GuardedClient, marketplace_id: str, locale: str) -> None:
    query = {"marketplaceIds": marketplace_id, "locale": locale}
    found = mapping.names(client.call("searchDefinitionsProductTypes", query=query).json)
    if found:
        ProductType.keep_names(found, marketplace_id, locale)


def ensure(client: GuardedClient, name: str, marketplace_id: str, locale: str) -> ProductType:
    """The product type with a schema not older than a day. Raises IntegrationError."""
    held = ProductType.find(name, marketplace_id, locale)
    if held is not None and held.is_fresh:
        return held
    try:
        return fetch_one(client, held, name, marketplace_id, locale)
    except IntegrationError as error:
        if held is None or not held.schema or error.permanent or error.concerns_everything:
            raise
        return held  # Yesterday's schema is better than none while Amazon has trouble.


def fetch_one(
    client: GuardedClient, held: ProductType | None, name: str, marketplace_id: str, locale: str
) -> ProductType:
    query = {
        "marketplaceIds": marketplace_id,
        "locale": locale,
        "requirements": "LISTING",
        "requirementsEnforced": "ENFORCED",
    }
    answer = client.call("getDefinitionsProductType", path={"productType": name}, query=query)
    snapshot = mapping.definition(answer.json)
    if snapshot.product_type != name or not snapshot.schema_url:
        raise IntegrationError(
            "unreadable", "Amazon's definition of the product type could not be read.", permanent=False
        )
    same = held is not None and held.schema and held.checksum == snapshot.checksum
    schema = "" if same else fetch_schema(settings(), snapshot.schema_url, snapshot.checksum)
    return ProductType.keep(snapshot, marketplace_id, locale, schema)
