"""The demo's teams and people. All names are invented; passwords are fresh at every start."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta

import pyotp

from models.people import gates, leaving, password_rules
from models.people.authenticator import STEP_SECONDS, Authenticator
from models.people.employees import employees_of, invite
from models.people.invitation import Invitation
from models.people.network import Network
from models.people.person import Person
from models.people.team import Team
from models.shipping.ship_from import ShipFrom
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused

LETTERS = "".join(set(string.ascii_letters) - set("lIO"))
TEAMS = (  # short name, name, time zone
    ("harbor", "Harbor Lines", "Asia/Shanghai"),
    ("lotus", "Lotus Home", "Europe/Berlin"),
    ("comet", "Comet Trading", "America/Los_Angeles"),
)
PEOPLE = (  # sign-in name, name, team, role, language
    ("chen.yue", "Chen Yue", "harbor", "operator", "en"),
    ("marta.lind", "Marta Lind", "harbor", "clerk", "en"),
    ("gao.ning", "Gao Ning", "harbor", "cashier", "zh_Hans"),
    ("otto.berg", "Otto Berg", "harbor", "security", "en"),
    ("lin.jia", "Lin Jia", "lotus", "boss", "en"),
    ("jonas.weber", "Jonas Weber", "lotus", "manager", "en"),
    ("zhao.mei", "Zhao Mei", "lotus", "lister", "zh_Hans"),
    ("sato.yuki", "Sato Yuki", "lotus", "shipper", "en"),
    ("nadia.haddad", "Nadia Haddad", "lotus", "support", "en"),
    ("felix.kraus", "Felix Kraus", "lotus", "finance", "en"),
    ("wu.tong", "Wu Tong", "lotus", "advertiser", "zh_Hans"),
    ("ines.costa", "Ines Costa", "lotus", "auditor", "en"),
    ("tom.okafor", "Tom Okafor", "lotus", "lister", "en"),
    ("priya.nair", "Priya Nair", "comet", "boss", "en"),
)
INVITED = ("hanna.vogel", "Hanna Vogel", "lotus", "support")  # Has a link, and no password yet.
SUSPENDED = ("rico.blum", "Rico Blum", "lotus", "lister")
LEAVING, DAYS_LEFT = "tom.okafor", 3
UNTRAINED = {"nadia.haddad", *(INVITED[:1])}  # Buyers' data is closed to them, as the team wants a training a year.
TRAINING_DAYS = 365
BOSSES = {"lotus": "lin.jia", "comet": "priya.nair"}
SENDERS = {
    "lotus": {"name": "Lin Jia", "company": "Lotus Home (Shenzhen) Co., Ltd.", "line1": "12 Harbour Lane, Building B", "city": "Shenzhen",
              "region": "Guangdong", "postcode": "518000", "country": "CN", "phone": "+86 755 5550 0121"},
    "comet": {"name": "Priya Nair", "company": "Comet Trading", "line1": "8 Orchard Road West", "city": "Ningbo", "region": "Zhejiang",
              "postcode": "315000", "country": "CN"},
}  # fmt: skip
LISTERS = {"lotus": "zhao.mei", "comet": "priya.nair"}


@dataclass(frozen=True)
class SignIn:
    """One person's way in."""

    login: str
    password: str
    team: str
    role: str
    name: str
    second_factor_secret: str | None = None


def seat(*, with_second_factor: bool = False) -> tuple[dict[str, Team], dict[str, Person], list[SignIn]]:
    """Makes the teams and the people, each of whom chooses a password with their one-time link, and sets up an app with codes
    where the demo is strict."""
    with write_txn():
        teams = {
            slug: Team.create_team(slug, name, is_operator=slug == "harbor", timezone=zone)
            for slug, name, zone in TEAMS
        }
        for network in ("127.0.0.1/32", "::1/128"):
            Network.allow(network, note="demo")
    people, sign_ins = {}, []
    for login, name, slug, role, language in PEOPLE:
        person, token = invite(teams[slug], login, name, role=role, language=language)
        password = fresh_password([login, name, teams[slug].name])
        Invitation.of_token(token).use(password)
        people[login] = person.reload()
        secret = enrol(people[login]) if with_second_factor else None
        sign_ins.append(SignIn(login, password, slug, role, name, secret))
    _come_and_go(teams, people)
    return teams, people, sign_ins


def _come_and_go(teams: dict[str, Team], people: dict[str, Person]) -> None:
    """Somebody is invited, somebody suspended, somebody leaves; a team wants trained people, and parcels have a sender."""
    for slug, sender in SENDERS.items():
        ShipFrom.keep(teams[slug], sender, by=people[BOSSES[slug]])
    for login, name, slug, role in (INVITED, SUSPENDED):
        invite(teams[slug], login, name, role=role, by=people[BOSSES[slug]])
    boss, lotus = people["lin.jia"], teams["lotus"]
    Person.by_login(SUSPENDED[0]).suspend("Has changed to another company", by=boss, team=lotus)  # type: ignore[union-attr]
    leaving.leave(people[LEAVING], clock.ahead(days=DAYS_LEFT), by=boss, team=lotus)
    gates.want(lotus, registration=True, training_days=TRAINING_DAYS, by=boss)
    for employee in employees_of(lotus):
        trained = None if employee.person.login in UNTRAINED else clock.ago(days=40).date()
        gates.note(employee.person, lotus, registered_on=clock.ago(days=41).date(), trained_on=trained, by=None)


def enrol(person: Person) -> str:
    """An app with codes, confirmed as its person would. Returns its secret. The code is of the step before, so that the one
    of now still opens."""
    app = Authenticator.offered_to(person)
    before = clock.now().replace(tzinfo=UTC) - timedelta(seconds=STEP_SECONDS)
    app.confirm(pyotp.TOTP(app.clear_secret).at(before), "Demo")
    return app.clear_secret


def fresh_password(names: Iterable[str]) -> str:
    """Random, easy to type, and good by the portal's own rules: “kTmp-7wRz-Qv4n”."""
    while True:
        groups = ["".join(secrets.choice(LETTERS + "23456789") for _ in range(5)) for _ in range(3)]
        password = "-".join(groups)
        try:
            password_rules.require_good(password, names)
        except FieldRefused:
            continue
        return password
