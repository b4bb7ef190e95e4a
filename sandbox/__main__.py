"""`python -m sandbox`: serves a sandbox Amazon and carriers on this machine until it is interrupted, and says how to connect to it."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from types import FrameType
from typing import Any

from sandbox.amazon import setup
from sandbox.amazon.store import StateInUse
from sandbox.carriers import yunexpress
from sandbox.carriers.setup import TOKEN
from sandbox.server import Handle, NotLoopback, serve
from sandbox.translators import microsoft


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        handle = serve(
            options.port,
            host=options.host,
            seed=options.seed,
            state=options.state,
            speed=options.speed,
            rate_scale=options.rate_scale,
            orders_per_hour=options.orders_per_hour,
        )
    except (NotLoopback, StateInUse, OSError, ValueError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    told = connection(handle)
    print(json.dumps(told) if options.json else _text(told), flush=True)
    try:
        handle.wait()
    except KeyboardInterrupt:
        handle.stop()
    return 0


def connection(handle: Handle) -> dict[str, Any]:
    """All a client needs to connect."""
    world = handle.world
    return {
        "url": handle.url,
        "client_id": setup.CLIENT_ID,
        "client_secret": setup.CLIENT_SECRET,
        "application_id": setup.APPLICATION_ID,
        "accounts": [
            {
                "seller_id": account.seller_id,
                "name": account.name,
                "region": account.region,
                "marketplaces": account.marketplaces,
                "refresh_token": next(
                    (g.refresh_token for g in world.grants_of(account.seller_id) if not g.revoked), None
                ),
            }
            for account in world.accounts
        ],
        "carriers": {
            "seventeen": {"url": f"{handle.url}/17track", "key": TOKEN},
            "yunexpress": {"url": f"{handle.url}/yunexpress/api", "code": yunexpress.CODE, "secret": yunexpress.SECRET},
        },
        "translators": {
            "microsoft": {"url": f"{handle.url}/microsoft", "key": microsoft.KEY, "region": microsoft.REGION}
        },
    }


def _text(told: dict[str, Any]) -> str:
    lines = [
        f"Sandbox Amazon on {told['url']} (SP-API, Login with Amazon and Seller Central at one address)",
        f"  client id       {told['client_id']}",
        f"  client secret   {told['client_secret']}",
        f"  application id  {told['application_id']}",
    ]
    for account in told["accounts"]:
        lines.append(
            f"  {account['seller_id']}  {account['name']}, {account['region']}: {', '.join(account['marketplaces'])}"
        )
        lines.append(f"    refresh token {account['refresh_token']}")
    for name, facts in {**told["carriers"], **told["translators"]}.items():
        lines.append(f"  {name:<14}  " + "  ".join(facts.values()))
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A stand-in Amazon for trying and testing.")
    parser.add_argument("--port", type=int, default=8790, help="0 takes a free one (default %(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (default %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=1, help="same seed, same identifiers and buyers (default %(default)s)"
    )
    parser.add_argument("--state", metavar="FILE", help="keep everything in this file; without it, in memory")
    parser.add_argument(
        "--speed", type=float, default=1.0, help="sandbox seconds per real second (default %(default)s)"
    )
    parser.add_argument(
        "--rate-scale", type=float, default=1.0, help="multiplies the request rates (default %(default)s)"
    )
    parser.add_argument("--orders-per-hour", type=float, default=0.5, help="buyers per account (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON line instead of text")
    return parser


if __name__ == "__main__":
    sys.exit(main())
