"""First run: makes the key file, the database, the operator team and its first person.

It prints a one-time link with which that person chooses a password. No default account exists.
"""

from __future__ import annotations

from commands.support import portal
from config.settings import read_settings
from models.database import KEYS_FILE, migrate, open_databases
from models.people.employees import invite
from models.people.network import Network
from models.people.team import Team
from models.support.db import write_txn
from models.support.errors import Refused
from models.vault import key_file
from models.vault.key_file import BadKeyFile


def add_arguments(parser) -> None:
    parser.add_argument("--team", required=True, metavar="NAME", help="the operator's company, like “Harbor Lines”")
    parser.add_argument("--short", required=True, metavar="SLUG", help="its short name in addresses, like harbor")
    parser.add_argument("--name", required=True, help="the first person, like “Wang Min”")
    parser.add_argument("--login", required=True, help="their sign-in name, like wang.min")
    parser.add_argument("--language", default="en", choices=["en", "zh_Hans"])
    parser.add_argument("--timezone", default="Asia/Shanghai")
    parser.add_argument(
        "--allow", action="append", default=[], metavar="CIDR", help="a network that may use the portal (repeat)"
    )


def run(args) -> int:
    settings = read_settings()
    settings.data.mkdir(mode=0o750, parents=True, exist_ok=True)
    if not settings.key_path.exists():
        if (settings.data / KEYS_FILE).exists():
            raise BadKeyFile(
                f"{settings.data} was made with the key file {settings.key_path}. Restore it from its copy."
            )
        key_file.create(settings.key_path)
        print(
            f"Made the key file {settings.key_path}. Keep a copy of it away from the data: without it nothing sealed can be read."
        )
    open_databases(settings)
    migrate(settings)
    with portal() as settings:
        if Team.operator() is not None:
            raise Refused("This portal is set up already. New people are invited on the page People.")
        with write_txn():
            team = Team.create_team(args.short, args.team, is_operator=True, timezone=args.timezone)
            _person, token = invite(team, args.login, args.name, role="operator", language=args.language)
            for network in args.allow or ["127.0.0.1/32", "::1/128"]:
                Network.allow(network, note="setup")
        print(f"The operator team “{team.name}” is ready. {args.name} chooses a password here, within 24 hours:\n")
        print(f"  {settings.base_url}/welcome/{token}\n")
        print("Then run:  ./portolan serve")
    return 0
