"""People, from the server: for first aid when nobody can sign in."""

from __future__ import annotations

from commands.support import portal, print_table
from models.people import lockout
from models.people.employees import invite
from models.people.invitation import Invitation
from models.people.person import Person
from models.people.reach import teams_of
from models.people.team import Team
from models.support.errors import Refused


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list")
    for verb, about in (
        ("unlock", "open a locked account"),
        ("suspend", "end somebody's access now"),
        ("link", "a fresh one-time link"),
    ):
        one = verbs.add_parser(verb, help=about)
        one.add_argument("login")
        if verb != "link":
            one.add_argument("--reason", required=True)
    new = verbs.add_parser("invite", help="a new person with a role in a team")
    new.add_argument("login")
    new.add_argument("--name", required=True)
    new.add_argument("--team", required=True, metavar="SLUG")
    new.add_argument("--role", required=True)


def run(args) -> int:
    with portal() as settings:
        if args.verb == "list":
            rows = (
                [p.login, p.name, p.state, ", ".join(t.slug for t in teams_of(p))]
                for p in Person.select().order_by(Person.login)
            )
            print_table(["login", "name", "state", "teams"], rows)
        elif args.verb == "invite":
            team = Team.by_slug(args.team)
            if team is None:
                raise Refused(f"There is no team “{args.team}”.")
            _person, token = invite(team, args.login, args.name, role=args.role)
            print(f"{settings.base_url}/welcome/{token}")
        else:
            act(args, settings)
    return 0


def act(args, settings) -> None:
    person = Person.by_login(args.login)
    if person is None:
        raise Refused(f"There is no person “{args.login}”.")
    if args.verb == "unlock":
        lockout.unlock(person, args.reason)
        print(f"{person.login} may try again.")
    elif args.verb == "suspend":
        person.suspend(args.reason, by=None)
        print(f"{person.login} can no longer sign in.")
    else:
        print(f"{settings.base_url}/welcome/{Invitation.make(person, 'reset' if person.password_hash else 'invite')}")
