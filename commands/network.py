"""Networks that may use the portal, from the server: also the way back in for who locked themselves out."""

from __future__ import annotations

from commands.support import portal, print_table
from models.people.network import Network
from models.support.errors import Refused


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list")
    allow = verbs.add_parser("allow")
    allow.add_argument("cidr")
    allow.add_argument("--note", default="")
    remove = verbs.add_parser("remove")
    remove.add_argument("cidr")


def run(args) -> int:
    with portal():
        rows = list(Network.select().where(Network.team.is_null(), Network.person.is_null()))
        if args.verb == "list":
            print_table(
                ["network", "note", "since"], ([row.cidr, row.note, f"{row.created_at:%Y-%m-%d}"] for row in rows)
            )
        elif args.verb == "allow":
            print(f"Allowed {Network.allow(args.cidr, note=args.note).cidr}.")
        else:
            row = next((row for row in rows if row.cidr == args.cidr), None)
            if row is None:
                raise Refused(f"{args.cidr} is not on the portal's list.")
            row.remove(by=None)
            print(f"Removed {row.cidr}.")
    return 0
