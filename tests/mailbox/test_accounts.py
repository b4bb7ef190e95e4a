"""Connecting a mailbox: whatever is wrong is said in words, secrets are never shown again, and nobody else comes near them."""

from __future__ import annotations

import re
import socket
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from config.settings import Settings
from integrations.errors import IntegrationError
from integrations.mailboxes import Server, channel
from integrations.mailboxes.imap_client import ImapClient
from integrations.mailboxes.smtp_client import SmtpClient
from integrations.mailboxes.tokens import Grant, Tokens
from jobs import amazon as jobs_amazon
from jobs import mailbox as jobs_mailbox
from jobs.mailbox_words import PROBLEMS
from models.audit.event import Event
from models.mailbox.account import MailAccount
from models.mailbox.route import MailRoute
from models.support import clock
from models.support.job_run import JobRun, JobWake
from models.vault.data_key import is_destroyed
from tests.certificates import Authority
from tests.mailbox.scripted import Lines, Script, Silent, Smtp
from tests.servers import free_port

SECRET = "Correct-Horse-Battery-9"


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def trusting(authority, tmp_path) -> Settings:
    return Settings(data=tmp_path, mode="test", mail_ca=authority.pem)


@pytest.fixture
def start() -> Any:
    """Starts a server for the test."""
    made: list[Lines] = []

    def begin(server: Lines) -> Lines:
        made.append(server)
        return server

    yield begin
    for server in made:
        server.close()


def read_at(settings: Settings, port: int, host: str = "localhost", password: str = SECRET) -> None:
    with ImapClient(settings, Server(host, port, "anna", password)) as client:
        client.sign_in()
        client.look("INBOX")


def code_of(act: Callable[[], Any]) -> str:
    with pytest.raises(IntegrationError) as failed:
        act()
    assert failed.value.code in PROBLEMS, "every code has words"
    return failed.value.code


# What the doctor finds


@pytest.mark.parametrize(
    ("code", "signed"),
    [("cert_expired", {"days": (-9, -2)}), ("cert_early", {"days": (2, 9)}), ("cert_other_name", {"name": "mail.example.com"}),
     ("cert_self_signed", {"by_itself": True})],
)  # fmt: skip
def test_a_certificate_that_is_not_right_is_named_and_no_password_is_sent(authority, trusting, start, code, signed):
    server = start(Script(authority.sign(**signed)))
    assert code_of(lambda: read_at(trusting, server.port)) == code
    assert server.said == []


def test_what_stands_in_the_way_of_reading_is_named(authority, trusting, start, monkeypatch):
    good = authority.sign()
    refusing = {
        "login_refused": "TAG NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
        "app_password": "TAG NO [ALERT] Application-specific password required: https://support.example.com/ (Failure)",
        "password_off": "TAG NO LOGIN failed: basic authentication is disabled",
        "login_later": "TAG NO [UNAVAILABLE] Temporary authentication failure",
    }
    for code, answer in refusing.items():
        assert code_of(lambda answer=answer: read_at(trusting, start(Script(good, LOGIN=answer)).port)) == code
    looks = {
        "not_readonly": "* 0 EXISTS|* OK [UIDVALIDITY 3]|TAG OK [READ-WRITE] done",
        "no_uidvalidity": "* 0 EXISTS|TAG OK [READ-ONLY] done",
        "folder_missing": "TAG NO [NONEXISTENT] no such folder",
        "unreadable": "TAG NO [UNAVAILABLE] later",
    }
    for code, answer in looks.items():
        assert code_of(lambda answer=answer: read_at(trusting, start(Script(good, EXAMINE=answer)).port)) == code
    off = start(Script(good, CAPABILITY="* CAPABILITY IMAP4rev1 LOGINDISABLED|TAG OK done"))
    assert code_of(lambda: read_at(trusting, off.port)) == "password_off" and not any(
        "LOGIN" in one for one in off.said
    )
    assert code_of(lambda: read_at(trusting, start(Script(None)).port)) == "plain_only"
    assert code_of(lambda: read_at(trusting, start(Smtp(good)).port)) in ("not_imap", "unreadable")
    assert code_of(lambda: read_at(trusting, free_port())) == "connection_refused"
    assert code_of(lambda: read_at(trusting, 993, "imap.nirgends.invalid")) in ("name_unknown", "name_unasked")
    assert code_of(lambda: read_at(replace(trusting, mail_ca=None), start(Script(good)).port)) == "cert_unknown"
    monkeypatch.setattr(channel, "CONNECT_SECONDS", 0.3)
    assert code_of(lambda: read_at(trusting, start(Silent(None)).port)) == "timeout"


def test_private_networks_are_not_called(trusting, start):
    server = start(Silent(None))
    for host in ("10.0.0.8", "192.168.1.9", "169.254.169.254", "fd00::1", "0.0.0.0", "::ffff:10.0.0.1"):
        assert code_of(lambda host=host: read_at(trusting, server.port, host)) == "unsafe_address"
    bare = replace(trusting, mode="production")
    for host in ("127.0.0.1", "localhost", "::1"):
        assert code_of(lambda host=host: read_at(bare, server.port, host)) == "unsafe_address"


def send_at(settings: Settings, server: Smtp, security: str = "tls", sender: str = "support@lotus.example", to: str = "b@x.example",
            raw: bytes = b"Subject: x\r\n\r\nHallo\r\n") -> str:  # fmt: skip
    with SmtpClient(settings, Server("localhost", server.port, "anna", SECRET, security=security)) as client:
        client.sign_in()
        return client.send(sender, to, raw).said


def test_what_stands_in_the_way_of_sending_is_named(authority, trusting, start):
    good = authority.sign()

    def with_(**answers: Any) -> str:
        return code_of(lambda: send_at(trusting, start(Smtp(good, **answers))))

    assert with_(AUTH="535 5.7.8 Username and Password not accepted") == "login_refused"
    assert with_(AUTH="534 5.7.9 Application-specific password required") == "app_password"
    assert with_(AUTH="535 5.7.139 Authentication unsuccessful, basic authentication is disabled") == "password_off"
    assert with_(AUTH="454 4.7.0 Temporary authentication failure") == "login_later"
    assert with_(MAIL="553 5.7.1 <support@lotus.example> sender not owned by user anna") == "sender_refused"
    assert with_(MAIL="451 4.3.0 try later") == "smtp_later"
    assert with_(RCPT="550 5.1.1 no such user") == "recipient_refused"
    assert with_(DATA="554 no") == "mail_refused"
    assert with_(EHLO=["250-x", "250 SIZE 10"]) == "too_large_to_send"
    assert with_(**{".": "554 5.6.0 spam"}) == "mail_refused"
    assert with_(**{".": lambda _wire: False}) == "unknown"  # It hung up after the last byte.
    assert with_(DATA=lambda _wire: False) == "closed"  # And before: then it was not sent.
    plain = start(Smtp(None))
    assert code_of(lambda: send_at(trusting, plain, "starttls")) == "starttls_missing"
    assert code_of(lambda: send_at(trusting, start(Smtp(None)))) == "plain_only"
    assert code_of(lambda: send_at(replace(trusting, mode="production"), plain, "none")) == "unsafe_address"
    assert not any("AUTH" in one for one in plain.said), "no password in plain text"
    assert (
        code_of(lambda: send_at(trusting, start(Smtp(good)), to="a@x.example>\r\nRCPT TO:<c@x.example"))
        == "bad_address"
    )


def test_after_a_refused_answer_the_next_one_goes_in_the_same_session(authority, trusting, start):
    server = start(Smtp(authority.sign(), RCPT="550 no such user"))
    with SmtpClient(trusting, Server("localhost", server.port, "anna", SECRET)) as client:
        client.sign_in()
        with pytest.raises(IntegrationError):
            client.send("support@lotus.example", "gone@x.example", b"a")
        server.answers["RCPT"] = "250 ok"
        client.send("support@lotus.example", "here@x.example", b"b")
    assert [one.split(" ")[0].upper() for one in server.said[2:]] == [
        "MAIL",
        "RCPT",
        "RSET",
        "MAIL",
        "RCPT",
        "DATA",
        "QUIT",
    ]


def test_a_servers_words_are_shown_without_anybodys_address(authority, trusting, start):
    with pytest.raises(IntegrationError) as failed:
        send_at(
            trusting, start(Smtp(authority.sign(), RCPT="550 5.1.1 <buyer@marketplace.amazon.de> is\tunknown here"))
        )
    assert failed.value.message == "550 5.1.1 <…> is unknown here"


def test_a_mail_goes_as_it_is_under_tls_or_starttls(authority, trusting, start):
    good = authority.sign()
    raw = b"Subject: x\r\n\r\n.\r\n..zwei\r\nlone\nend"
    for server, security in (
        (Smtp(good), "tls"),
        (Smtp(None, starttls=good, EHLO=["250-x", "250-STARTTLS", "250 AUTH PLAIN"]), "starttls"),
    ):
        start(server)
        assert send_at(trusting, server, security, raw=raw) == "taken 17"
        assert server.received == [b"Subject: x\r\n\r\n..\r\n...zwei\r\nlone\r\nend\r\n"]
        said = [one.split(" ")[0] for one in server.said]
        assert said.index("AUTH") > (said.index("STARTTLS") if security == "starttls" else 0)


class Provider(Lines):
    """Gives access tokens, and a new refresh token with each."""

    asked = 0

    def answer(self, wire: Any, text: str) -> bool:
        if text:
            return True
        self.asked += 1
        body = b'{"access_token": "ya29.tok", "expires_in": 3599, "refresh_token": "new-one"}'
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        wire.sendall(head.encode() + body)
        return False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"


class OAuth(Script):
    """IMAP that takes the provider's token and no password."""

    token = "ya29.tok"

    def answer(self, wire: Any, text: str) -> bool:
        if "AUTHENTICATE XOAUTH2" in text:
            self.tag = text.split(" ")[0]
            wire.sendall(b"+ \r\n")
            return True
        if (told := getattr(self, "tag", "")) and " " not in text:
            is_right = b64decode(text) == f"user=anna\x01auth=Bearer {self.token}\x01\x01".encode()
            wire.sendall(
                f"{told} {'OK in' if is_right else 'NO [AUTHENTICATIONFAILED] Invalid credentials'}\r\n".encode()
            )
            return True
        return super().answer(wire, text)


def test_a_token_is_fetched_once_and_goes_nowhere_in_plain_text(trusting, start):
    provider = start(Provider(None))
    tokens, grant = Tokens(), Grant(provider.url, "client", "shh", "old-one")
    first = tokens.access(trusting, grant)
    assert (first.token, first.refresh_token) == ("ya29.tok", "new-one")
    assert tokens.access(trusting, replace(grant, refresh_token="new-one")).token == "ya29.tok"
    assert provider.asked == 1 and "shh" not in repr(grant) and "ya29" not in repr(first)
    for mode, address in (
        ("production", provider.url),
        ("test", "http://mail.example.com/token"),
        ("test", "https://10.0.0.1/token"),
    ):
        with pytest.raises(IntegrationError):
            Tokens().access(replace(trusting, mode=mode), replace(grant, token_url=address))


def test_a_mailbox_signs_in_with_oauth_and_a_token_it_refuses_is_asked_for_anew(portal, account, authority, start):
    provider, server = start(Provider(None)), start(OAuth(authority.sign()))
    account.seal(secret="old-one", client_secret="shh")
    account.change(secret=account.secret, client_secret=account.client_secret, auth="xoauth2", client_id="c", oauth_url=provider.url,
                   host="localhost", port=server.port, login="anna", smtp_host="", state="checking")  # fmt: skip
    settings = replace(portal, mail_ca=authority.pem)
    assert try_it(settings, account).state == "active"
    assert account.reload().unseal("secret") == "new-one"
    assert try_it(settings, account).failures == 0 and provider.asked == 1
    server.token = "another"
    assert str(try_it(settings, account).problem_words).startswith(
        "The mail server does not accept the provider's token."
    )
    server.token = "ya29.tok"
    assert try_it(settings, account).failures == 0 and provider.asked == 2


# Its pages


def typed(where: Any, **changes: Any) -> dict[str, Any]:
    return {"kind": "imap", "name": "Support", "store": str(where.uid), "host": "localhost", "port": "993", "login": "anna@lotus.example",
            "auth": "password", "secret": SECRET, "folders": "INBOX", "from_address": "anna@lotus.example", "smtp_host": "localhost",
            "smtp_port": "465", "smtp_security": "tls"} | changes  # fmt: skip


def try_it(settings: Settings, account: MailAccount) -> MailAccount:
    jobs_amazon.use_settings(settings)
    if account.reload().is_resting:
        clock.move(minutes=31)
    run = JobRun.claim("mailbox.fetch", str(account.uid), clock.now())
    try:
        jobs_mailbox.fetch(run)
    finally:
        run.finish("done")
        jobs_amazon._settings = None
    return account.reload()


def test_a_boss_connects_a_mailbox_and_reads_what_was_found(as_, alice, store, portal, authority, start):
    reading, sending = start(Script(authority.sign())), start(Smtp(authority.sign(), MAIL="553 5.7.1 not yours"))
    page = as_(alice)
    answer = page.post(
        "/t/lotus/mailbox/accounts/", data=typed(store, port=str(reading.port), smtp_port=str(sending.port))
    )
    account = MailAccount.get()
    assert answer.status_code == 303 and answer.location.endswith(f"/mailbox/accounts/{account.uid}")
    assert (account.state, account.unseal("secret")) == ("checking", SECRET)
    assert JobWake.get(JobWake.job == "mailbox.fetch").scope == str(account.uid)
    assert "being tried" in page.get(answer.location).text
    account = try_it(replace(portal, mail_ca=authority.pem), account)
    shown = page.get(answer.location).text
    assert account.state == "active" and not account.can_send and account.needs_mending
    assert "opens for reading alone: 0 mails" in shown and "No mail of a buyer came here in 30 days" in shown
    assert "not send as this address: 553 5.7.1 not yours" in shown and "sender_refused" in shown
    for address in ("", "/edit"):
        assert SECRET not in page.get(answer.location + address).text
    assert "Mailboxes to mend" in page.get("/t/lotus/").text
    assert SECRET not in str([event.details for event in Event.select()])


def test_what_was_mended_at_the_other_side_is_found_without_anybodys_help(portal, account, authority, start):
    reading, sending = start(Script(authority.sign())), start(Smtp(authority.sign(), MAIL="451 4.3.0 try later"))
    account.seal(secret=SECRET).change(secret=account.secret, host="localhost", port=reading.port, smtp_host="localhost",
                                       smtp_port=sending.port, state="checking")  # fmt: skip
    settings = replace(portal, mail_ca=authority.pem)
    assert try_it(settings, account).can_send, "what passes by itself keeps no answer back"
    sending.answers["MAIL"] = "550 5.7.1 not yours"
    account.try_again()
    assert not try_it(settings, account).can_send
    sending.answers["MAIL"] = "250 ok"
    assert not try_it(settings, account).can_send
    clock.move(minutes=31)
    assert try_it(settings, account).can_send


def test_a_login_that_is_refused_stops_a_working_mailbox_only_after_some_tries(portal, account, authority, start):
    server = start(Script(authority.sign(), LOGIN="TAG NO [AUTHENTICATIONFAILED] no"))
    account.seal(secret=SECRET).change(secret=account.secret, host="localhost", port=server.port, smtp_host="")
    settings = replace(portal, mail_ca=authority.pem)
    assert [try_it(settings, account).state for _ in range(3)] == ["active", "active", "refused"]
    assert Event.select().where(Event.name == "mail_account_refused").count() == 1
    said = len(server.said)
    try_it(settings, account)
    assert len(server.said) == said, "nobody is asked any more"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"host": "https://imap.example.com"}, "Write the server&#39;s name alone"), ({"host": ""}, "Write the server&#39;s name alone"),
     ({"port": "0"}, "Between 1 and 65,535"), ({"login": " "}, "The login is needed"), ({"secret": ""}, "The secret is needed"),
     ({"from_address": "a@b>\r\nBcc: c@d"}, "Write one address"), ({"auth": "xoauth2"}, "The application&#39;s id is needed"),
     ({"auth": "xoauth2", "client_id": "x", "oauth_url": "ftp://x"}, "token address begins with https"),
     ({"store": "no"}, "Choose from the list"), ({"folders": "\n".join(map(str, range(30)))}, "At most 20 folders"),
     ({"secret": "x\x00y"}, "signs that no password has")],
)  # fmt: skip
def test_what_cannot_be_right_is_said_beside_the_field_and_nothing_is_kept(as_, alice, store, changes, sentence):
    answer = as_(alice).post("/t/lotus/mailbox/accounts/", data=typed(store, **changes))
    assert answer.status_code == 422 and sentence in answer.text
    assert not MailAccount.select().exists() and SECRET not in answer.text


@pytest.fixture
def connected(as_, alice, store) -> MailAccount:
    as_(alice).post("/t/lotus/mailbox/accounts/", data=typed(store, smtp_login="out", smtp_secret="other"))
    return MailAccount.get()


def test_a_stored_secret_is_sent_to_no_other_server(as_, alice, store, connected):
    page, where = as_(alice), f"/t/lotus/mailbox/accounts/{connected.uid}"
    told = typed(store, secret="", smtp_login="out")
    assert page.post(where, data=told | {"name": "Neu"}).status_code == 303
    assert connected.reload().name == "Neu" and connected.reload().unseal("secret") == SECRET
    for change in ({"host": "evil.example.com"}, {"port": "994"}, {"login": "eva"}, {"smtp_host": "evil.example.com"},
                   {"smtp_login": ""}, {"smtp_security": "starttls"}):  # fmt: skip
        assert "type the" in page.post(where, data=told | change).text
    assert (
        page.post(
            where, data=told | {"smtp_host": "evil.example.com", "smtp_login": "", "smtp_secret": "junk"}
        ).status_code
        == 303
    )
    assert connected.reload().smtp_password() == "junk", "never the one for reading"


def test_the_same_mailbox_is_connected_once(as_, alice, store, connected):
    answer = as_(alice).post("/t/lotus/mailbox/accounts/", data=typed(store))
    assert answer.status_code == 422 and "connected this mailbox already" in answer.text


def test_a_removed_mailbox_takes_its_secrets_with_it(as_, alice, store, connected):
    page, where = as_(alice), f"/t/lotus/mailbox/accounts/{connected.uid}"
    assert page.post(f"{where}/removal").status_code == 303
    gone = connected.reload()
    assert (gone.state, gone.secret, gone.smtp_secret, gone.client_secret) == ("removed", None, None, None)
    assert is_destroyed(f"mailbox:{gone.uid}") and page.get(where).status_code == 404
    assert page.post("/t/lotus/mailbox/accounts/", data=typed(store)).status_code == 303, "and may be connected anew"


def test_tags_lead_to_stores_and_are_suggested(as_, alice, store, connected):
    page, where = as_(alice), f"/t/lotus/mailbox/accounts/{connected.uid}"
    assert "+lotus-eu" in page.get(where).text
    assert page.post(f"{where}/routes", data={"tag": "Lotus-EU", "store": str(store.uid)}).status_code == 303
    route = MailRoute.get()
    assert (route.tag, route.address) == ("lotus-eu", "anna+lotus-eu@lotus.example")
    assert (
        "leads to a store already"
        in page.post(f"{where}/routes", data={"tag": "lotus-eu", "store": str(store.uid)}).text
    )
    assert "A tag has" in page.post(f"{where}/routes", data={"tag": "a b", "store": str(store.uid)}).text
    assert page.post(f"{where}/routes/{route.id}/removal").status_code == 303 and not MailRoute.select().exists()


def test_strangers_and_those_who_only_answer_come_nowhere_near(as_, charlie, dora, store, rival_store, connected):
    where = f"/mailbox/accounts/{connected.uid}"
    acts = ["", "/trial", "/pause", "/reading", "/removal", "/routes"]
    assert {as_(charlie).post(f"/t/comet{where}{act}", data=typed(rival_store)).status_code for act in acts} == {404}
    assert {as_(dora).post(f"/t/lotus{where}{act}").status_code for act in acts} == {403}
    assert (
        as_(charlie).get(f"/t/comet{where}").status_code == 404 and as_(dora).get(f"/t/lotus{where}").status_code == 403
    )
    assert as_(charlie).post("/t/comet/mailbox/accounts/", data=typed(store)).status_code == 422, (
        "a store of another team"
    )
    assert connected.reload().state == "checking"


def test_no_answer_of_a_server_is_logged(trusting, authority, start, caplog):
    caplog.set_level(1)
    server = start(Script(authority.sign()))
    server.mails = {1: b"Subject: Geheim\r\n\r\nGeheim\r\n"}
    with ImapClient(trusting, Server("localhost", server.port, "anna", SECRET)) as client:
        client.sign_in()
        client.look("INBOX")
        assert [one.raw for one in client.fetch(client.envelopes(["1"]))] == [server.mails[1]]
    assert not re.search(f"Geheim|{SECRET}", caplog.text)
    assert socket.getdefaulttimeout() is None
