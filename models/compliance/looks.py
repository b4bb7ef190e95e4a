"""What each rule looks at when something happened. A look reads, and raises an alarm or says nothing.

Times of day are the team's own; networks are compared by their first half (/16, /32 for IPv6), so that a provider's changing
addresses are one network.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from typing import Any

import peewee

from models.audit.event import Event
from models.compliance.activity import ORDERS, REFUSED, ActivityCount
from models.compliance.alarm import Alarm, raise_alarm
from models.compliance.threshold import AlarmThreshold
from models.people.person import Person
from models.people.role import Grant, RolePermission
from models.people.team import Team
from models.support import clock

USUAL_DAYS, LEAST_SIGN_INS = 14, 5
NETWORK_DAYS = 90
WORK_BEGINS, WORK_ENDS = 7, 21  # Local hours in which exports surprise nobody.
LEAST_VOLUME = 50  # Below this no day is unusual, however quiet the others were.
TEN_MINUTES, HOUR, DAY = timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)
WINDOW = {REFUSED: TEN_MINUTES, ORDERS: timedelta(0)}
ADMINISTRATES = ("people.manage", "teams.manage")


def home_of(person_id: int | None) -> Team | None:
    """The team whose alarm it is when a person does something outside any team: the first they were given."""
    grant = Grant.select(Grant, Team).join(Team).where(Grant.person == person_id).order_by(Grant.id).first()
    return grant.team if grant else None


def _earlier_sign_ins(event: Event, days: int) -> list[Event]:
    since = event.at - timedelta(days=days)
    query = Event.select().where(
        Event.name == "person_signed_in", Event.actor_id == event.actor_id, Event.id < event.id, Event.at >= since
    )
    return list(query.order_by(Event.id.desc()).limit(500))


def _person(event: Event) -> Person | None:
    return Person.get_or_none(Person.id == event.actor_id)


# Signing in


def at_hour(event: Event) -> None:
    """A sign-in hours away from any time of day of one's last two weeks."""
    person, team = _person(event), home_of(event.actor_id)
    earlier = _earlier_sign_ins(event, USUAL_DAYS)
    if person is None or team is None or len({one.at.date() for one in earlier}) < LEAST_SIGN_INS:
        return
    zone = person.timezone or team.timezone
    here = _minute_of_day(event.at, zone)
    nearest = min(_between(here, _minute_of_day(one.at, zone)) for one in earlier)
    if nearest > AlarmThreshold.value_of("hours", team.id) * 60:
        raise_alarm("hours", team=team, person=person, time=f"{clock.local(event.at, zone):%H:%M}")


def _minute_of_day(moment: datetime, zone: str) -> int:
    local = clock.local(moment, zone)
    return local.hour * 60 + local.minute


def _between(one: int, other: int) -> int:
    """Minutes between two times of day, the short way round."""
    apart = abs(one - other)
    return min(apart, 1440 - apart)


def at_new_network(event: Event) -> None:
    """Somebody who manages people comes from where they never came before."""
    network = network_of(event.address)
    earlier = {network_of(one.address) for one in _earlier_sign_ins(event, NETWORK_DAYS)} - {""}
    if not network or not earlier or network in earlier or not _administrates(event.actor_id):
        return
    raise_alarm("new_network", team=home_of(event.actor_id), person=_person(event), network=network)


def at_two_networks(event: Event) -> None:
    """Two sign-ins of one person within an hour, from networks that have nothing to do with each other."""
    team, network = home_of(event.actor_id), network_of(event.address)
    if team is None or not network:
        return
    window = timedelta(minutes=AlarmThreshold.value_of("two_networks", team.id))
    for one in _earlier_sign_ins(event, 1):
        other = network_of(one.address)
        if event.at - one.at <= window and other and other != network:
            raise_alarm("two_networks", team=team, person=_person(event), network=network, other=other)
            return


def network_of(address: str) -> str:
    """The wide network of an address; nothing for what is none, or is this machine itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.is_loopback:
        return ""
    return str(ipaddress.ip_network(f"{parsed}/{16 if parsed.version == 4 else 32}", strict=False))


def _administrates(person_id: int | None) -> bool:
    query = Grant.select().join(RolePermission, on=(RolePermission.role == Grant.role))
    return query.where(Grant.person == person_id, RolePermission.permission.in_(ADMINISTRATES)).exists()


def at_failed_sign_ins(event: Event) -> None:
    """Too many failures of all accounts together, as when names are tried through."""
    operator = Team.operator()
    count = (
        Event.select(peewee.fn.COUNT(Event.id))
        .where(Event.name == "sign_in_refused", Event.at > event.at - TEN_MINUTES, Event.at <= event.at)
        .scalar()
    )
    if count >= AlarmThreshold.value_of("sign_ins_failed", operator.id if operator else None):
        raise_alarm("sign_ins_failed", team=operator, count=count)


# Exports and counts


def at_export(event: Event) -> None:
    """A file that leaves at night; rows with buyers' data count as orders looked at."""
    person, team = _person(event), Team.get_or_none(Team.id == (event.team_id or 0))
    if person is None or team is None:
        return
    rows = int(event.details.get("rows") or 0)
    if event.details.get("personal"):
        ActivityCount.add(person.id, team.id, ORDERS, rows, at=event.at)
    local = clock.local(event.at, team.timezone)
    if not WORK_BEGINS <= local.hour < WORK_ENDS:
        raise_alarm("export_at_night", team=team, person=person, rows=rows, time=f"{local:%H:%M}")


def at_counts(kind: str) -> None:
    """The counts of now, once for each person: have they grown too high since somebody last said what they were?"""
    now = clock.now()
    latest = {row.person_id: row for row in ActivityCount.lately(kind, now - WINDOW[kind])}
    for row in latest.values():
        team = Team.get_or_none(Team.id == row.team_id) or home_of(row.person_id)
        if team is not None:
            _LOOKS_AT[kind](row, team, now)


def _at_refusals(row: ActivityCount, team: Any, now: datetime) -> None:
    count = _since_settled("refusals", row, now - TEN_MINUTES, now)
    if count >= AlarmThreshold.value_of("refusals", team.id):
        _raise_more("refusals", row, team, count)


def _at_volume(row: ActivityCount, team: Any, now: datetime) -> None:
    count = _since_settled("orders_an_hour", row, clock.floor(now, HOUR), now)
    if count >= AlarmThreshold.value_of("orders_an_hour", team.id):
        _raise_more("orders_an_hour", row, team, count)
    today = clock.floor(now, DAY)
    count = _since_settled("volume", row, today, now)
    usual = ActivityCount.usual_day(row.person_id, row.kind, today) if count >= LEAST_VOLUME else None
    if usual is not None and count > usual * AlarmThreshold.value_of("volume", team.id):
        _raise_more("volume", row, team, count, usual=usual)


def _last_alarm(kind: str, row: ActivityCount) -> Alarm | None:
    query = Alarm.select().where(Alarm.kind == kind, Alarm.key == f"person:{row.person_id}")
    return query.order_by(Alarm.id.desc()).first()


def _since_settled(kind: str, row: ActivityCount, since: datetime, now: datetime) -> int:
    """How many since then, without what a person has already judged."""
    last = _last_alarm(kind, row)
    if last is not None and last.settled_at is not None:
        since = max(since, last.settled_at + timedelta(microseconds=1))
    return ActivityCount.between(row.person_id, row.kind, since, now)


def _raise_more(kind: str, row: ActivityCount, team: Any, count: int, **details: Any) -> None:
    """Tells an open alarm of more only when there is more: the rules ask every few seconds."""
    last = _last_alarm(kind, row)
    if last is None or not last.is_open or row.slot > last.last_at or count > last.details.get("count", 0):
        raise_alarm(kind, team=team, person=row.person, count=count, **details)


_LOOKS_AT = {REFUSED: _at_refusals, ORDERS: _at_volume}
