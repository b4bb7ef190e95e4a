"""Making, changing and switching rules of acknowledgements. Switched off, a rule stops at once: what it wrote and has not left is taken back."""

from __future__ import annotations

from typing import Any

from models.audit.event import declare, track
from models.audit.telling import Listed, tell
from models.mailbox.acknowledgement import Acknowledgement
from models.mailbox.acknowledgement_rule import (
    DAY_MINUTES,
    MOST_HOURS,
    MOST_QUIET_DAYS,
    MOST_RULES,
    WEEKDAYS,
    AcknowledgementRule,
)
from models.mailbox.listing import TOLD
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.template import LANGUAGES, MailTemplate
from models.mailbox.thread import MailThread
from models.people.team import Team
from models.stores.marketplace import MARKETPLACES
from models.support import clock
from models.support.db import retrying, write_txn
from models.support.errors import FieldRefused, Refused
from models.support.words import say

SCOPE = ("store", "marketplace_id", "language")
VALUES = (
    *SCOPE, "template", "after_hours", "is_outside_only", "weekdays", "from_minute", "to_minute", "quiet_days",
)  # fmt: skip

declare("acknowledgement_rule_made", say("%(actor)s made a rule of acknowledgements: %(object)s (%(scope)s)"), "scope")
declare(
    "acknowledgement_rule_changed",
    say("%(actor)s changed the rule of acknowledgements %(object)s (%(scope)s)"),
    "scope",
)
declare(
    "acknowledgement_rule_on", say("%(actor)s switched on the rule of acknowledgements %(object)s (%(scope)s)"), "scope"
)
declare(
    "acknowledgement_rule_off",
    say("%(actor)s switched off the rule of acknowledgements %(object)s (%(scope)s); %(count)s were taken back"),
    "scope",
    "count",
)
declare(
    "acknowledgement_rule_removed",
    say("%(actor)s removed the rule of acknowledgements %(object)s (%(scope)s)"),
    "scope",
)


for _act in ("made", "changed", "on", "off", "removed"):
    tell(f"acknowledgement_rule_{_act}.scope", lambda scope, beside: _scope_words(scope))


def make(team: Team, values: dict[str, Any], *, by: Any) -> AcknowledgementRule:
    """A rule that is off. Raises FieldRefused, Refused."""
    with write_txn():
        Team.take_turn(team.id)
        _require(team.id, values)
        if AcknowledgementRule.select().where(AcknowledgementRule.team == team).count() >= MOST_RULES:
            raise Refused("A team has at most %(most)s rules of acknowledgements.", most=MOST_RULES)
        rule = AcknowledgementRule.create(team=team, made_by=by, **{name: values[name] for name in VALUES})
        track("acknowledgement_rule_made", rule, by=by, scope=_scope(rule))
    return rule


@retrying
def change(rule: AcknowledgementRule, values: dict[str, Any], *, by: Any) -> None:
    """What came before the change is left alone, as before a rule is switched on. Raises FieldRefused."""
    with write_txn():
        Team.take_turn(rule.team_id)
        AcknowledgementRule.take_turn(rule.id)
        _require(rule.team_id, values, rule)
        rule.change(**{name: values[name] for name in VALUES}, on_since=clock.now() if rule.is_on else None)
        track("acknowledgement_rule_changed", rule, by=by, scope=_scope(rule))


@retrying
def switch_on(rule: AcknowledgementRule, *, by: Any) -> None:
    with write_txn():
        AcknowledgementRule.take_turn(rule.id)
        if AcknowledgementRule.get_by_id(rule.id).is_on:
            return
        if rule.lacks_template:
            raise Refused("The template of this rule was taken away. Choose another first.")
        rule.change(is_on=True, on_since=clock.now())
        track("acknowledgement_rule_on", rule, by=by, scope=_scope(rule))


@retrying
def switch_off(rule: AcknowledgementRule, *, by: Any) -> int:
    """How many acknowledgements that had not left were taken back."""
    with write_txn():
        AcknowledgementRule.take_turn(rule.id)
        if not AcknowledgementRule.get_by_id(rule.id).is_on:
            return 0
        rule.change(is_on=False, on_since=None)
        count = sum(_take_back(one) for one in _not_left(rule))
        track("acknowledgement_rule_off", rule, by=by, scope=_scope(rule), count=count)
    return count


def remove(rule: AcknowledgementRule, *, by: Any) -> None:
    """Threads keep that they were acknowledged."""
    with write_txn():
        switch_off(rule, by=by)
        track("acknowledgement_rule_removed", rule, by=by, scope=_scope(rule))
        Acknowledgement.update(rule=None).where(Acknowledgement.rule == rule).execute()
        rule.delete_instance()


def _not_left(rule: AcknowledgementRule) -> list[MailMessage]:
    written = Acknowledgement.select(Acknowledgement.message).where(Acknowledgement.rule == rule)
    return list(MailMessage.select().where(MailMessage.id.in_(written), MailMessage.state == "waiting"))


def _take_back(message: MailMessage) -> int:
    """Nothing of it stays; one that a job has in hand leaves."""
    gone = {
        "subject": None,
        "from_addr": None,
        "text": None,
        "attachments": None,
        "send_after": None,
        "next_try_at": None,
    }
    taken = (
        MailMessage.update(state="cancelled", problem="", **gone)
        .where(MailMessage.id == message.id, MailMessage.state == "waiting")
        .execute()
    )
    if taken:
        MailRaw.delete().where(MailRaw.message == message).execute()
        MailThread.update(message_count=MailThread.message_count - 1).where(
            MailThread.id == message.thread_id, MailThread.message_count > 0
        ).execute()
    return int(taken)


def _require(team_id: int, values: dict[str, Any], rule: AcknowledgementRule | None = None) -> None:
    template, store = values["template"], values["store"]
    if (
        not isinstance(template, MailTemplate)
        or template.team_id != team_id
        or template.is_retired
        or template.kind != "template"
    ):
        raise FieldRefused("template", "Choose from the list.")
    if store is not None and store.team_id != team_id:
        raise FieldRefused("store", "Choose from the list.")
    if values["marketplace_id"] and values["marketplace_id"] not in MARKETPLACES:
        raise FieldRefused("marketplace", "Choose from the list.")
    if values["language"] and values["language"] not in LANGUAGES:
        raise FieldRefused("language", "Choose from the list.")
    if not 0 <= values["after_hours"] <= MOST_HOURS:
        raise FieldRefused("after_hours", "Between 0 and %(most)s hours.", most=MOST_HOURS)
    if not 1 <= values["quiet_days"] <= MOST_QUIET_DAYS:
        raise FieldRefused("quiet_days", "Between 1 and %(most)s days.", most=MOST_QUIET_DAYS)
    _require_hours(values)
    _require_alone(team_id, values, rule)


def _require_hours(values: dict[str, Any]) -> None:
    days, first, last = values["weekdays"], values["from_minute"], values["to_minute"]
    if not days or list(days) != sorted(set(days) & set(WEEKDAYS)):
        raise FieldRefused("weekdays", "Choose at least one.")
    if not 0 <= first < last <= DAY_MINUTES:
        raise FieldRefused("to", "Work ends after it begins.")


def _require_alone(team_id: int, values: dict[str, Any], rule: AcknowledgementRule | None) -> None:
    store = values["store"].id if values["store"] is not None else None
    wanted = (store, values["marketplace_id"], values["language"])
    for other in AcknowledgementRule.of_team(team_id):
        if (rule is None or other.id != rule.id) and (other.store_id, other.marketplace_id, other.language) == wanted:
            raise FieldRefused("store", "There is a rule for this store, marketplace and language already.")


def _scope(rule: AcknowledgementRule) -> str:
    return f"{rule.store.name if rule.store else '*'} · {rule.marketplace or '*'} · {rule.language or '*'}"


def _scope_words(scope: str) -> Listed:
    """What of it is not everything, the language by its name."""
    *places, language = scope.split(" · ")
    narrowed = [one for one in (*places, TOLD.get(language, language) if language != "*" else "*") if one != "*"]
    return Listed(narrowed or [say("everywhere")], " · ")
