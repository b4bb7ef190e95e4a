"""What a fresh sandbox begins with: one application that is ready to use, and a seller account in every region."""

from __future__ import annotations

from sandbox.amazon import (
    confirmation,
    definitions,
    demand,
    lifecycle,
    listing_search,
    listing_views,
    listings,
    messaging,
    orders,
    sellers,
    uploads,
)
from sandbox.amazon.records import Application
from sandbox.amazon.world import World

CLIENT_ID = "amzn1.application-oa2-client.sandbox"
CLIENT_SECRET = "sandbox-secret"
APPLICATION_ID = "amzn1.sp.solution.sandbox"
ACCOUNTS = (
    ("Northwind Outfitters (sandbox)", "na", ["US", "CA", "MX"]),
    ("Hanse Handel (sandbox)", "eu", ["UK", "DE", "FR", "IT", "ES"]),
    ("Sakura Trading (sandbox)", "fe", ["JP", "AU"]),
)
SERVED = (
    confirmation,
    definitions,
    listing_search,
    listing_views,
    listings,
    messaging,
    orders,
    sellers,
    uploads,
)  # Importing them registers their operations.


def furnish(world: World) -> World:
    if not len(world.applications):
        world.applications.put(
            Application(CLIENT_ID, CLIENT_SECRET, APPLICATION_ID, "Sandbox application", [], accepts_loopback=True)
        )
        for name, region, codes in ACCOUNTS:
            account = world.open_account(name, region, list(codes))
            world.grant(CLIENT_ID, account.seller_id)
    lifecycle.install(world)
    demand.install(world)
    return world
