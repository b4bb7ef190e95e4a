"""People, from the server: for first aid when nobody can sign in, and for what takes a second person where there is none."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from commands.support import portal, print_table
from models.people import factors, gates, granting, leaving, lockout
from models.people.employees import employees_of, invite
from models.people.factor_reset import reset_at_the_host
from models.people.invitation import Invitation
from models.people.person import Person
from models.people.proposal import Proposal
from models.people.role import Grant, Role
from models.people.team import Team
from models.stores.store import Store
from models.support import clock
from models.support.errors import Refused

MOMENT = "%Y-%m-%d %H:%M"


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    listed = verbs.add_parser("list", help="everybody, with roles, state and when they leave")
    listed.add_argument("--team", metavar="SLUG")
    for verb, about in (
        ("unlock", "open a locked account"),
        ("suspend", "end somebody's access now"),
        ("restore", "let somebody in again"),
        ("link", "a fresh one-time link"),
        ("sign-out", "end every session of somebody"),
        ("second-factor-reset", "take away a lost second factor, at once: make sure who asks"),
    ):
        one = verbs.add_parser(verb, help=about)
        one.add_argument("login")
        if verb in ("unlock", "suspend", "second-factor-reset"):
            one.add_argument("--reason", required=True)
    new = verbs.add_parser("invite", help="a new person with a role in a team")
    new.add_argument("login")
    new.add_argument("--name", required=True)
    _takes_role(new)
    for verb, about in (("grant", "give a role, or change its stores"), ("take", "take a role away")):
        one = verbs.add_parser(verb, help=about)
        one.add_argument("login")
        _takes_role(one)
    leave = verbs.add_parser("leave", help="set when everything of somebody ends, or withdraw it")
    leave.add_argument("login")
    leave.add_argument("--team", required=True, metavar="SLUG", help="the team on whose clock the moment stands")
    when = leave.add_mutually_exclusive_group(required=True)
    when.add_argument("--at", metavar="MOMENT", help='like "2026-12-01 18:00"')
    when.add_argument("--withdraw", action="store_true")
    note = verbs.add_parser("note", help="note a registration or a training")
    note.add_argument("login")
    note.add_argument("--team", required=True, metavar="SLUG")
    note.add_argument("--registered", type=date.fromisoformat, metavar="DAY")
    note.add_argument("--trained", type=date.fromisoformat, metavar="DAY")
    decide = verbs.add_parser("decide", help="grants that wait for a second person: list them, agree or refuse")
    decide.add_argument("number", type=int, nargs="?")
    decide.add_argument("--refuse", action="store_true")


def _takes_role(parser) -> None:
    parser.add_argument("--team", required=True, metavar="SLUG")
    parser.add_argument("--role", required=True, help="its key, like lister, or the name of a team's own role")
    parser.add_argument(
        "--store", action="append", metavar="NAME", help="only for this store (repeat); without: for all"
    )


def run(args) -> int:
    with portal() as settings:
        ACTS[args.verb](args, settings)
    return 0


def _list(args, _settings) -> None:
    teams = [_team(args.team)] if args.team else Team.everyone()
    roles: dict[int, list[str]] = {}
    for team in teams:
        for employee in employees_of(team):
            labels = ", ".join(role.label for role in employee.roles)
            roles.setdefault(employee.person.id, []).append(f"{team.slug}: {labels}")
    people = Person.select().order_by(Person.login)
    rows = (
        [p.login, p.name, "left" if p.has_left else p.state, "; ".join(roles.get(p.id, [])), _utc(p.leaves_at)]
        for p in people
        if not args.team or p.id in roles
    )
    print_table(["login", "name", "state", "roles", "leaves (UTC)"], rows)


def _invite(args, settings) -> None:
    team = _team(args.team)
    role = _role(team, args.role)
    _person, token = invite(team, args.login, args.name, role=role.key, stores=_stores(team, args.store))
    print(f"{settings.base_url}/welcome/{token}")


def _grant(args, _settings) -> None:
    person, team = _person_of(args), _team(args.team)
    role, stores = _role(team, args.role), _stores(team, args.store)
    held = Grant.get_or_none(Grant.person == person, Grant.team == team, Grant.role == role)
    if held is None:
        granting.give(team, person, role, stores=stores, by=None)
    else:
        granting.change_stores(held, stores, by=None)
    print(f"{person.login} has the role {role.label} in {team.slug}.")


def _take(args, _settings) -> None:
    person, team = _person_of(args), _team(args.team)
    role = _role(team, args.role)
    held = Grant.get_or_none(Grant.person == person, Grant.team == team, Grant.role == role)
    if held is None:
        raise Refused(f"{person.login} does not have that role there.")
    granting.take(held, by=None)
    print(f"{person.login} no longer has the role {role.label} in {team.slug}.")


def _unlock(args, _settings) -> None:
    person = _person_of(args)
    lockout.unlock(person, args.reason)
    print(f"{person.login} may try again.")


def _suspend(args, _settings) -> None:
    person = _person_of(args)
    person.suspend(args.reason, by=None)
    print(f"{person.login} can no longer sign in.")


def _restore(args, _settings) -> None:
    person = _person_of(args)
    person.restore(by=None)
    print(f"{person.login} may sign in again.")


def _link(args, settings) -> None:
    person = _person_of(args)
    print(f"{settings.base_url}/welcome/{Invitation.make(person, 'reset' if person.password_hash else 'invite')}")


def _sign_out(args, _settings) -> None:
    person = _person_of(args)
    person.end_sessions(by=None)
    print(f"{person.login} is signed out everywhere.")


def _reset_second_factor(args, _settings) -> None:
    person = _person_of(args)
    if not factors.has_factor(person):
        raise Refused(f"{person.login} has no second factor.")
    reset_at_the_host(person, args.reason)
    print(f"{person.login} signs in with the password and sets up a new second factor.")


def _leave(args, _settings) -> None:
    person, team = _person_of(args), _team(args.team)
    if args.withdraw:
        leaving.leave(person, None, by=None, team=team)
        print(f"{person.login} does not leave.")
        return
    try:
        wanted = datetime.strptime(args.at, MOMENT)
    except ValueError:
        raise Refused('Write the moment like "2026-12-01 18:00".') from None
    at = leaving.moment_of(wanted.date(), wanted.time(), team.timezone)
    leaving.leave(person, at, by=None, team=team)
    print(f"The access of {person.login} ends at {_utc(at)} UTC.")


def _note(args, _settings) -> None:
    person, team = _person_of(args), _team(args.team)
    gates.note(
        person, team, registered_on=args.registered or person.registered_on, trained_on=args.trained or person.trained_on, by=None
    )  # fmt: skip
    print(f"{person.login}: registered {person.registered_on or '—'}, trained {person.trained_on or '—'}.")


def _decide(args, _settings) -> None:
    """Whoever is at the server decides as the second person; the event names them."""
    if args.number is None:
        rows = (
            [p.id, p.team.slug, p.person.login, p.role.label, p.proposed_by.login, p.reason] for p in Proposal.waiting()
        )
        print_table(["number", "team", "for", "role", "proposed by", "reason"], rows)
        return
    proposal = Proposal.get_or_none(Proposal.id == args.number)
    if proposal is None:
        raise Refused(f"There is no proposal {args.number}.")
    if args.refuse:
        granting.refuse(proposal, by=None)
        print("Refused.")
    else:
        granting.decide(proposal, by=None)
        print(f"{proposal.person.login} has the role {proposal.role.label} in {proposal.team.slug}.")


ACTS = {
    "list": _list, "invite": _invite, "grant": _grant, "take": _take, "unlock": _unlock, "suspend": _suspend, "restore": _restore,
    "link": _link, "sign-out": _sign_out, "second-factor-reset": _reset_second_factor, "leave": _leave, "note": _note, "decide": _decide,
}  # fmt: skip


def _person_of(args) -> Person:
    person = Person.by_login(args.login)
    if person is None:
        raise Refused(f"There is no person “{args.login}”.")
    return person


def _team(slug: str) -> Team:
    team = Team.by_slug(slug)
    if team is None:
        raise Refused(f"There is no team “{slug}”.")
    return team


def _role(team: Team, wanted: str) -> Role:
    role = next((one for one in Role.offered_to(team) if wanted.casefold() in (one.key, one.name.casefold())), None)
    if role is None:
        raise Refused("There is no such role in this team.")
    return role


def _stores(team: Team, names: list[str] | None) -> list[int] | None:
    if not names:
        return None
    by_name: dict[str, Any] = {store.name.casefold(): store.id for store in Store.of_team(team)}
    if unknown := [name for name in names if name.casefold() not in by_name]:
        raise Refused(f"There is no store “{unknown[0]}”.")
    return [by_name[name.casefold()] for name in names]


def _utc(moment: datetime | None) -> str:
    return f"{clock.local(moment, 'UTC'):{MOMENT}}" if moment else ""
