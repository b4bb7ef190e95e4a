"""A buyer in Japan is answered, in a real browser: the mail comes over IMAP, is read and translated, answered from a template whose gap
the check found, leaves over real SMTP, and Amazon's copy finds its answer."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from playwright.sync_api import expect

import sandbox
from jobs import amazon as jobs_amazon
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.mailbox.account import MailAccount
from models.mailbox.connecting import connect
from models.mailbox.message import MailMessage
from models.mailbox.template import MailTemplate
from models.mailbox.thread import MailThread
from models.stores.store import Store
from models.support import clock as the_clock
from models.translation.account import TranslatorAccount
from models.translation.connecting import connect as connect_translator
from sandbox.translators.microsoft import KEY
from tests.servers import Dovecot, free_port

# The login travels under TLS from the first byte, which aiosmtpd does not see.
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("ignore:Requiring AUTH")]

LOGIN, SECRET, ORDER = "support@lotus.example", "Lantern-Quay-58", "503-1234567-7654321"
RELAY = "q1w2e3r4t5y6u7i@marketplace.amazon.co.jp"
ASKED = "こんにちは。\n荷物はいつ届きますか。三日前から動いていません。\n佐藤"
READY = {"en": "Dear {{buyer_name}}, your parcel {{tracking_number}} is on its way.",
         "ja": "{{buyer_name}} 様\n\nご注文 {{order_id}} の荷物は配送中です。お問い合わせ番号は {{tracking_number}} です。"}  # fmt: skip
DASHES = "-" * 13


class Office:
    """What aiosmtpd asks: everybody who knows the secret may send."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 queued"

    def let_in(self, server: Any, session: Any, envelope: Any, mechanism: str, told: Any) -> AuthResult:
        return AuthResult(success=(told.login, told.password) == (LOGIN.encode(), SECRET.encode()))


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    server = Dovecot()
    try:
        yield server.start()
    finally:
        server.remove()


@pytest.fixture
def office(dovecot: Dovecot) -> Iterator[tuple[Office, int]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*dovecot.authority.sign())
    made, port = Office(), free_port()
    controller = Controller(made, hostname="127.0.0.1", port=port, ssl_context=context, authenticator=made.let_in,
                            auth_required=True, auth_require_tls=False)  # fmt: skip
    controller.start()
    yield made, port
    controller.stop()


@pytest.fixture
def account(portal_url: str, portal: Any, dovecot: Dovecot, office: Any, lotus: Any) -> Iterator[MailAccount]:
    with sandbox.start(0, seed=5, rate_scale=1e6) as amazon:
        jobs_amazon.use_settings(replace(portal, mail_ca=dovecot.authority.pem, translators_url=amazon.url))
        told = {"name": "Support", "store": Store.get(Store.team == lotus), "host": "localhost", "port": dovecot.port, "login": LOGIN,
                "auth": "password", "secret": dovecot.password, "client_id": "", "client_secret": "", "oauth_url": "",
                "folders": ["INBOX"], "from_address": LOGIN, "smtp_host": "localhost", "smtp_port": office[1],
                "smtp_security": "tls", "smtp_login": LOGIN, "smtp_secret": SECRET, "path": ""}  # fmt: skip
        yield connect(lotus, "imap", told)
    jobs_amazon._settings = None


def work(job: str, scope: Any, seconds: float = 1) -> None:
    the_clock.move(seconds=seconds)
    run = Runner(SCHEDULE, jobs_amazon.settings()).run(job, str(scope), the_clock.now())
    assert run is not None and run.reload().state == "done", run and run.reload().error


def relayed(text: str, notification: str, answers: str = "", charset: str = "utf-8") -> bytes:
    mail = EmailMessage(policy=POLICY)
    mail["From"], mail["To"] = f'"佐藤 花子 - Amazon Marketplace" <{RELAY}>', LOGIN
    mail["Subject"] = f"Amazonのお客様からのお問い合わせ（注文: {ORDER}）"
    mail["Message-ID"] = f"<{abs(hash(text))}@us-west-2.amazonses.com>"
    mail["X-Space-Notification-Type"], mail["X-Marketplace-ID"] = f"BBC_MESSAGE_{notification}", "A1VC38T7YXB528"
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    mail.set_content(
        f"メッセージ:\n{DASHES} メッセージ開始 {DASHES}\n{text}\n{DASHES} メッセージ終了 {DASHES}\n",
        charset=charset,
        cte="base64",
    )
    return mail.as_bytes()


def test_a_buyer_in_japan_is_answered(
    window: Any, account: MailAccount, dovecot: Dovecot, office: Any, lotus: Any, alice: Any
):
    translator = connect_translator(lotus, kind="microsoft", secret=KEY, region="westeurope", by=alice)
    MailTemplate.make(lotus, "On its way", "template", READY, by=alice)
    work("mailbox.translate", translator.uid)
    assert TranslatorAccount.get_by_id(translator.id).state == "active"
    asked = relayed(ASKED, "SENT_TO_MERCHANT", charset="iso-2022-jp")
    dovecot.deliver(LOGIN, asked)
    work("mailbox.fetch", account.uid)
    question = MailMessage.get()

    page = window(alice)
    page.goto("mailbox/?wait=answer")
    page.get_by_role("link", name=ORDER).first.click()
    expect(page.get_by_text("荷物はいつ届きますか").first).to_be_visible()
    page.goto(f"mailbox/threads/{question.thread.uid}")

    page.get_by_role("button", name="Translate", exact=True).click()
    expect(page.get_by_text("It is being translated")).to_be_visible()
    work("mailbox.translate", translator.uid)
    expect(page.get_by_text("«en» こんにちは")).to_be_visible()

    with page.expect_response("**/reply/writers"):
        page.locator("#f-reply").focus()
    page.select_option("#pick-template", label="On its way")
    page.get_by_role("button", name="Put it in").click()
    text = page.locator("#f-reply")
    expect(text).to_have_value(
        f"佐藤 花子 様\n\nご注文 {ORDER} の荷物は配送中です。お問い合わせ番号は {{{{tracking_number}}}} です。"
    )
    expect(page.locator("#reply-lint")).to_contain_text("placeholder")
    page.locator("#reply-form").get_by_role("button", name="Send").click()
    expect(page.locator("[data-field=reply] .field-error")).to_contain_text("placeholder")
    answer = text.input_value().replace("{{tracking_number}}", "1234-5678-9012") + "\n. 明日お届けします。"
    text.fill(answer)
    expect(page.locator("#reply-lint")).to_contain_text("Nothing Amazon would mind")
    page.locator("#reply-form").get_by_role("button", name="Send").click()
    expect(page.get_by_text("Waiting to be sent")).to_be_visible()

    work("mailbox.send", account.uid, seconds=21)
    expect(page.locator("#thread-state")).to_contain_text("Waiting for the buyer")
    [(sender, recipients, raw)] = office[0].taken
    sent = message_from_bytes(raw, policy=POLICY)
    reply = MailMessage.get(MailMessage.direction == "out")
    assert (sender, recipients) == (LOGIN, [RELAY]) and (sent["From"], sent["To"]) == (LOGIN, RELAY)
    asked_id = message_from_bytes(asked, policy=POLICY)["Message-ID"]
    assert (sent["In-Reply-To"], sent["References"], sent["Message-ID"]) == (asked_id, asked_id, reply.message_id)
    assert sent["Subject"] == f"Re: Amazonのお客様からのお問い合わせ（注文: {ORDER}）"
    assert (sent.get_content_type(), sent.get_content_charset(), sent["Content-Transfer-Encoding"]) == (
        "text/plain", "utf-8", "quoted-printable")  # fmt: skip
    assert sent.get_content().replace("\r\n", "\n") == answer + "\n" and raw.isascii()
    thread = MailThread.get()
    assert (thread.state, thread.unanswered_at, thread.due_at) == ("waiting", None, None)

    dovecot.deliver(LOGIN, relayed(answer, "CONFIRMATION_TO_MERCHANT", answers=reply.message_id))
    work("mailbox.fetch", account.uid, seconds=60)
    page.reload()
    expect(page.locator("#messages article")).to_have_count(3)
    expect(page.get_by_text("Copy of our answer")).to_be_visible()
    assert (MailThread.select().count(), MailThread.get().state) == (1, "waiting")
