"""Networks that may use the portal, from the server: also the way back in for who locked themselves out."""

from __future__ import annotations

from commands.support import portal, print_table
from models.people.network import Network, read_network
from models.people.network_list import NetworkList
from models.people.person import Person
from models.people.team import Team
from models.support.errors import Refused


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    one = [verbs.add_parser("list", help="the networks of a list"), verbs.add_parser("allow", help="add one"),
           verbs.add_parser("remove", help="take one off")]  # fmt: skip
    for verb in one:
        whose = verb.add_mutually_exclusive_group()
        whose.add_argument("--team", metavar="SLUG", help="the list of this team instead of the portal's")
        whose.add_argument("--person", metavar="LOGIN", help="the list of this person instead of the portal's")
    for verb in one[1:]:
        verb.add_argument("cidr")
    one[1].add_argument("--note", default="")


def run(args) -> int:
    with portal():
        chosen = list_of(args)
        if args.verb == "list":
            rows = ([row.cidr, row.note, f"{row.created_at:%Y-%m-%d}"] for row in chosen.rows)
            print_table(["network", "note", "since"], rows)
        elif args.verb == "allow":
            print(f"Allowed {Network.allow(args.cidr, note=args.note, team=chosen.team, person=chosen.person).cidr}.")
        else:
            row = next((row for row in chosen.rows if row.cidr == str(read_network(args.cidr))), None)
            if row is None:
                whose = f"the list of {args.team or args.person}" if args.team or args.person else "the portal's list"
                raise Refused(f"{args.cidr} is not on {whose}.")
            row.remove(by=None)
            print(f"Removed {row.cidr}.")
    return 0


def list_of(args) -> NetworkList:
    team = Team.by_slug(args.team) if args.team else None
    person = Person.by_login(args.person) if args.person else None
    if (args.team and team is None) or (args.person and person is None):
        raise Refused(f"There is no “{args.team or args.person}”.")
    return NetworkList(team=team, person=person)
