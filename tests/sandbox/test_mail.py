"""The stand-in relay: its mails read as real ones do, answers go through it by SMTP, and faults break what they say."""

from __future__ import annotations

import time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from integrations.errors import IntegrationError
from integrations.mailboxes import Server
from integrations.mailboxes.smtp_client import SmtpClient
from models.mailbox.reading import read

BOX = "support@lotus.example"


@pytest.fixture
def post(alone, tmp_path) -> Post:
    alone.publish("MAIL-1")
    order_ids = alone.control.post("/orders", seller_id=alone.id, count=1, statuses=["UNSHIPPED"])["order_ids"]
    told = alone.control.post("/mail/mailboxes", address=BOX, folder=str(tmp_path / "box"))
    return Post(alone.control, tmp_path / "box", order_ids[0], told["smtp"])


class Post:
    def __init__(self, control: Any, folder: Path, order_id: str, smtp: dict[str, Any]):
        self.control, self.folder, self.order_id, self.smtp = control, folder, order_id, smtp
        self._known: set[Path] = set()

    def write(self, kind: str, **told: Any) -> Any:
        self.control.post("/mail/letters", mailbox=BOX, order_id=self.order_id, kind=kind, **told)
        [mail] = self.new()
        return mail

    def new(self) -> list[Any]:
        """What came since, read."""
        came = sorted(set((self.folder / "new").iterdir()) - self._known)
        self._known |= set(came)
        return [read(path.read_bytes()) for path in came]

    def answer(self, to: str, text: str = "Guten Tag, es kommt morgen.", sender: str = BOX) -> str:
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = sender, to, "Re: x", "<own-1@lotus.example>"
        mail.set_content(text)
        server = Server("127.0.0.1", self.smtp["port"], self.smtp["login"], self.smtp["password"], security="none")
        with SmtpClient(Settings(data=self.folder, mode="test"), server) as client:
            client.sign_in()
            return client.send(sender, to, mail.as_bytes()).said


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "ja", "zh"])
def test_letters_of_every_language_read_as_the_buyer_wrote_them(post, language):
    for kind, part in (
        ("where", {"ja": "先週注文した商品", "zh": "十天没有更新", "de": "hängt mein Paket"}.get(language, "")),
        ("damaged", ""),
    ):
        mail = post.write(kind, language=language)
        assert (mail.type, mail.starts_sla, list(mail.order_ids)) == ("buyer_message", True, [post.order_id])
        assert part in mail.buyer_text and "---" not in mail.buyer_text and mail.buyer_key
        assert len(mail.attachments) == (kind == "damaged") and not mail.warnings


def test_flawed_letters_are_read_all_the_same(post):
    wanted = {
        "no_charset": {"CHARSET_MISSING"},
        "wrong_charset": {"CHARSET_UNKNOWN"},
        "raw_header": {"HEADER_RAW_8BIT"},
        "html_only": set(),
    }
    for flaw, warnings in wanted.items():
        mail = post.write("where", language="ja", flaw=flaw)
        assert "先週注文した商品" in mail.buyer_text and warnings <= set(mail.warnings), flaw


def test_notices_and_somebody_who_pretends_to_be_amazon(post):
    kinds = {"return": "return_request", "refund": "refund_notice", "claim": "a2z_claim", "opt_out": "buyer_opt_out", "system": "amazon_system",
             "phishing": "phishing_suspect"}  # fmt: skip
    assert {kind: post.write(kind).type for kind in kinds} == kinds


def test_an_answer_is_passed_on_with_a_copy_and_the_buyer_answers(post):
    to = post.write("question").from_addr
    post.control.post("/mail/buyers", answer_seconds=0)
    assert post.answer(to).endswith("queued")
    until = time.monotonic() + 5
    came: list[Any] = []
    while len(came) < 2 and time.monotonic() < until:
        came += post.new()
        time.sleep(0.05)
    assert [mail.type for mail in came] == ["confirmation_receipt", "buyer_message"]
    assert all("<own-1@lotus.example>" in mail.references for mail in came)
    assert post.control.get("/mail/answers")["answers"][0]["text"] == "Guten Tag, es kommt morgen."


def test_what_amazon_does_not_pass_on_comes_back(post):
    to = post.write("question").from_addr
    for text, address in (("Siehe https://shop.example.com", to), ("Hallo", "nobody0000@marketplace.amazon.de")):
        post.answer(address, text)
        assert [mail.type for mail in post.new()] == ["delivery_failure"]
    post.control.post("/mail/faults", kind="bounced")
    post.answer(to)
    assert [mail.type for mail in post.new()] == ["delivery_failure"]
    with pytest.raises(IntegrationError) as failed:
        post.answer(to, sender="other@lotus.example")
    assert failed.value.code == "sender_refused"


@pytest.mark.parametrize(
    ("kind", "code"), [("later", "smtp_later"), ("refused", "mail_refused"), ("dropped", "unknown")]
)
def test_faults_break_the_way_there(post, kind, code):
    to = post.write("question").from_addr
    post.control.post("/mail/faults", kind=kind)
    with pytest.raises(IntegrationError) as failed:
        post.answer(to)
    assert failed.value.code == code
    assert len(post.control.get("/mail/answers")["answers"]) == (kind == "dropped")
    assert post.answer(to).endswith("queued")
