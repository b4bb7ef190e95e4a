"""Control of applications and seller accounts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from sandbox.amazon import demand, identifiers, marketplaces, setup
from sandbox.amazon.records import Account, Application
from sandbox.amazon.world import World
from sandbox.control import reading
from sandbox.control.reading import Wrong


def add(pages: Blueprint, world: World) -> None:
    @pages.get("/applications")
    def applications() -> ResponseReturnValue:
        return jsonify(applications=[asdict(application) for application in world.applications])

    @pages.post("/applications")
    def register() -> ResponseReturnValue:
        with world.turn():
            return jsonify(asdict(_register(world, reading.body()))), 201

    @pages.get("/accounts")
    def accounts() -> ResponseReturnValue:
        return jsonify(accounts=[_told(world, account) for account in world.accounts])

    @pages.post("/accounts")
    def open_account() -> ResponseReturnValue:
        with world.turn() as now:
            return jsonify(_open(world, reading.body(), now)), 201

    @pages.patch("/accounts/<seller_id>")
    def change_account(seller_id: str) -> ResponseReturnValue:
        with world.turn() as now:
            account = reading.account(world, seller_id)
            account.orders_per_hour = reading.number(
                reading.body(), "orders_per_hour", account.orders_per_hour, least=0
            )
            account.next_order_at = None
            demand.expect(world, account, now)
            return jsonify(_told(world, account))

    @pages.post("/accounts/<seller_id>/revoke")
    def revoke(seller_id: str) -> ResponseReturnValue:
        with world.turn():
            grants = world.grants_of(reading.account(world, seller_id).seller_id)
            for grant in grants:
                grant.revoked = True
                world.grants.put(grant)
            return jsonify(revoked=len(grants))


def _register(world: World, body: dict[str, Any]) -> Application:
    """A new application, or new facts of one that is known by its client id."""
    number = len(world.applications)
    client_id = (
        body.get("client_id") or f"amzn1.application-oa2-client.{identifiers.digest(world.seed, 'client', number)}"
    )
    known = world.applications.get(client_id)
    redirect_uris = (
        known.redirect_uris if known and "redirect_uris" not in body else reading.texts(body, "redirect_uris")
    )
    application = Application(
        client_id,
        body.get("client_secret")
        or (known.client_secret if known else identifiers.digest(world.seed, "secret", number)),
        body.get("application_id")
        or (
            known.application_id
            if known
            else f"amzn1.sp.solution.{identifiers.digest(world.seed, 'application', number)}"
        ),
        body.get("name") or (known.name if known else "An application"),
        redirect_uris,
        bool(body.get("draft", known.is_draft if known else False)),
        bool(body.get("accepts_loopback", known.accepts_loopback if known else False)),
    )
    return world.applications.put(application)


def _open(world: World, body: dict[str, Any], now: int) -> dict[str, Any]:
    region = reading.choice(body, "region", marketplaces.REGIONS)
    known = sorted(marketplace.code for marketplace in marketplaces.in_region(region))
    codes = reading.texts(body, "marketplaces", known) or known
    rate = reading.number(body, "orders_per_hour", world.orders_per_hour, least=0)
    client_id = body.get("client_id", setup.CLIENT_ID)
    if not isinstance(client_id, str) or world.applications.get(client_id) is None:
        raise Wrong(f"There is no application with the client id {client_id}.")
    account = world.open_account(str(body.get("name") or "A seller"), region, codes, rate)
    world.grant(client_id, account.seller_id)
    demand.expect(world, account, now)
    return _told(world, account)


def _told(world: World, account: Account) -> dict[str, Any]:
    grants = [grant for grant in world.grants_of(account.seller_id) if not grant.revoked]
    return {
        "seller_id": account.seller_id,
        "name": account.name,
        "region": account.region,
        "marketplaces": [
            {"code": m.code, "id": m.id, "currency": m.currency, "language": m.language}
            for m in world.marketplaces_of(account)
        ],
        "refresh_token": grants[-1].refresh_token if grants else None,
        "orders_per_hour": account.orders_per_hour,
    }
