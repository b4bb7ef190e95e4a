"""Who sees a wallet is told once when it is low, overdrawn or frozen and when holds end: in the portal, and by mail in their language."""

from __future__ import annotations

import re
from typing import Any

import pytest

from jobs import notices, wallets
from models.audit.event import Event
from models.notices.address import NoticeAddress
from models.notices.kinds import KINDS
from models.notices.muted import MutedNotice
from models.notices.notice import JOB, Notice
from models.support import clock as the_clock
from models.support.errors import FieldRefused, Refused
from models.support.job_run import JobRun
from models.wallet import hold as holds
from models.wallet import proof
from models.wallet.alert import WalletAlert, watch
from models.wallet.mending import adjust, pay_in
from models.wallet.wallet import Wallet
from tests.notices.conftest import post  # noqa: F401 (a fixture)
from tests.wallet.test_pages import seat

CODE = re.compile(r"\b(\d{6})\b")


def run(job: Any, name: str) -> None:
    one = JobRun.claim(name, "", the_clock.now())
    job(one)
    one.finish("done")
    the_clock.move(seconds=1)


def mailed() -> None:
    run(notices.send, JOB)


def told(person: Any, box: Any, address: str) -> None:
    """Has this address, which they confirmed."""
    made = NoticeAddress.put(person, address)
    mailed()
    made.confirm(CODE.search(box.last()[1].get_content())[1])


@pytest.fixture
def finn(lotus):
    return seat(lotus, "finn", "finance")


@pytest.mark.both
def test_a_level_is_told_once_and_again_only_after_it_was_above(wallet, olga, in_parallel):
    wallet.set_terms(credit_limit_minor=0, alert_below_minor=50_000, by=olga)
    assert watch() == 0
    adjust(wallet, -60_000, key="down", by=olga)
    outcome = in_parallel(2, lambda number: watch())
    assert sorted(outcome.results) == [0, 1] and watch() == 0
    adjust(wallet, -50_000, key="further", by=olga)
    assert watch() == 1 and Event.select().where(Event.name == "wallet_overdrawn").count() == 1
    pay_in(wallet, 90_000, key="up", by=olga)
    assert watch() == 0 and WalletAlert.select().where(WalletAlert.ended_at.is_null()).count() == 0
    adjust(wallet, -79_000, key="down again", by=olga)
    assert watch() == 1
    assert [(one.kind, one.ended_at is None) for one in WalletAlert.select().order_by(WalletAlert.id)] == [
        ("low", False), ("overdrawn", False), ("low", True),
    ]  # fmt: skip


def test_it_is_mailed_to_who_sees_the_wallet_in_their_language_and_to_nobody_else(
    wallet, olga, alice, bob, finn, charlie, harbor, post, clock  # noqa: F811
):  # fmt: skip
    gao = seat(harbor, "gao", "cashier")
    for person in (alice, bob, finn, charlie, gao):
        told(person, post, f"{person.login}@example.com")
    finn.rename("Finn Person", "zh_Hans", by=finn)
    post.mails.clear()
    wallet.set_terms(credit_limit_minor=0, alert_below_minor=50_000, by=olga)
    adjust(wallet, -60_000, key="down", by=olga)
    for _twice in range(2):
        run(wallets.alerts, "wallet.alerts")
        mailed()
    assert sorted(to[0] for to, _mail in post.mails) == ["alice@example.com", "finn@example.com"]
    by = {to[0]: mail for to, mail in post.mails}
    text = by["alice@example.com"].get_content()
    assert (
        "CN¥400.00" in text
        and "/t/lotus/wallet/?wallet=CNY" in text
        and by["alice@example.com"]["Subject"].startswith("W00001-CNY")
    )
    assert (
        "¥400.00" in by["finn@example.com"].get_content()
        and "Alice" not in text
        and "Finn" not in str(by["finn@example.com"]["To"])
    )
    MutedNotice.put(finn, ["wallet_low"])
    post.mails.clear()
    proof.freeze(wallet.reload(), "a test")
    run(wallets.alerts, "wallet.alerts")
    mailed()
    assert sorted(to[0] for to, _mail in post.mails) == ["alice@example.com", "gao@example.com"], "finn switched it off"
    assert Notice.select().where(Notice.body.is_null(False)).count() == 0


def test_holds_near_their_end_are_told_together(wallet, parcel, channel, olga, alice, post, clock):  # noqa: F811
    told(alice, post, "alice@example.com")
    for number in range(3):
        holds.place(wallet, parcel(), channel, 1_000, key=f"h{number}", by=olga)
    clock.move(days=10, minutes=1)
    for _twice in range(2):
        run(wallets.expire, "wallet.expire")
        mailed()
    (_code, (_to, mail)) = post.mails
    assert mail["Subject"] == "W00001-CNY: CN¥30.00 on hold ends soon" and "(3)" in mail.get_content()


def test_a_server_that_refuses_is_tried_again_and_nobody_is_told_twice(wallet, olga, alice, post, clock):  # noqa: F811
    told(alice, post, "alice@example.com")
    post.mails.clear()
    post.answers += ["451 later", "554 never"]
    adjust(wallet, -200_000, key="down", by=olga)
    run(wallets.alerts, "wallet.alerts")
    mailed()
    first = Notice.get(Notice.kind == "wallet_overdrawn")
    assert (first.state, first.attempts, post.mails) == ("waiting", 1, [])
    mailed()
    assert post.answers == ["554 never"], "it rests"
    clock.move(minutes=2)
    mailed()
    assert first.reload().state == "failed" and first.reload().unseal("body") is None
    pay_in(wallet, 200_000, key="up", by=olga)
    run(wallets.alerts, "wallet.alerts")
    adjust(wallet, -200_000, key="again", by=olga)
    run(wallets.alerts, "wallet.alerts")
    second = Notice.select().order_by(Notice.id.desc()).get()
    assert second.claim() and not second.claim(), "another process had it"
    mailed()
    assert post.mails == []
    clock.move(minutes=16)
    mailed()
    assert len(post.mails) == 1 and str(second.uid) in post.last()[1]["Message-ID"]


def test_an_address_counts_when_its_code_was_typed(as_, alice, post, portal, app, clock):  # noqa: F811
    from dataclasses import replace

    browser = as_(alice)
    page = "/preferences/mail"
    assert "has not set up a mail server" in browser.get(page).text
    assert browser.post(page, data={"address": "alice@example.com"}).status_code == 422
    app.config["SETTINGS"] = replace(portal, smtp="smtps://mail.example.com", mail_from="portolan@harbor.example")
    for bad in (
        "",
        "nobody",
        "a@b",
        "a@example.com\nBcc: all@example.com",
        "<a@example.com>",
        "a,b@example.com",
        "a@-x.com",
    ):
        assert browser.post(page, data={"address": bad}).status_code == 422, bad
    assert browser.post(page, data={"address": "alice@example.com"}).status_code == 303
    with pytest.raises(Refused, match="two minutes"):
        NoticeAddress.put(alice, "other@example.com")
    mailed()
    to, mail = post.last()
    assert to == "alice@example.com" and "alice@example.com" in browser.get(page).text
    code = CODE.search(mail.get_content())[1]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _try in range(5):
        assert browser.post(f"{page}/confirmation", data={"code": wrong}).status_code == 422
    with pytest.raises(FieldRefused, match="holds no more"):
        NoticeAddress.of(alice).confirm(code)
    clock.move(minutes=3)
    assert browser.post(page, data={"address": "alice@example.com"}).status_code in (303, 401)
    made = NoticeAddress.of(alice)
    if made.tries == 0:
        mailed()
        assert (
            browser.post(
                f"{page}/confirmation", data={"code": CODE.search(post.last()[1].get_content())[1]}
            ).status_code
            == 303
        )
        assert NoticeAddress.of(alice).is_confirmed
    assert browser.post(f"{page}/kinds", data={"kinds": ["wallet_low", "wallet_holds"]}).status_code == 303
    assert MutedNotice.of(alice) == set(KINDS) - {"wallet_low", "wallet_holds"}
    assert browser.post(f"{page}/removal").status_code == 303 and NoticeAddress.of(alice) is None
    assert "alice@example.com" not in str([event.details for event in Event.select()])


def test_a_closed_wallet_is_told_of_no_more(wallet, olga):
    adjust(wallet, -200_000, key="down", by=olga)
    assert watch() == 1
    Wallet.update(state="closed").execute()
    assert watch() == 0 and WalletAlert.get().ended_at is not None
