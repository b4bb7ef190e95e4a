"""Telling a buyer who waits that the message came, by the team's rules (docs/domain.md §5.5): once for a thread, and never to a machine.

It answers nothing: the clock goes on. All of it – the choice, the mail, that it was written – is one transaction in the turn of the rule,
the store and the thread, so two at once write one, and one that dies on the way has written none.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.mailbox import replying
from models.mailbox.acknowledgement import REASONS, WITHHELD, WRITTEN, Acknowledgement
from models.mailbox.acknowledgement_rule import AcknowledgementRule
from models.mailbox.answer_clock import take_turn
from models.mailbox.draft import MailDraft
from models.mailbox.drafting import WRITES_NOW
from models.mailbox.filling import fill, values_of
from models.mailbox.machines import is_by_machine
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.outgoing import account_for, address_of
from models.mailbox.reading.addresses import Relay
from models.mailbox.replying import AUTOMATIC
from models.mailbox.template import FALLBACK
from models.mailbox.thread import ANSWER_WITHIN, MailThread
from models.people.team import Team
from models.stores.store import Store
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.errors import Refused
from models.support.words import say
from models.vault.data_key import KeyDestroyed

JOB = "mailbox.acknowledge"
MOST_AT_ONCE = 200  # The rest comes with the next run.
FROM_BUYER = "buyer_message"
UNREACHABLE = ("buyer_opt_out", "delivery_failure")

tell("acknowledgement_withheld.why", REASONS)
declare("acknowledgement_withheld", say("The thread %(object)s got no acknowledgement: %(why)s"), "why")


def has_work() -> bool:
    """Is any rule on?"""
    return AcknowledgementRule.select().where(AcknowledgementRule.is_on).exists()


def acknowledge_due() -> int:
    """Writes to all who have waited as long as a rule says. How many."""
    teams = Team.select().where(
        Team.id.in_(AcknowledgementRule.select(AcknowledgementRule.team).where(AcknowledgementRule.is_on))
    )
    return sum(_of_team(team) for team in teams)


def _of_team(team: Team) -> int:
    now = clock.now()
    rules = [one for one in AcknowledgementRule.of_team(team.id) if one.is_on and not one.lacks_template]
    speaking = [one for one in rules if one.speaks_at(now, team.timezone)]
    count = 0
    for thread in _waiting(team, speaking, now) if speaking else ():
        rule = _rule_for(rules, thread)
        if rule is not None and rule in speaking and _is_due(rule, thread, now):
            with suppress(Refused):  # Somebody was faster.
                count += _consider(thread, rule)
    return count


def _waiting(team: Team, rules: Sequence[AcknowledgementRule], now: datetime) -> list[MailThread]:
    """Open threads in which a buyer wrote last, nobody has answered in time nor is late, and nothing was decided for what was written."""
    latest = now - timedelta(hours=min(rule.after_hours for rule in rules))
    earliest = min(rule.on_since for rule in rules if rule.on_since)
    is_new = Acknowledgement.id.is_null() | (
        (Acknowledgement.state == WITHHELD) & (Acknowledgement.for_at < MailThread.unanswered_at)
    )
    query = MailThread.select().join(Acknowledgement, peewee.JOIN.LEFT_OUTER).where(
        MailThread.team == team, MailThread.state == "open", MailThread.due_at > now, MailThread.due_at <= latest + ANSWER_WITHIN,
        MailThread.unanswered_at >= earliest, MailThread.kind == FROM_BUYER, ~MailThread.is_suspect,
        MailThread.merged_into.is_null(), is_new,
    )  # fmt: skip
    return list(query.order_by(MailThread.due_at, MailThread.id).limit(MOST_AT_ONCE))


def _rule_for(rules: Sequence[AcknowledgementRule], thread: MailThread) -> AcknowledgementRule | None:
    """The narrowest that fits; `rules` are in that order."""
    return next((rule for rule in rules if rule.fits(thread)), None)


def _is_due(rule: AcknowledgementRule, thread: MailThread, now: datetime) -> bool:
    """The message came while the rule was on, has waited as long as it says, and is not late yet."""
    since = thread.unanswered_at
    return (
        since is not None and rule.on_since is not None and since >= rule.on_since
        and since <= now - timedelta(hours=rule.after_hours) and since > now - ANSWER_WITHIN
    )  # fmt: skip


# One thread


@retrying
def _consider(thread: MailThread, rule: AcknowledgementRule) -> bool:
    """Writes, or keeps why not; leaves it to the next run while somebody is at it or no mailbox can send."""
    with write_txn():
        AcknowledgementRule.take_turn(rule.id)
        Store.take_turn(thread.store_id)  # Two threads of one buyer follow each other.
        try:
            thread = take_turn(thread)
        except Refused:  # Merged or destroyed meanwhile.
            return False
        now = AcknowledgementRule.get_or_none(AcknowledgementRule.id == rule.id, AcknowledgementRule.is_on)
        known = Acknowledgement.of(thread)
        if now is None or not _still_waits(thread, now, known) or _is_in_hand(thread):
            return False
        why = _why_not(thread, now)
        text, why = ("", why) if why else _text(thread, now)
        if not why and account_for(thread) is None:
            return False
        message = None if why else replying.write(thread, text, by=None, is_auto=True)
        _keep(thread, now, known, message, why)
    return not why


def _still_waits(thread: MailThread, rule: AcknowledgementRule, known: Acknowledgement | None) -> bool:
    if (
        thread.state != "open"
        or thread.kind != FROM_BUYER
        or thread.is_suspect
        or not _is_due(rule, thread, clock.now())
    ):
        return False
    return known is None or (known.state == WITHHELD and known.for_at < thread.unanswered_at)


def _is_in_hand(thread: MailThread) -> bool:
    """Did somebody answer what waits, or begin to?"""
    answers = MailMessage.select().where(
        MailMessage.thread == thread, MailMessage.direction == "out", MailMessage.state != "cancelled",
        MailMessage.at >= thread.unanswered_at, MailMessage.kind != AUTOMATIC,
    )  # fmt: skip
    drafts = MailDraft.select().where(MailDraft.thread == thread, MailDraft.saved_at > clock.now() - WRITES_NOW)
    return bool(answers.exists() or drafts.exists())


def _why_not(thread: MailThread, rule: AcknowledgementRule) -> str:
    """A name of REASONS; empty where nothing stands in the way."""
    mine = MailMessage.select().where(MailMessage.thread == thread)
    had_one = mine.where(MailMessage.kind == AUTOMATIC, MailMessage.state != "cancelled").exists()
    if had_one or Acknowledgement.was_told_lately(thread, clock.ago(days=rule.quiet_days)):
        return "lately"
    if _is_unreachable(thread):
        return "unreachable"
    waiting = list(mine.where(MailMessage.starts_clock, MailMessage.answer == "").order_by(MailMessage.id))
    if any(one.kind != FROM_BUYER or _is_by_machine(thread, one) for one in waiting):
        return "automatic"
    return "" if Relay.of(address_of(thread)) else "no_way"


def _is_unreachable(thread: MailThread) -> bool:
    """Amazon said that this buyer wants no mail, or did not deliver one – here, for the order, or in another thread of the buyer."""
    alike: Any = MailThread.id == thread.id
    if thread.order_no:
        alike |= (MailThread.team == thread.team_id) & (MailThread.order_no == thread.order_no)
    if thread.buyer_mark:
        alike |= (MailThread.team == thread.team_id) & (MailThread.buyer_mark == thread.buyer_mark)
    threads = MailThread.select(MailThread.id).where(alike)
    said = MailMessage.select().where(MailMessage.thread.in_(threads), MailMessage.kind.in_(UNREACHABLE))
    return bool(said.exists())


def _is_by_machine(thread: MailThread, message: MailMessage) -> bool:
    message.thread = thread
    try:
        return is_by_machine(MailRaw.of(message) or b"", message.unseal("subject") or "")
    except KeyDestroyed:
        return True


def _text(thread: MailThread, rule: AcknowledgementRule) -> tuple[str, str]:
    """The template filled in, in the buyer's language, else in English where that can be read; or nothing and a name of REASONS."""
    texts = rule.template.texts()
    source = texts.get(thread.language[:2]) or texts.get(FALLBACK)
    if source is None:
        return "", "no_text"
    try:
        text, missing = fill(source.text, values_of(thread, source.language))
    except KeyDestroyed:
        return "", "no_way"
    if missing:
        return "", "hole"
    found = replying.checked(thread, text)
    return ("", "lint") if any(one.blocks or one.code == "LANGUAGE" for one in found) else (text, "")


def _keep(
    thread: MailThread, rule: AcknowledgementRule, known: Acknowledgement | None, message: MailMessage | None, why: str
) -> None:
    told: dict[str, Any] = {
        "rule": rule, "message": message, "state": WITHHELD if why else WRITTEN, "why": why, "for_at": thread.unanswered_at, "at": clock.now(),
    }  # fmt: skip
    if known is None:
        Acknowledgement.create(thread=thread, **told)
    else:
        known.change(**told)
    if why:
        track("acknowledgement_withheld", thread, why=why)
    else:
        AcknowledgementRule.update(sent_count=AcknowledgementRule.sent_count + 1).where(
            AcknowledgementRule.id == rule.id
        ).execute()
