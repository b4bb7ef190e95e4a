"""Publishes listings, like the page Listings: preview, submit, read back until live."""

from __future__ import annotations

import time

from commands.support import portal, print_json
from jobs import amazon
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.catalog.listing import Listing
from models.catalog.publication import ENDED, Publication
from models.catalog.queries import variants_of_team
from models.stores.marketplace import by_code
from models.stores.store import Store
from models.support import clock
from models.support.errors import Refused


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    publish = verbs.add_parser("publish")
    publish.add_argument("--store", required=True, metavar="UID")
    publish.add_argument("--sku", nargs="*", default=[], help="these SKUs only")
    publish.add_argument(
        "--marketplace", nargs="*", default=[], metavar="CODE", help="these marketplaces only, like DE FR"
    )
    publish.add_argument(
        "--wait", type=int, default=0, metavar="SECONDS", help="work here and wait until all have ended"
    )
    publish.add_argument("--json", action="store_true")


def run(args) -> int:
    with portal() as settings:
        amazon.use_settings(settings)
        store = Store.of_uid(args.store)
        if store is None or not store.is_active:
            raise Refused("There is no connected store with this uid. ./portolan store list shows them.")
        batch = Publication.ask(chosen_listings(store, args))
        until = time.monotonic() + args.wait
        runner = Runner(SCHEDULE, settings)
        while args.wait and time.monotonic() < until and any(p.is_open for p in of_batch(batch)):
            runner.run("catalog.publish", str(store.uid), clock.now())
            time.sleep(0.5)
        publications = of_batch(batch)
        show(publications, batch, args.json)
        return 0 if not args.wait or all(p.state == "live" for p in publications) else 1


def chosen_listings(store: Store, args) -> list[Listing]:
    places = [row for row in store.marketplaces if row.is_known]
    if args.marketplace:
        wanted = {code.upper() for code in args.marketplace}
        unknown = [code for code in wanted if by_code(code) is None or code not in {row.code for row in places}]
        if unknown:
            raise Refused(f"The store does not sell on {', '.join(sorted(unknown))}.")
        places = [row for row in places if row.code in wanted]
    variants = variants_of_team(store.team_id, args.sku)
    if missing := set(args.sku) - {variant.sku for variant in variants}:
        raise Refused(f"The team has no SKU {', '.join(sorted(missing))}.")
    return Listing.offer_all(variants, [(store, place.marketplace_id) for place in places])


def of_batch(batch) -> list[Publication]:
    return list(Publication.select().where(Publication.batch == batch).order_by(Publication.id))


def show(publications: list[Publication], batch, as_json: bool) -> None:
    rows = [
        {
            "sku": p.listing.variant.sku,
            "marketplace": p.listing.code,
            "state": p.state,
            "asin": p.listing.asin or None,
            "problem": str(p.problem_words) if p.problem_words else None,
            "issues": [
                {"code": i.code, "severity": i.severity, "attributes": i.attributes, "message": i.message("en")}
                for i in p.issues
            ],
        }
        for p in publications
    ]
    if as_json:
        print_json({"batch": str(batch), "ended": all(p.state in ENDED for p in publications), "publications": rows})
        return
    for row in rows:
        print(f"{row['sku']:<24} {row['marketplace']:<4} {row['state']}")
        for issue in row["issues"]:
            print(f"    {issue['severity']}: {', '.join(issue['attributes'])}: {issue['message']}")
