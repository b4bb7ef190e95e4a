"""Rights, leaving and decisions from the server: the same verbs as the screens, and the event log names who typed."""

from __future__ import annotations

import pytest

from models.audit.event import Event
from models.people import granting
from models.people.proposal import Proposal
from models.people.role import Role
from tests.commands.test_commands import says

IN_LOTUS = ("--team", "lotus")


def test_roles_are_given_narrowed_and_taken(command, cast):
    says(command("person", "grant", "bob", *IN_LOTUS, "--role", "support"), 0, "bob has the role support in lotus")
    says(
        command("person", "grant", "bob", *IN_LOTUS, "--role", "support", "--store", "nowhere"), 1, "no store “nowhere”"
    )
    says(command("person", "list", *IN_LOTUS), 0, "lotus: lister, support")
    says(command("person", "take", "bob", *IN_LOTUS, "--role", "support"), 0, "no longer has the role")
    says(command("person", "take", "alice", *IN_LOTUS, "--role", "boss"), 1, "last active boss")
    assert Event.select().where(Event.name == "grant_taken").get().actor_kind == "command"


def test_leaving_is_set_and_withdrawn(command, bob, lotus):
    lotus.change(timezone="Europe/Berlin")
    says(command("person", "leave", "bob", *IN_LOTUS, "--at", "2099-12-01 18:00"), 0, "2099-12-01 17:00 UTC")
    assert bob.reload().is_leaving
    says(command("person", "leave", "bob", *IN_LOTUS, "--at", "tomorrow"), 1, "Write the moment")
    says(command("person", "leave", "bob", *IN_LOTUS, "--withdraw"), 0, "does not leave")
    assert bob.reload().leaves_at is None


@pytest.mark.parametrize("answer", ["agree", "refuse"])
def test_whoever_is_at_the_server_decides_as_the_second_person(command, alice, bob, lotus, answer):
    boss = Role.built_in("boss")
    proposal = granting.give(lotus, bob, boss, stores=None, by=alice, reason="she leads the shop")
    if answer == "agree":
        says(command("person", "decide"), 0, "she leads the shop")
        says(command("person", "decide", str(proposal.id)), 0, "bob has the role boss")
    else:
        says(command("person", "decide", str(proposal.id), "--refuse"), 0, "Refused")
    assert Proposal.get().state == ("approved" if answer == "agree" else "refused")
    assert bob.grants.count() == (2 if answer == "agree" else 1)


def test_days_are_noted_and_somebody_comes_back(command, bob, cast):
    says(command("person", "note", "bob", *IN_LOTUS, "--registered", "2026-01-02"), 0, "registered 2026-01-02")
    says(command("person", "suspend", "bob", "--reason", "lost phone"), 0)
    says(command("person", "restore", "bob"), 0, "may sign in again")
    says(command("person", "sign-out", "bob"), 0, "signed out everywhere")
