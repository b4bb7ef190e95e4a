"""The demo from an empty folder to a portal that serves: the order of its steps, how long each took, what is said at the end."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict
from types import FrameType
from typing import Any, TextIO

from commands.demo import beside, bills, cast, desk, freight, goods, mails, parcels, selling, wallets
from commands.demo.amazon import RATE_SCALE, StandIn
from commands.demo.cast import SignIn
from commands.demo.ground import Ground
from commands.serve import require_free_port, serve
from commands.support import at_the_server, print_table
from commands.worker import die_with_parent
from config import logs
from config.settings import Bind, Settings, read_settings
from jobs import amazon as amazon_jobs
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.audit.origin import Origin, acting
from models.catalog.listing import Listing
from models.catalog.product import Product
from models.database import NotReady, close_databases, migrate, open_databases
from models.orders.order import Order
from models.people.person import Person

RELAXED = (
    "What the demo relaxes: plain HTTP, on this machine alone; the Amazon is a stand-in whose request limits are "
    f"{RATE_SCALE:.0f} times Amazon's and whose clock hurries while a listing is under way"
)
OFFERED = (
    "; a second factor is offered, not required, so that a look around and a script need a password alone. A real portal "
    "requires one of everybody; --strict does here, too."
)
ASKED = ". Everybody has a second factor: type the key into an authenticator app; it shows the code that is asked for."
ANSWER_SECONDS = 60


def sail(args: argparse.Namespace) -> int:
    """Fills a fresh folder and serves it until Ctrl-C or SIGTERM. Raises NotReady."""
    if not 1 <= args.port <= 65535:
        raise NotReady("--port takes a number from 1 to 65535.")
    if not args.no_serve:
        require_port(args.port)
    ground = Ground.claim(args.data)
    signal.signal(signal.SIGTERM, _end)
    said("starting the stand-in Amazon")
    amazon = StandIn.start(args.seed, die_with_parent)
    try:
        ground.clear()
        ground.enter(args.port, amazon, second_factor="required" if args.strict else "offered")
        settings = read_settings()
        sign_ins, counts = fill(settings, amazon)
        told = {"url": settings.base_url, "people": [asdict(one) for one in sign_ins], "counts": counts}
        if args.no_serve:
            tell(told, args.json)
            return 0
        out = keep_stdout()
        announcer = multiprocessing.get_context("fork").Process(
            target=tell_when_up, args=(settings, told, args.json, out), daemon=True
        )
        announcer.start()
        serve(settings)
    finally:
        amazon.stop()
    return 0


def require_port(port: int) -> None:
    try:
        require_free_port(Bind("127.0.0.1", port))
    except NotReady as taken:
        raise NotReady(
            f"127.0.0.1:{port} cannot be used; another program may be listening there. Choose another with --port."
        ) from taken


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def fill(settings: Settings, amazon: StandIn) -> tuple[list[SignIn], dict[str, int]]:
    """Everything that is there when the portal opens, by the same code a person's work goes through."""
    logs.set_up("error")
    open_databases(settings)
    amazon_jobs.use_settings(settings)
    runner = Runner(SCHEDULE, settings)
    try:
        with acting(Origin("command", at_the_server())):
            return _fill(settings, amazon, runner)
    finally:
        close_databases()


def _fill(settings: Settings, amazon: StandIn, runner: Runner) -> tuple[list[SignIn], dict[str, int]]:
    everything = goods.goods()
    with step("database"):
        migrate(settings)
        selling.hasten()
    with goods.Album(settings.data / "images", [good for its in everything.values() for good in its]) as album:
        with step("teams and people"):
            teams, people, sign_ins = cast.seat(with_second_factor=settings.second_factor != "offered")
        with step("channels and price sheets"):
            freight.set_up(teams, people)
        with step("exchange rates, fuel and remote areas"):
            beside.keep(runner, teams["harbor"], by=people[freight.CLERK])
        with step("parcels booked, a carrier's bill"):
            bills.set_up(settings, teams, people)
        bosses = {slug: people[login] for slug, login in cast.BOSSES.items()}
        listers = {slug: people[login] for slug, login in cast.LISTERS.items()}
        with step("stores connected"):
            application = selling.register(amazon, teams["harbor"], settings.base_url, by=people["chen.yue"])
            stores = selling.connect(amazon, runner, application, teams, bosses)
        with step("products imported and entered"):
            for slug, its in everything.items():
                goods.enter(settings, teams[slug], its, album, by=listers[slug])
    every_store = [store for its in stores.values() for store in its]
    late = [good for its in everything.values() for good in its if good.is_found_late]
    with step("product types fetched, listings published"):
        for slug, its in everything.items():
            sold = [good for good in its if good not in late]
            selling.publish(selling.offer(teams[slug], sold, stores[slug], by=listers[slug]), by=listers[slug])
        selling.work_until_ended(runner, every_store)
    with step(
        "listings with a flaw published"
    ):  # Alone: among the others Amazon's clock would run on and find it too soon.
        selling.publish(selling.offer(teams["lotus"], late, stores["lotus"], by=listers["lotus"]), by=listers["lotus"])
        selling.work_until_ended(runner, every_store)
        goods.improve(teams["lotus"], everything["lotus"], by=listers["lotus"])
    with step("buyers order"):
        selling.buy(amazon, every_store)
        amazon.come_to_the_present()
    with step("late issues found"):
        selling.look_again(runner, every_store, [good.code for good in late])
    with step("orders fetched"):
        selling.fetch_orders(runner, every_store)
    with step("parcels made, sent and followed, wallets filled and charged"):
        wallets.open_all(teams, people)
        parcels.set_up(amazon, runner, teams, people, stores)
        wallets.keep_moving(teams, people)
        desk.handle(teams["lotus"], people["sato.yuki"], people["nadia.haddad"], by=people["lin.jia"])
        selling.go_on_buying(amazon, every_store)
    with step("a mailbox connected, buyers write"):
        mails.set_up(amazon, runner, teams["lotus"], stores["lotus"], by=people["lin.jia"])
    with step("events sealed"):
        runner.run("audit.seal")
    return sign_ins, counts()


def counts() -> dict[str, int]:
    return {
        "people": Person.select().count(),
        "products": Product.select().count(),
        "live_listings": Listing.select().where(Listing.state == "live").count(),
        "orders": Order.select().count(),
    }


# What is said


def keep_stdout() -> TextIO:
    """The real standard output, for what is told; whatever the server and its libraries print goes to the errors."""
    sys.stdout.flush()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


def said(text: str) -> None:
    print(f"portolan: {text}", file=sys.stderr, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    said(f"{name} ({time.monotonic() - began:.1f} s)")


def tell(told: dict[str, Any], as_json: bool, out: TextIO | None = None) -> None:
    """The address and the sign-ins: one JSON line for a script, or a table for a person."""
    with redirect_stdout(out or sys.stdout):
        if as_json:
            print(json.dumps(told, ensure_ascii=False), flush=True)
            return
        print(f"\nPortolan's demo: {told['url']}\n")
        is_strict = any(one["second_factor_secret"] for one in told["people"])
        names = ["login", "password", *(["second_factor_secret"] if is_strict else []), "name", "role", "team"]
        rows = [[one[name] for name in names] for one in told["people"]]
        heads = {"login": "sign-in name", "second_factor_secret": "key of the second factor", "name": "who"}
        print_table([heads.get(name, name) for name in names], rows)
        numbers = told["counts"]
        print(
            f"\n{numbers['products']} products, {numbers['live_listings']} live listings, {numbers['orders']} orders.\n{RELAXED}{ASKED if is_strict else OFFERED}\n",
            flush=True,
        )


def tell_when_up(settings: Settings, told: dict[str, Any], as_json: bool, out: TextIO) -> None:
    """Runs in a process of its own while the portal starts, so that nobody is sent to a door that is not open yet."""
    die_with_parent()
    until = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < until:
        try:
            with socket.create_connection((settings.bind.host, settings.bind.port), timeout=1) as door:
                door.sendall(b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n")
                if door.recv(12).startswith(b"HTTP/1."):
                    return tell(told, as_json, out)
        except OSError:
            pass
        time.sleep(0.1)
