"""First aid at the server: what each command does, says and returns."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import Settings
from models.audit.event import Event
from models.database import close_databases, connected, open_databases, schema_problem
from models.people.authenticator import Authenticator
from models.people.lockout import count_attempt
from models.people.network import Network
from models.people.person import Person
from models.people.session import Session, sign_in
from models.people.team import Team
from models.support.db import db
from models.support.job_run import JobRun


def says(done: subprocess.CompletedProcess, code: int, *texts: str) -> None:
    """It ended with this code and said these things, without a traceback."""
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert "Traceback" not in said
    for text in texts:
        assert text in said


def test_help_lists_the_commands_and_an_unknown_one_is_told(command):
    says(command(), 0, "serve", "setup")
    says(command("help"), 0, "audit")
    says(command("swim"), 64, "there is no command “swim”")
    says(command("person", "--help"), 0, "unlock")
    says(command("person"), 2, "required")


# check


def test_check_says_that_all_is_well(command, cast):
    says(command("check"), 0, "Everything is as it should be")
    assert command("check", "--quiet").stdout == ""


def test_check_names_every_wrong_setting(command, settings):
    says(command("check", PORTOLAN_THREDS="4", PORTOLAN_BIND="here"), 78, "threds", "bind")
    (settings.data / "portolan.toml").write_text("lwa_client_secret = 5\ncolour = 'red'\n")
    says(command("check"), 78, "there is no setting “colour”")


def test_check_says_what_is_missing_in_production(command, cast):
    says(command("check", PORTOLAN_MODE="production"), 78, "No network is allowed")
    says(command("check", PORTOLAN_MODE="production", PORTOLAN_BIND="0.0.0.0:80"), 78, "needs TLS")


def test_check_says_that_a_portal_was_never_set_up(command):
    says(command("check"), 78, "no operator team yet", "./portolan setup")


def test_check_says_that_the_key_file_is_loose_wrong_or_gone(command, settings, cast, tmp_path):
    settings.key_path.chmod(0o644)
    says(command("check"), 78, "chmod 600")
    settings.key_path.rename(tmp_path / "kept")
    says(command("check"), 78, "is missing")
    from models.vault import key_file

    key_file.create(settings.key_path)
    says(command("check"), 78, "does not belong to this key file")


def test_check_says_that_the_database_is_newer_or_older(command, portal, harbor):
    db.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9001_future', '2030-01-01')")
    says(command("check"), 78, "newer version of Portolan (9001_future)")
    db.execute_sql("DELETE FROM schema_migration WHERE name > '0001_ground'")
    says(command("check"), 78, "are pending")


def test_check_says_that_the_database_is_broken(command, settings, cast):
    close_databases()
    (settings.data / "portolan.db").write_bytes(b"no database " * 1000)
    says(command("check"), 78, "cannot be opened")


def test_check_looks_at_the_certificate(command, cast, tmp_path):
    (tmp_path / "cert.pem").write_text("no certificate")
    (tmp_path / "key.pem").write_text("no key")
    tls = {"PORTOLAN_TLS_CERT": str(tmp_path / "cert.pem"), "PORTOLAN_TLS_KEY": str(tmp_path / "key.pem")}
    says(command("check", **tls), 78, "cannot be used")
    says(command("check", **tls | {"PORTOLAN_TLS_KEY": str(tmp_path / "gone.pem")}), 78, "tls_key", "cannot be read")


# setup


@pytest.fixture
def fresh(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a folder in which nothing is yet."""
    return replace(settings, data=tmp_path / "fresh" / "data")


SETUP = ("setup", "--team", "Harbor Lines", "--short", "harbor", "--name", "Wang Min", "--login", "wang.min")


def test_setup_makes_everything_once_and_no_default_account(command, fresh):
    here = {"PORTOLAN_DATA": str(fresh.data)}
    done = command(*SETUP, **here)
    says(done, 0, "Made the key file", "Harbor Lines", "/welcome/")
    assert fresh.key_path.stat().st_mode & 0o777 == 0o600
    assert fresh.key_path.parent == fresh.data.parent
    open_databases(fresh)
    with connected():
        assert schema_problem() is None
        (person,) = Person.select()
        assert (person.login, person.state, person.password_hash) == ("wang.min", "invited", None)
        assert [team.slug for team in Team.select()] == ["harbor"]
        assert {str(network) for network in Network.of_portal()} == {"127.0.0.1/32", "::1/128"}
        assert {event.actor_kind for event in Event.select()} == {"command"}
        assert not Session.select().exists()
    close_databases()
    key = fresh.key_path.read_bytes()
    says(command(*SETUP, **here), 1, "set up already")
    assert fresh.key_path.read_bytes() == key
    says(command("check", PORTOLAN_MODE="production", **here), 0)


def test_setup_takes_the_networks_that_are_named(command, fresh):
    here = {"PORTOLAN_DATA": str(fresh.data)}
    says(command(*SETUP, "--allow", "203.0.113.0/24", "--allow", "here", **here), 1, "Write a network like")
    says(command(*SETUP, "--allow", "203.0.113.0/24", **here), 0)
    assert "203.0.113.0/24" in command("network", "list", **here).stdout


def test_setup_refuses_what_cannot_be_and_leaves_nothing_half_done(command, fresh):
    here = {"PORTOLAN_DATA": str(fresh.data)}
    says(command(*SETUP[:-1], "admin", **here), 1, "one person")
    assert command("person", "list", **here).stdout.splitlines()[1:] == []
    says(command(*SETUP, **here), 0, "/welcome/")


def test_setup_does_not_make_a_new_key_for_old_data(command, settings, cast):
    settings.key_path.unlink()
    says(command(*SETUP), 78, "Restore it from its copy")
    assert not settings.key_path.exists()


def test_the_link_of_setup_opens_the_portal(command, fresh):
    from models.people.invitation import Invitation

    done = command(*SETUP, PORTOLAN_DATA=str(fresh.data))
    token = re.search(r"/welcome/(\S+)", done.stdout).group(1)
    open_databases(fresh)
    Invitation.of_token(token).use("Copper-Kettle-27")
    assert sign_in("wang.min", "Copper-Kettle-27", address="127.0.0.1", network="127.0.0.1", device="x")
    close_databases()


# people and networks


def test_people_are_listed_invited_and_linked(command, cast):
    listed = command("person", "list").stdout
    assert "alice" in listed and "Alice Wang" in listed and "lotus" in listed
    invited = command("person", "invite", "dora", "--name", "Dora Maar", "--team", "lotus", "--role", "lister")
    says(invited, 0, "/welcome/")
    says(command("person", "link", "alice"), 0, "/welcome/")
    says(
        command("person", "invite", "dora", "--name", "Dora", "--team", "lotus", "--role", "lister"),
        1,
        "never given twice",
    )
    says(
        command("person", "invite", "erna", "--name", "Erna", "--team", "lotus", "--role", "pirate"),
        1,
        "There is no such role",
    )
    says(
        command("person", "invite", "erna", "--name", "Erna", "--team", "lotus", "--role", "operator"),
        1,
        "There is no such role",
    )
    says(
        command("person", "invite", "erna", "--name", "Erna", "--team", "nobody", "--role", "lister"),
        1,
        "no team “nobody”",
    )
    says(command("person", "link", "nobody"), 1, "no person “nobody”")
    assert Person.by_login("erna") is None


def test_a_locked_account_is_opened_from_the_server(command, cast, password):
    for number in range(10):
        count_attempt("alice", f"198.51.100.{number}")
    says(command("person", "unlock", "alice"), 2, "--reason")
    says(command("person", "unlock", "alice", "--reason", "she called", SUDO_USER="wang"), 0, "may try again")
    event = Event.select().order_by(Event.id.desc()).get()
    assert (event.name, event.actor_kind, event.actor_label) == ("person_unlocked", "command", "wang")
    assert sign_in("alice", password, address="127.0.0.1", network="127.0.0.1", device="x")


def test_somebody_is_suspended_from_the_server(command, alice):
    _session, token = Session.open(alice, address="127.0.0.1", device="x")
    says(command("person", "suspend", "alice", "--reason", "stolen laptop"), 0, "can no longer sign in")
    assert Session.of_token(token) is None
    says(command("person", "suspend", "alice", "--reason", "again"), 1)


def test_a_lost_second_factor_is_reset_from_the_server(command, alice):
    says(command("person", "second-factor-reset", "alice", "--reason", "met at the office"), 1, "no second factor")
    Authenticator.offered_to(alice).change(confirmed_at=alice.created_at, name="Telephone")
    says(command("person", "second-factor-reset", "alice"), 2, "--reason")
    says(command("person", "second-factor-reset", "alice", "--reason", "met at the office"), 0, "sets up a new")
    event = Event.select().order_by(Event.id.desc()).get()
    assert (event.name, event.details["reason"]) == ("factors_reset", "met at the office")
    assert Authenticator.of(alice) == []


def test_networks_are_kept_from_the_server(command, portal):
    says(command("network", "allow", "203.0.113.9/24", "--note", "office"), 0, "Allowed 203.0.113.0/24")
    assert "office" in command("network", "list").stdout
    says(command("network", "allow", "somewhere"), 1, "Write a network like")
    says(command("network", "remove", "198.51.100.0/24"), 1, "not on the portal's list")
    says(command("network", "remove", "203.0.113.0/24"), 0, "Removed")
    assert Network.select().count() == 0


# audit


def test_the_event_log_is_verified(command, cast, tmp_path):
    says(command("audit", "verify"), 0, "events hold")
    line = command("audit", "checkpoint").stdout
    kept = tmp_path / "checkpoints"
    kept.write_text(line + "\n")
    assert json.loads(line)["seq"] == Event.select().count()
    says(command("audit", "verify", "--checkpoints", str(kept)), 0, "2 checkpoints fit")


def test_a_tampered_event_log_is_told_with_an_exit_code(command, cast, tmp_path):
    kept = tmp_path / "checkpoints"
    kept.write_text(command("audit", "checkpoint").stdout)
    for (name,) in db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute_sql(f'DROP TRIGGER "{name}"')
    db.execute_sql("UPDATE event SET actor_label = 'forged' WHERE id = 3")
    says(command("audit", "verify"), 1, "Event 3 of link 3 was changed")
    db.execute_sql("DELETE FROM event_seal")
    db.execute_sql("DELETE FROM checkpoint")
    db.execute_sql("DELETE FROM seal_head")
    command("audit", "checkpoint")
    says(command("audit", "verify"), 0, "events hold")
    says(command("audit", "verify", "--checkpoints", str(kept)), 1, "not the one that was written down")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"seq": 1, "hash": "0", "at": "2026-01-01T00:00:00Z", "key": 1, "signature": "AAAA"}', "was not signed by this portal"),
        ("{}", "was not signed"), ("[]", "line 1"), ("not json", "line 1"), ('"text"', "line 1"), ("5", "line 1"),
    ],
)  # fmt: skip
def test_a_forged_or_broken_checkpoint_is_told(command, cast, tmp_path, line, said):
    (tmp_path / "kept").write_text(line + "\n")
    says(command("audit", "verify", "--checkpoints", str(tmp_path / "kept")), 1, said)


def test_a_missing_file_of_checkpoints_is_told(command, cast, tmp_path):
    says(command("audit", "verify", "--checkpoints", str(tmp_path / "gone")), 74, "gone")


# jobs and migrations


def test_jobs_are_listed_and_run(command, cast):
    listed = json.loads(command("job", "list", "--json").stdout)
    assert {"audit.seal", "housekeeping"} <= {job["name"] for job in listed}
    says(command("job", "run", "audit.seal"), 0, "audit.seal", "done")
    says(command("job", "list"), 0, "Seal events into the chain")
    says(command("job", "run", "swim"), 1, "no job “swim”")
    assert JobRun.latest("audit.seal")[0].done == Event.select().count()


def test_a_job_that_is_under_way_elsewhere_is_left_alone(command, cast):
    from models.support import clock

    JobRun.claim("housekeeping", "", clock.now())
    says(command("job", "run", "housekeeping"), 0, "already under way")


def test_a_job_that_failed_says_so_with_an_exit_code(command, cast):
    for (name,) in db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        db.execute_sql(f'DROP TRIGGER "{name}"')
    db.execute_sql("CREATE TRIGGER broken BEFORE INSERT ON event_seal BEGIN SELECT RAISE(ABORT, 'no'); END")
    says(command("job", "run", "audit.seal"), 1, "failed", "IntegrityError")


def test_migrate_is_done_once_and_other_commands_wait_for_it(command, portal, harbor):
    says(command("migrate"), 0, "Nothing was pending")
    says(command("migrate", "--status"), 0, "fits this version")
    db.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9001_future', '2030-01-01')")
    says(command("migrate"), 78, "newer version")
    says(command("person", "list"), 78, "newer version")


def test_the_draft_of_a_migration_is_empty_when_the_tables_are_there(command, portal):
    for dialect in ("sqlite", "postgres"):
        assert command("migrate", "--draft", dialect).stdout.strip() == ""


def test_a_command_that_cannot_write_says_so_in_one_sentence(command, cast, settings):
    db.execute_sql(
        "CREATE TRIGGER full BEFORE INSERT ON network BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    )
    says(command("network", "allow", "203.0.113.9"), 74, "The disk is full")


def test_a_reader_that_goes_away_is_no_error(settings, cast):
    from tests.commands.conftest import environment

    env = environment(settings)
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m commands person list | head -c 1"], env=env, capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
