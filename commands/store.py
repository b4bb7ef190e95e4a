"""Connects and lists stores, like the page Stores."""

from __future__ import annotations

import sys

from commands.support import portal, print_json, print_table
from jobs import amazon
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.people.team import Team
from models.stores.application import Application
from models.stores.marketplace import REGIONS
from models.stores.store import Store
from models.stores.sync import Sync
from models.support import clock
from models.support.db import write_txn
from models.support.errors import Refused


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    connect = verbs.add_parser("connect", help="connect a store with a refresh token, read from the standard input")
    connect.add_argument("--team", required=True, metavar="SLUG")
    connect.add_argument("--region", required=True, choices=list(REGIONS))
    connect.add_argument("--refresh-token", required=True, metavar="-", help="“-”: read it from the standard input")
    connect.add_argument("--name", default="")
    connect.add_argument("--seller-id", default="", help="the merchant token; needed to publish")
    connect.add_argument("--json", action="store_true")
    listing = verbs.add_parser("list")
    listing.add_argument("--team", metavar="SLUG")
    listing.add_argument("--json", action="store_true")


def run(args) -> int:
    with portal() as settings:
        amazon.use_settings(settings)
        return connect(args, settings) if args.verb == "connect" else show(args)


def team_of(slug: str) -> Team:
    team = Team.by_slug(slug)
    if team is None:
        raise Refused(f"There is no team “{slug}”.")
    return team


def connect(args, settings) -> int:
    """Declares the store, tries the token at once, and says how it went."""
    if args.refresh_token != "-":
        raise Refused(
            "Give the token on the standard input (--refresh-token -), so that it stays out of the list of processes."
        )
    team = team_of(args.team)
    token = sys.stdin.read().strip()
    Application.seed(settings.lwa_client_id, settings.lwa_client_secret)
    applications = Application.usable_by(team)
    if not applications:
        raise Refused(
            "The team has no Amazon application. Add one on the page Stores, or set PORTOLAN_LWA_CLIENT_ID and _SECRET."
        )
    name = args.name or f"{team.name} {args.region.upper()}"
    with write_txn():
        store = Store.unauthorized(team, name, args.region) or Store.declare(
            team, name, args.region, seller_id=args.seller_id
        )
        store.authorize(application=applications[0], refresh_token=token, seller_id=args.seller_id)
    Runner(SCHEDULE, settings).run("stores.check", str(store.uid), clock.now())
    store = store.reload()
    if args.json:
        print_json(described(store))
    else:
        print(f"{store.name}: {store.state} {store.problem_words or ''}".rstrip())
    return 0 if store.is_active else 1


def described(store: Store) -> dict:
    return {
        "uid": str(store.uid),
        "team": store.team.slug,
        "name": store.name,
        "region": store.region,
        "seller_id": store.seller_id,
        "state": store.state,
        "problem": str(store.problem_words) if store.problem_words else None,
        "marketplaces": [row.code for row in store.marketplaces if row.is_known],
        "synced": {sync.kind: clock.iso(sync.good_at) if sync.good_at else None for sync in Sync.of_store(store)},
    }


def show(args) -> int:
    stores = Store.of_team(team_of(args.team)) if args.team else list(Store.select().order_by(Store.id))
    rows = [described(store) for store in stores]
    if args.json:
        print_json(rows)
    else:
        print_table(
            ["store", "team", "region", "state", "marketplaces", "uid"],
            ([r["name"], r["team"], r["region"], r["state"], " ".join(r["marketplaces"]), r["uid"]] for r in rows),
        )
    return 0
