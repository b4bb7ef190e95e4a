"""Giving and taking rights. Nobody changes their own, nobody gives more than they hold themselves, the last boss stays, and rights
that weigh take a second person (models/people/proposal.py).

By rule the operator's people who keep the teams may make a boss in a seller's team, and decide there as the second person.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from models.people.permissions import PERMISSIONS, TAKES_TWO
from models.people.person import Person
from models.people.proposal import Proposal
from models.people.reach import Reach
from models.people.role import Grant, Role
from models.people.team import Team
from models.people.two_people import is_solo
from models.support.db import is_sqlite, write_txn
from models.support.errors import AlreadyDecided, Refused

BOSSES = ("boss", "operator")
Stores = Iterable[int] | None


class MoreThanOwn(Refused):
    """Somebody would give, or manage, more than they hold themselves."""

    def __init__(self, beyond: list[str]):
        first = PERMISSIONS.get(beyond[0], beyond[0])
        if len(beyond) == 1:
            super().__init__("Nobody gives more than they hold. You lack: %(right)s.", right=first)
        else:
            super().__init__("Nobody gives more than they hold. You lack: %(right)s, and %(count)s more.",
                             right=first, count=len(beyond) - 1)  # fmt: skip


class LastBoss(Refused):
    def __init__(self) -> None:
        super().__init__("This is the team's last active boss. Make somebody else a boss first.")


def takes_two(role: Role) -> bool:
    """Does giving this role take a second person?"""
    return bool(role.permissions & TAKES_TWO)


def require_may_give(by: Any, team: Team, role: Role, stores: Stores) -> None:
    """Raises Refused when this person may not give that role there. `by` is None for somebody at the server."""
    _require_role_of(team, role)
    if by is None or (keeps_teams(by) and role.team_id is None and role.key == "boss" and not team.is_operator):
        return
    reach = Reach.of(by, team)
    beyond = reach.beyond(role.permissions, stores) if reach else sorted(role.permissions)
    if beyond:
        raise MoreThanOwn(beyond)


def _require_role_of(team: Team, role: Role) -> None:
    if role.for_operator and not team.is_operator:
        raise Refused("This role exists only in the operator's team.")
    if role.team_id is not None and role.team_id != team.id:
        raise Refused("This role belongs to another team.")


def keeps_teams(person: Any) -> bool:
    """Is this one of the operator's people who keep the teams?"""
    operator = Team.operator()
    reach = Reach.of(person, operator) if operator else None
    return reach is not None and reach.may("teams.manage")


def give(team: Team, person: Person, role: Role, *, stores: Stores, by: Any, reason: str = "") -> Grant | Proposal:
    """Gives a role, or proposes it where that takes two people. Raises Refused."""
    _require_other(by, person)
    with write_txn():
        role.hold()
        require_may_give(by, team, role, stores)
        if Grant.select().where(Grant.person == person, Grant.team == team, Grant.role == role).exists():
            raise Refused("This person has that role already.")
        if by is None or not takes_two(role):
            return Grant.give(person, team, role, stores=stores, by=by)
        return _proposed(team, person, role, stores, by, reason)


def change_stores(grant: Grant, stores: Stores, *, by: Any, reason: str = "") -> Proposal | None:
    """Other stores for a grant. Wider, with rights that weigh, is proposed; narrower holds at once. Raises Refused."""
    _require_other(by, grant.person)
    chosen = None if stores is None else frozenset(stores)
    with write_txn():
        grant.role.hold()
        require_may_give(by, grant.team, grant.role, chosen)
        require_may_give(by, grant.team, grant.role, _stores_of(grant))
        if by is not None and takes_two(grant.role) and _is_wider(grant, chosen):
            return _proposed(grant.team, grant.person, grant.role, chosen, by, reason)
        if chosen is not None:
            require_a_boss_stays(grant.team, grant.person, but=grant)
        grant.reach_stores(chosen, by=by)
    return None


def take(grant: Grant, *, by: Any) -> None:
    """Takes a role away. Raises Refused for one's own, for more than one holds oneself, and for the last boss's."""
    _require_other(by, grant.person)
    require_may_give(by, grant.team, grant.role, _stores_of(grant))
    with write_txn():
        require_a_boss_stays(grant.team, grant.person, but=grant)
        if by is not None and grant.person.grants.count() == 1:
            raise Refused("This is the only role. Suspend the person instead, or set when they leave.")
        grant.take(by=by)


def _proposed(team: Team, person: Person, role: Role, stores: Stores, by: Any, reason: str) -> Proposal:
    proposal = Proposal.make(team, person, role, stores=stores, reason=reason, by=by)
    if is_solo() and not others_who_decide(team, by, person):
        carry_out(proposal, by=by, is_solo=True)
    return proposal


def decide(proposal: Proposal, *, by: Any) -> None:
    """A second person agrees, and the role is given. Raises Refused; the person concerned decides nothing."""
    if by is not None:
        if by.id in (proposal.proposed_by_id, proposal.person_id):
            raise Refused("Somebody else has to decide this: neither who proposed it nor whom it is for.")
        require_may_decide(proposal, by)
    carry_out(proposal, by=by)


def refuse(proposal: Proposal, *, by: Any) -> None:
    """A second person says no; whoever proposed it takes it back so."""
    if by is not None and by.id not in (proposal.proposed_by_id, proposal.person_id):
        require_may_decide(proposal, by)
    proposal.refuse(by=by)


def require_may_decide(proposal: Proposal, by: Any) -> None:
    """The second person holds what is given too, or keeps the teams for the operator."""
    if keeps_teams(by) and not proposal.team.is_operator:
        return
    reach = Reach.of(by, proposal.team)
    if reach is None or not reach.may("people.manage"):
        raise Refused("Only somebody who may change people decides this.")
    require_may_give(by, proposal.team, proposal.role, proposal.stores)


def carry_out(proposal: Proposal, *, by: Any, is_solo: bool = False) -> None:
    with write_txn():
        proposal.role.hold()
        if not proposal.proposed_by.is_active:
            raise Refused("Whoever proposed this has no access any more. Propose it anew.")
        if proposal.role.permissions - frozenset(proposal.permissions):
            raise Refused("The role allows more now than when this was proposed. Propose it anew.")
        if proposal.person.state == "suspended" or proposal.person.has_left:
            raise Refused("This person has no access any more. Restore the account first.")
        proposal.approve(by=by, is_solo=is_solo)
        person, team, role = proposal.person, proposal.team, proposal.role
        grant = Grant.get_or_none(Grant.person == person, Grant.team == team, Grant.role == role)
        if grant is None:
            Grant.give(person, team, role, stores=proposal.stores, by=by)
        else:
            grant.reach_stores(proposal.stores, by=by)


def others_who_decide(team: Team, *but: Any) -> list[Person]:
    """The active people of the team who may change people, besides these."""
    query = Person.select().join(Grant).where(Grant.team == team, Person.id.not_in([person.id for person in but]))
    active = (person for person in query.distinct() if person.is_active)
    return [person for person in active if (reach := Reach.of(person, team)) and reach.may("people.manage")]


def require_a_boss_stays(team: Team, person: Person, *, but: Grant | None = None) -> None:
    """Raises LastBoss when the team would have no active boss without this person, or without this grant of theirs. Call it
    inside the change's transaction."""
    if not is_sqlite():  # Two who take each other's role at once come one after the other.
        Team.select(Team.id).where(Team.id == team.id).for_update().execute()
    is_boss = Role.team.is_null() & Role.key.in_(BOSSES) & (Grant.all_stores == True)  # noqa: E712
    grants = list(Grant.select(Grant, Person).join(Role).switch(Grant).join(Person).where(Grant.team == team, is_boss))
    if not any(grant.person_id == person.id and (but is None or grant.id == but.id) for grant in grants):
        return
    staying = (g for g in grants if g.person_id != person.id or (but is not None and g.id != but.id))
    if not any(grant.person.is_active and not grant.person.is_leaving for grant in staying):
        raise LastBoss()


def require_may_manage(reach: Reach, person: Person) -> None:
    """Nobody manages the account of somebody who may do more here: a new link for a boss would make one a boss."""
    theirs = Reach.of(person, reach.team)
    granted = {} if theirs is None else {**theirs.by_permission, **theirs.asleep}
    if any(not reach.covers([permission], stores) for permission, stores in granted.items()):
        raise Refused("This person may do more here than you. Somebody with the same rights manages the account.")


def of_person(reach: Reach, person: Person, uid: Any) -> Grant:
    """A grant of the person in this team. Raises AlreadyDecided when it is gone."""
    grant = Grant.get_or_none(Grant.uid == uid, Grant.person == person, Grant.team == reach.team)
    if grant is None:
        raise AlreadyDecided()
    return grant


def _require_other(by: Any, person: Person) -> None:
    if by is not None and by.id == person.id:
        raise Refused("Nobody changes their own rights. Ask another person.")


def _stores_of(grant: Grant) -> frozenset[int] | None:
    return None if grant.all_stores else frozenset(grant.store_ids)


def _is_wider(grant: Grant, stores: frozenset[int] | None) -> bool:
    before = _stores_of(grant)
    return before is not None and (stores is None or not stores <= before)
