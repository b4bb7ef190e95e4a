"""Mails come in from real servers: each once, whatever the server or the machine does meanwhile, and nothing in a mailbox changes."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.settings import Settings
from integrations.errors import IntegrationError
from integrations.mailboxes import Server, imap_client, imap_session
from jobs import amazon as jobs_amazon
from jobs import mailbox as jobs_mailbox
from jobs.mailbox_words import PROBLEMS
from models.database import close_databases, open_databases
from models.mailbox.account import MailAccount
from models.mailbox.connecting import connect, read_again
from models.mailbox.folder import MailFolder
from models.mailbox.message import MailMessage
from models.mailbox.seen import MailSeen
from models.support import clock
from models.support.job_run import JobRun
from tests.mailbox.conftest import mail_of
from tests.mailbox.scripted import Script
from tests.servers import Dovecot

LOGIN = "support@lotus.example"
NOW = datetime(2026, 11, 20, 12)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    server = Dovecot()
    try:
        yield server.start()
    finally:
        server.remove()


@pytest.fixture
def mailbox(dovecot, portal, store) -> Iterator[Mailbox]:
    made = Mailbox(dovecot, portal, store)
    yield made
    made.close()


class Mailbox:
    """A mailbox of its own on the real server, connected to the store, and the job that reads it."""

    count = 0

    def __init__(self, server: Dovecot, portal: Settings, store: Any):
        Mailbox.count += 1
        self.server, self.store = server, store
        self.login = f"box{os.getpid()}-{Mailbox.count}@lotus.example"
        self.settings = replace(portal, mail_ca=server.authority.pem)
        jobs_amazon.use_settings(self.settings)
        self._numbers = iter(range(1, 1000))
        self.account = self.connect(port=server.port)

    def connect(self, **changes: Any) -> MailAccount:
        told = {"name": "Support", "store": self.store, "host": "localhost", "port": 993, "login": self.login, "auth": "password",
                "secret": self.server.password, "client_id": "", "client_secret": "", "oauth_url": "", "folders": ["INBOX"],
                "from_address": self.login, "smtp_host": "", "smtp_port": None, "smtp_security": "tls", "smtp_login": "",
                "smtp_secret": "", "path": ""}  # fmt: skip
        kind = changes.pop("kind", "imap")
        return connect(self.store.team, kind, told | changes)

    def deliver(
        self, text: str = "", *, folder: str = "INBOX", at: datetime | None = None, raw: bytes = b"", number: int = 0
    ) -> bytes:
        number = number or next(self._numbers)
        raw = raw or mail_of(text or f"Mail {number}", message_id=f"<{number}.{self.login}>")
        self.server.deliver(self.login, raw, folder, at)
        return raw

    def run(self, account: MailAccount | None = None) -> JobRun:
        """One run of the job, at a later minute."""
        clock.move(minutes=31)
        uid = str((account or self.account).uid)
        run = JobRun.claim("mailbox.fetch", uid, clock.now())
        assert run is not None
        try:
            jobs_mailbox.fetch(run)
        finally:
            run.finish("done")
        return run

    def texts(self) -> list[str]:
        return [message.unseal("text") for message in MailMessage.select().order_by(MailMessage.id)]

    @property
    def stands(self) -> MailAccount:
        return self.account.reload()

    def close(self) -> None:
        jobs_amazon._settings = None


def test_a_mailbox_is_tried_and_read_and_nothing_in_it_changes(mailbox):
    mailbox.deliver("Erste")
    mailbox.deliver("Zweite")
    mailbox.run()
    account = mailbox.stands
    assert (account.state, account.failures, account.problem) == ("active", 0, "")
    assert [one["code"] for one in account.findings] == ["signed_in", "folder_opens", "no_smtp"]
    assert mailbox.texts() == ["Erste", "Zweite"]
    mailbox.deliver("Dritte")
    mailbox.run()
    mailbox.run()
    assert mailbox.texts() == ["Erste", "Zweite", "Dritte"]
    assert MailFolder.get().taken == 3
    owner = mailbox.server.as_(mailbox.login)
    assert owner.select("INBOX", readonly=True)[1] == [b"3"]
    assert owner.recent()[1] == [b"3"], "the mails are as new as they came"
    assert owner.fetch("1:*", "(FLAGS)")[1] == [b"%d (FLAGS (\\Recent))" % n for n in (1, 2, 3)]
    owner.logout()
    assert len(list((mailbox.server.maildir(mailbox.login) / "new").iterdir())) == 3


def test_the_first_run_reads_seven_days_and_later_ones_whatever_comes(mailbox):
    now = datetime.now(UTC).replace(tzinfo=None)
    mailbox.deliver("Alt", at=now - timedelta(days=9))
    mailbox.deliver("Neu", at=now - timedelta(days=6))
    mailbox.run()
    assert mailbox.texts() == ["Neu"]
    mailbox.deliver("Mit falscher Uhr", at=now - timedelta(days=700))
    mailbox.run()
    assert mailbox.texts() == ["Neu", "Mit falscher Uhr"]


def test_a_server_that_numbers_its_mails_anew_loses_and_doubles_nothing(mailbox):
    for _ in range(3):
        mailbox.deliver()
    mailbox.run()
    before = MailFolder.get().uidvalidity
    time.sleep(1.1)  # The new number is made of the time.
    mailbox.server.number_anew(mailbox.login)
    mailbox.deliver("Mail 4")
    mailbox.run()
    assert MailFolder.get().uidvalidity != before
    assert sorted(mailbox.texts()) == ["Mail 1", "Mail 2", "Mail 3", "Mail 4"]
    mailbox.run()
    assert MailMessage.select().count() == 4 and MailFolder.get().rescan_since is None


def test_reading_again_brings_nothing_twice(mailbox):
    mailbox.deliver()
    mailbox.run()
    read_again(mailbox.stands)
    mailbox.run()
    assert MailMessage.select().count() == 1 and MailFolder.get().last_uid == 1


def test_several_folders_and_a_missing_one(mailbox):
    owner = mailbox.server.as_(mailbox.login)
    owner.create("Junk")
    owner.logout()
    mailbox.deliver("Im Spam", folder="Junk")
    mailbox.account.change(folders=["INBOX", "Junk"])
    mailbox.run()
    assert mailbox.texts() == ["Im Spam"]
    mailbox.account.change(folders=["Nirgends", "INBOX"])
    mailbox.deliver("Im Eingang")
    mailbox.run()
    assert mailbox.texts() == ["Im Spam", "Im Eingang"], "the others are read all the same"
    assert (mailbox.stands.state, mailbox.stands.problem_words.message.split(".")[0]) == (
        "active",
        "A folder of the mailbox is missing",
    )
    mailbox.stands.try_again()
    mailbox.run()
    assert mailbox.stands.state == "refused"
    assert str(mailbox.stands.problem_words) == "There is no folder “Nirgends”. The mailbox has: Junk, INBOX"


def test_a_mail_that_is_too_large_is_passed_over_and_it_is_said(mailbox, monkeypatch):
    monkeypatch.setattr(imap_client, "MOST_BYTES", 20_000)
    mailbox.deliver("Vorher")
    mailbox.deliver(raw=mail_of("x" * 30_000, message_id="<big@x>"))
    mailbox.deliver("Nachher")
    mailbox.run()
    assert mailbox.texts() == ["Vorher", "Nachher"]
    [skipped] = MailSeen.skipped(mailbox.account.id)
    assert "larger than 25 MB" in str(skipped.problem_words) and skipped.size > 30_000


def test_a_process_killed_in_the_middle_loses_and_doubles_nothing(mailbox):
    for _ in range(120):
        mailbox.deliver(f"Mail {next(mailbox._numbers)}")
    account = mailbox.account
    for wanted in (1, 51, 101):
        _killed_when(mailbox, lambda wanted=wanted: MailMessage.select().count() >= wanted)
    mailbox.account = account
    mailbox.run()
    assert MailMessage.select().count() == 120
    assert len(set(mailbox.texts())) == 120


def _killed_when(mailbox: Mailbox, is_time: Any) -> None:
    close_databases()
    child = os.fork()
    if not child:
        try:
            open_databases(mailbox.settings)
            mailbox.run()
        finally:
            os._exit(0)
    open_databases(mailbox.settings)
    until = time.monotonic() + 20
    while not is_time() and time.monotonic() < until:
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    JobRun.update(state="failed").execute()


# Servers that do not keep to what is right


@pytest.fixture
def script(mailbox) -> Iterator[Script]:
    """A server under TLS that says what the test wants; the account speaks to it."""
    made = Script(mailbox.server.authority.sign())
    mailbox.account.change(port=made.port)
    yield made
    made.close()


def test_a_server_that_drops_the_connection_is_asked_again_and_nothing_is_lost(mailbox, script):
    script.mails = {uid: mail_of(f"Mail {uid}", message_id=f"<{uid}@drop>") for uid in range(1, 8)}
    script.breaks_at = {4: 2}  # In the middle of the fourth, twice.
    mailbox.run()
    assert mailbox.texts() == ["Mail 1", "Mail 2", "Mail 3"]
    assert (mailbox.stands.failures, mailbox.stands.problem_words.message.split(".")[0]) == (
        1,
        "The server closed the connection",
    )
    mailbox.run()
    assert mailbox.stands.failures == 2
    mailbox.run()
    assert mailbox.texts() == [f"Mail {uid}" for uid in range(1, 8)]
    assert mailbox.stands.failures == 0


def test_a_mail_that_always_breaks_the_connection_holds_up_no_other_for_ever(mailbox, script):
    script.mails = {uid: mail_of(f"Mail {uid}", message_id=f"<{uid}@poison>") for uid in (1, 2, 3)}
    script.breaks_at = {2: 99}
    for _ in range(6):
        mailbox.run()
    assert mailbox.texts() == ["Mail 1", "Mail 3"]
    assert [str(one.problem_words) for one in MailSeen.skipped(mailbox.account.id)] == [
        "The server broke off several times while giving it. Read it in the mailbox itself."
    ]


def test_a_server_that_stalls_or_drips_is_left_alone_in_time(mailbox, script, monkeypatch):
    script.mails = {1: mail_of("Mail 1", message_id="<1@stall>")}
    mailbox.run()
    script.mails[2] = mail_of("Mail 2", message_id="<2@stall>")
    monkeypatch.setattr(imap_client, "FETCH_SECONDS", 0.6)
    for how in ("stall", "drip"):
        script.how = how
        began = time.monotonic()
        mailbox.run()
        assert time.monotonic() - began < 5
        assert mailbox.stands.problem_words.message.startswith("The server did not answer in time.")
        assert mailbox.stands.rest_until is not None
    script.how = ""
    mailbox.run()
    assert mailbox.texts() == ["Mail 1", "Mail 2"]


def test_a_server_that_lies_about_sizes_and_numbers_loses_and_doubles_nothing(mailbox, script):
    script.mails = {uid: mail_of(f"Mail {uid}", message_id=f"<{uid}@lies>") for uid in (1, 2, 3, 4)}
    script.sizes = {1: 1, 2: 4_000_000, 3: 10}  # Said before; the mails are as long as they are.
    script.literals = {3: 900_000_000}  # And then announced as endless.
    script.highest = 4_294_967_295  # There is no such mail.
    mailbox.run()
    assert mailbox.texts() == ["Mail 1", "Mail 2", "Mail 4"]
    assert len(MailSeen.skipped(mailbox.account.id)) == 1
    assert MailFolder.get().last_uid == 4
    script.literals = {}
    script.mails[5] = mail_of("Mail 5", message_id="<5@lies>")
    mailbox.run()
    assert mailbox.texts()[3:] == ["Mail 5"]
    read_again(mailbox.stands)
    mailbox.run()
    assert sorted(mailbox.texts()) == [f"Mail {uid}" for uid in range(1, 6)] and not MailSeen.skipped(
        mailbox.account.id
    )


def test_what_a_paused_or_changed_account_fetched_is_not_kept(mailbox, script):
    script.mails = {1: mail_of("Mail 1", message_id="<1@pause>")}
    mailbox.run()
    script.mails[2] = mail_of("Mail 2", message_id="<2@pause>")
    script.before_body = lambda: mailbox.stands.pause()
    mailbox.run()
    assert mailbox.stands.state == "paused" and mailbox.texts() == ["Mail 1"]


class Junk(Script):
    """Answers as it should, and then something of it is cut, doubled or exchanged."""

    def __init__(self, chance: random.Random):
        self.chance = chance
        super().__init__(None)
        self.mails = {1: b"Subject: x\r\n\r\nx\r\n", 2: b"Subject: y\r\n\r\ny\r\n"}

    def answer(self, wire: Any, text: str) -> bool:
        told = Told()
        goes_on = super().answer(told, text)
        wire.sendall(self._spoilt(told.said_back) if self.chance.random() < 0.4 else told.said_back)
        return goes_on

    def _spoilt(self, answer: bytes) -> bytes:
        at, end = sorted(self.chance.randrange(len(answer) + 1) for _ in range(2))
        kinds = (
            b"",
            b"(",
            b")" * 9,
            b"{9}\r\n",
            b'"',
            b"NIL",
            b"99999999999999999999",
            b"\xff\xfe",
            b"\\",
            b"[",
            answer[at:end] * 2,
            b"(" * 3000,
        )
        return answer[:at] + self.chance.choice(kinds) + answer[end:]


class Told:
    said_back = b""

    def sendall(self, data: bytes) -> None:
        self.said_back += data


def test_whatever_a_server_answers_is_mail_or_trouble_with_a_name(portal, monkeypatch):
    monkeypatch.setattr(imap_client, "COMMAND_SECONDS", 0.12)
    monkeypatch.setattr(imap_client, "FETCH_SECONDS", 0.12)
    monkeypatch.setattr(imap_session, "COMMAND_SECONDS", 0.12)
    chance, ended = random.Random(8), set()
    for _ in range(80):
        server = Junk(chance)
        try:
            with imap_client.ImapClient(
                portal, Server("127.0.0.1", server.port, "anna", "x", security="none")
            ) as client:
                client.sign_in()
                client.folders()
                state = client.look("INBOX")
                uids = client.uids(after=0, since=NOW, up_to=state.highest)
                for fetched in client.fetch(client.envelopes([str(uid) for uid in uids])):
                    assert fetched.raw is None or isinstance(fetched.raw, bytes)
            ended.add("read")
        except IntegrationError as error:
            ended.add(error.code)
        finally:
            server.close()
    assert {"read", "unreadable"} <= ended <= set(PROBLEMS) | {"read"}


# Folders of mails


@pytest.fixture
def folder(mailbox, tmp_path) -> Iterator[Any]:
    """A Maildir of the team, connected."""
    root = tmp_path / "mails"
    for part in ("new", "cur", "tmp"):
        (root / "lotus" / "support" / part).mkdir(parents=True)
    mailbox.settings = replace(mailbox.settings, mail_folders=root)
    jobs_amazon.use_settings(mailbox.settings)
    mailbox.account = mailbox.connect(kind="maildir", path="support")
    return root / "lotus" / "support"


def test_a_folder_is_read_file_by_file_and_nothing_in_it_is_moved(mailbox, folder):
    now = time.time()
    for number in (1, 2):
        (folder / "new" / f"{number}.M1.host").write_bytes(mail_of(f"Mail {number}", message_id=f"<{number}@dir>"))
    (folder / "cur" / "3.M1.host:2,S").write_bytes(mail_of("Mail 3", message_id="<3@dir>"))
    (folder / "tmp" / "4.M1.host").write_bytes(b"half")
    (folder / "new" / "5.M1.host").write_bytes(mail_of("Alt", message_id="<5@dir>"))
    os.utime(folder / "new" / "5.M1.host", (now, now - 9 * 86400))
    mailbox.run()
    assert sorted(mailbox.texts()) == ["Mail 1", "Mail 2", "Mail 3"]
    (folder / "new" / "1.M1.host").rename(folder / "cur" / "1.M1.host:2,RS")  # A mail program looked at it.
    (folder / "new" / "6.M1.host").write_bytes(mail_of("Mail 6", message_id="<6@dir>"))
    mailbox.run()
    mailbox.run()
    assert sorted(mailbox.texts()) == ["Mail 1", "Mail 2", "Mail 3", "Mail 6"]
    assert sorted(path.name for path in folder.rglob("*.host*")) == [
        "1.M1.host:2,RS", "2.M1.host", "3.M1.host:2,S", "4.M1.host", "5.M1.host", "6.M1.host",
    ]  # fmt: skip


def test_links_and_folders_elsewhere_are_not_followed(mailbox, folder, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(mail_of("Geheim", message_id="<secret@dir>"))
    (folder / "new" / "1.M1.host").symlink_to(secret)
    (folder / "new" / "2.M1.host").mkdir()
    mailbox.run()
    assert mailbox.texts() == [] and mailbox.stands.state == "active"
    for name in ("elsewhere", "nothing"):
        mailbox.account.change(path=name)
        if name == "elsewhere":
            (folder.parent / name).symlink_to(tmp_path)
        mailbox.stands.try_again()
        mailbox.run()
        assert mailbox.stands.state == "refused"
    for path in ("../comet", "a/b", "..", "/etc"):
        with pytest.raises(Exception, match="A folder's name has letters"):
            mailbox.connect(kind="maildir", path=path)
    assert mailbox.texts() == []
