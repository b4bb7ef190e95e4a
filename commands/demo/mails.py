"""Buyers of lotus write: a mailbox is connected by the verb of its page, the stand-in relay puts mails into it, the job takes them in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from commands.demo.amazon import StandIn
from commands.demo.selling import run_wakes
from jobs.runner import Runner
from models.mailbox import connecting, ruling
from models.mailbox.account import MAILDIR, MailAccount
from models.mailbox.account_state import JOB
from models.mailbox.message import MailMessage
from models.mailbox.reading.language import language_of
from models.mailbox.ready_made import RECEIVED, add_ready_made
from models.mailbox.route import suggested_tag
from models.mailbox.template import MailTemplate
from models.mailbox.translating.asking import translate_message
from models.orders.order import Order
from models.people.person import Person
from models.people.team import Team
from models.stores.marketplace import marketplace_code
from models.stores.store import Store
from models.support.errors import Refused
from models.translation.account import JOB as TRANSLATE
from models.translation.account import MICROSOFT
from models.translation.connecting import connect

ADDRESS, FOLDER = "support@lotus-home.example", "support"
ANSWER_SECONDS, TRANSLATED = 45, 3
HOUR = 3600
# What is written, how many hours ago, and with which flaw; the marketplaces take turns.
LETTERS = (
    ("where", 27, ""), ("damaged", 19, ""), ("question", 13, "html_only"), ("return", 9, ""), ("where", 8, "raw_header"), ("invoice", 6, ""),
    ("damaged", 5, ""), ("phishing", 4.5, ""), ("question", 4, "wrong_charset"), ("where", 3, ""), ("refund", 2.5, ""), ("invoice", 2, "no_charset"),
    ("question", 1.5, ""), ("claim", 1, ""), ("where", 0.5, ""), ("system", 0.3, ""), ("damaged", 0.1, ""),
)  # fmt: skip


def set_up(amazon: StandIn, runner: Runner, team: Team, stores: list[Store], *, by: Person) -> MailAccount:
    """A mailbox with what buyers wrote in the last day. Raises Refused when it cannot be read or sent from."""
    folder = Path(os.environ["PORTOLAN_MAIL_FOLDERS"]) / team.slug / FOLDER
    smtp = amazon.ask("POST", "mail/mailboxes", address=ADDRESS, folder=str(folder))["smtp"]
    account = connecting.connect(team, MAILDIR, _values(stores[0], smtp), by=by)
    for store in stores[1:]:
        connecting.add_route(account, suggested_tag(store), store, by=by)
    for order, (kind, hours, flaw) in zip(_orders(team), LETTERS, strict=False):
        to = ADDRESS.replace("@", f"+{suggested_tag(order.store)}@") if order.store_id != stores[0].id else ADDRESS
        amazon.ask(
            "POST",
            "mail/letters",
            mailbox=ADDRESS,
            order_id=order.order_id,
            kind=kind,
            flaw=flaw,
            to=to,
            ago_seconds=hours * HOUR,
        )
    run_wakes(runner, JOB)
    account = account.reload()
    if not (account.is_working and account.can_send):
        raise Refused(f"{account.name} could not be connected: {account.problem_words or account.findings}")
    amazon.ask("POST", "mail/buyers", answer_seconds=ANSWER_SECONDS)
    _propose_acknowledging(team, by)
    _translate(amazon, runner, team, by)
    return account


def _propose_acknowledging(team: Team, by: Person) -> None:
    """Ready-made answers, and an example of a rule that a person would have to switch on."""
    add_ready_made(team, by=by)
    template = next(one for one in MailTemplate.of_team(team.id) if one.name == RECEIVED)
    hours = {
        "after_hours": 2,
        "is_outside_only": True,
        "weekdays": "12345",
        "from_minute": 9 * 60,
        "to_minute": 18 * 60,
    }
    ruling.make(
        team,
        {"template": template, "store": None, "marketplace_id": "", "language": "", "quiet_days": 7, **hours},
        by=by,
    )


def _translate(amazon: StandIn, runner: Runner, team: Team, by: Person) -> None:
    """A translator, and what it made of some messages for who reads English and for who reads Chinese."""
    told = amazon.ask("GET", "translators")
    connect(team, kind=MICROSOFT, secret=told["key"], region=told["region"], most_a_month=500_000, by=by)
    asked = MailMessage.select().where(MailMessage.team == team, MailMessage.kind == "buyer_message")
    texts = {message: message.unseal("text") or "" for message in asked.order_by(MailMessage.at.desc())}
    foreign = [
        message for message, text in texts.items() if text.strip() and language_of(text) not in ("en", "zh", None)
    ]
    for message in foreign[:TRANSLATED]:
        for language in ("en", "zh-Hans"):
            translate_message(message, language, by=by)
    run_wakes(runner, TRANSLATE)


def _values(store: Store, smtp: dict) -> dict:
    return {
        "name": "Support", "store": store, "path": FOLDER, "from_address": ADDRESS, "smtp_host": smtp["host"], "smtp_port": smtp["port"],
        "smtp_security": "none", "smtp_login": smtp["login"], "smtp_secret": smtp["password"],
    }  # fmt: skip


def _orders(team: Team) -> Iterator[Order]:
    """The team's latest orders, one of each marketplace in turn."""
    query = Order.select(Order, Store).join(Store).where(Order.team == team, Order.fulfilled_by == "MERCHANT")
    by_market: dict[str, list[Order]] = {}
    for order in query.order_by(Order.ordered_at.desc()).limit(400):
        by_market.setdefault(marketplace_code(order.marketplace_id), []).append(order)
    while any(by_market.values()):
        for orders in by_market.values():
            if orders:
                yield orders.pop(0)
