"""The work `peers`: the lists of the Django admin and of Flask-Admin over the very tables of the portal, on SQLite, each side asked
in turn, and what a person sees of them in a browser. They live in an environment of their own, made when they are asked for (`portolan bench --peers`).

Their cells show less: bare numbers and text, no pictures, no states of listings. Nobody is asked who they are.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode

from bench import ground, seen
from bench.ground import Ground
from bench.lists import Size, portal
from bench.measure import Measurement, at_least, quantiles
from bench.serving import free_port, get, serving
from config.settings import PROJECT

LEAST_TIMES = 5.0
SURE = 10
CODES = re.compile(r"\bP\d{6}\b(?!-)|\b\d{3}-\d{7}-\d{7}\b")
WANTED = PROJECT / "bench" / "peers" / "requirements.txt"
PAGES = {  # What the portal is asked, then each of the others.
    "products: first": ("catalog/products", {}, {"state__exact": "active"}, {"flt0_state_equals": "active"}),
    "products: filter and sort": (
        "catalog/products", {"type": "HOME", "sort": "title"}, {"state__exact": "active", "product_type__exact": "HOME", "o": "1"},
        {"flt0_state_equals": "active", "flt1_product_type_equals": "HOME", "sort": "0"},
    ),
    "orders: first": ("orders", {}, {}, {}),
    "orders: filter and sort": (
        "orders", {"status": "SHIPPED", "sort": "-total"}, {"status__exact": "SHIPPED", "o": "-6"},
        {"flt0_status_equals": "SHIPPED", "sort": "5", "desc": "1"},
    ),
}  # fmt: skip
PEERS = {"Django admin": "django_admin", "Flask-Admin": "flask_admin_site"}


def run(size: Size, environment: Path, tell: Callable[[str], None]) -> Iterator[Measurement]:
    """Every page of each peer against the portal's. environment: where theirs is, or is to be made."""
    python = installed(environment, tell)
    tell(f"peers: making {size.products:,} products and {size.orders:,} orders on sqlite")
    with ExitStack() as stack:
        place = stack.enter_context(ground.fresh(products=size.products, orders=size.orders))
        ours, cookie = stack.enter_context(portal(place)), f"sid={place.token}"
        others = {name: stack.enter_context(peer(python, module, place)) for name, module in PEERS.items()}
        for name, (room, asked, *theirs) in PAGES.items():
            tell(f"peers: {name}")
            mine = f"{place.path}/{room}/" + (f"?{urlencode(asked)}" if asked else "")
            table = room.rpartition("/")[2].rstrip("s")
            paths = {"Django admin": f"/admin/goods/{table}/", "Flask-Admin": f"/admin/{table}/"}
            urls = {peer: f"{paths[peer]}?{urlencode(params)}" for peer, params in zip(PEERS, theirs, strict=True)}
            shown = codes(get(ours, mine, cookie)[1])
            for peer_name, port in others.items():
                require_alike(name, peer_name, shown, codes(get(port, urls[peer_name])[1]))
            times: dict[str, list[float]] = {peer: [] for peer in ("", *PEERS)}
            for _ in range(size.samples):
                times[""].append(get(ours, mine, cookie)[0])
                for peer_name, port in others.items():
                    times[peer_name].append(get(port, urls[peer_name])[0])
            for peer_name in PEERS:
                own, other = quantiles(times[""]), quantiles(times[peer_name])
                yield Measurement(
                    "peers", f"{name}, {peer_name}", "sqlite", size.orders if room == "orders" else size.products, own, other,
                    **at_least(other["p50_ms"] / own["p50_ms"], LEAST_TIMES),
                )  # fmt: skip
        yield from on_screen(size, place, ours, others["Django admin"], tell)


def on_screen(size: Size, place: Ground, ours: int, theirs: int, tell: Callable[[str], None]) -> Iterator[Measurement]:
    """The first page of orders in a browser, until its twentieth row is seen, here and in the Django admin."""
    if seen.program() is None or find_spec("playwright") is None:
        tell("peers: Chromium or playwright is not installed, so nobody looked at a screen")
        return
    mine, other = f"http://127.0.0.1:{ours}{place.path}/orders/", f"http://127.0.0.1:{theirs}/admin/goods/order/"
    times: tuple[list[float], list[float]] = ([], [])
    with seen.browsing() as look:
        seen.warmed(look, mine, place.token)
        seen.warmed(look, other)
        for _ in range(size.samples):
            times[0].append(look(mine, place.token))
            times[1].append(look(other, ""))
    own, their = quantiles(times[0]), quantiles(times[1])
    yield Measurement(
        "peers", f"orders: row {seen.ROW} seen, Django admin", "sqlite", size.orders, own, their,
        **at_least(their["p50_ms"] / own["p50_ms"], 1.0),
    )  # fmt: skip


def codes(html: str) -> list[str]:
    """The codes of the products or ids of the orders of a page, in their order."""
    return list(dict.fromkeys(CODES.findall(html.partition("<table")[2])))


def require_alike(page: str, peer: str, ours: list[str], theirs: list[str]) -> None:
    """Raises AssertionError unless both show the same rows; the last may differ, where several are equal by the sort."""
    if ours[:SURE] != theirs[:SURE] or not ours:
        raise AssertionError(f"{page}: the portal shows {ours[:SURE]}, {peer} {theirs[:SURE]}.")


def installed(folder: Path, tell: Callable[[str], None], wanted: Path = WANTED) -> Path:
    """The Python of a peers' environment, made when there is none."""
    python = folder / "bin" / "python"
    if not python.exists():
        tell(f"peers: installing {wanted.read_text().split()[0]} and others into {folder}")
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", wanted], check=True)
    return python


@contextmanager
def peer(python: Path, module: str, place: Ground) -> Iterator[int]:
    """A peer over the folder's tables; gives its port once it answers."""
    port = free_port()
    own = place.settings.data.with_name(module)
    own.mkdir()
    environment = place.environment() | {"PORTOLAN_BIND": f"127.0.0.1:{port}", "PEERS_FOLDER": str(own)}
    arguments = ["bench.peers.serve", module]
    with serving(arguments, environment, port, own / "log", python=str(python)):
        yield port
