"""Every rule that raises an alarm: how grave it is, from where on it speaks, and the sentence it says. The whole of it is here."""

from __future__ import annotations

from dataclasses import dataclass

from models.support.words import Words, say

NOTICE, SERIOUS, GRAVE = "notice", "serious", "grave"
SEVERITIES = {NOTICE: say("To look at"), SERIOUS: say("Serious"), GRAVE: say("Gravest")}


@dataclass(frozen=True)
class Rule:
    """`threshold` is None where there is nothing to set; `least` and `most` bound what a team may set.

    A rule that `suspends` ends the account at once, without waiting for anybody.
    """

    kind: str
    title: Words
    sentence: Words
    severity: str
    threshold: int | None = None
    unit: Words | None = None
    least: int = 1
    most: int = 100_000
    suspends: bool = False

    @property
    def severity_words(self) -> Words:
        return SEVERITIES[self.severity]


def _rule(kind: str, title: Words, sentence: Words, severity: str, *more: object, **named: object) -> Rule:
    return Rule(kind, title, sentence, severity, *more, **named)  # type: ignore[arg-type]


RULES: dict[str, Rule] = {
    rule.kind: rule
    for rule in (
        _rule("refusals", say("Many refusals"), say("%(person)s was refused %(count)s times in ten minutes"), SERIOUS,
              5, say("refusals in ten minutes"), 3, 100),
        _rule("volume", say("Unusual volume"), say("%(person)s opened or exported %(count)s orders in a day; usual are %(usual)s"),
              SERIOUS, 3, say("times one's own usual day"), 2, 20),
        _rule("orders_an_hour", say("Many orders in an hour"), say("%(person)s opened or exported %(count)s orders in an hour"),
              SERIOUS, 500, say("orders in an hour"), 50, 20_000),
        _rule("hours", say("Unusual hour"), say("%(person)s signed in at %(time)s, hours away from any time of the last two weeks"),
              NOTICE, 4, say("hours away from usual times"), 2, 11),
        _rule("new_network", say("New network of an administrator"), say("%(person)s, who manages people, signed in from a new network: %(network)s"),
              SERIOUS),
        _rule("two_networks", say("Two networks at once"), say("%(person)s works from two networks at once: %(network)s and %(other)s"),
              NOTICE, 60, say("minutes between them"), 5, 240),
        _rule("reveals_near_limit", say("Many buyers revealed"), say("%(person)s looked at %(count)s buyers in a day; %(most)s are the most"),
              NOTICE),
        _rule("reveals_at_limit", say("All reveals of a day used"), say("%(person)s looked at %(count)s buyers in a day, which is all a day has"),
              SERIOUS),
        _rule("export_at_night", say("Export outside working hours"), say("%(person)s exported %(rows)s rows at %(time)s"), NOTICE),
        _rule("sign_ins_failed", say("Many failed sign-ins"), say("%(count)s sign-ins failed in ten minutes, of all accounts together"),
              SERIOUS, 50, say("failed sign-ins in ten minutes"), 10, 10_000),
        _rule("audit_broken", say("The event log was changed"), say("The event log does not fit its chain: %(fault)s"), GRAVE),
        _rule("ledger_broken", say("The books of a wallet do not add up"), say("The wallet %(wallet)s does not add up: %(fault)s"), GRAVE),
        _rule("drift", say("Access without an event"), say("Nobody gave this, as far as the events know: %(what)s"), GRAVE),
        _rule("canary", say("Canary order touched"), say("%(person)s opened the buyer of a canary order, which no work needs"), GRAVE,
              suspends=True),
        _rule("canary_exported", say("Canary order exported"), say("%(person)s exported the buyer of a canary order, which no work needs"),
              GRAVE, suspends=True),
        _rule("review_overdue", say("Access review not done"), say("Nobody reviewed %(title)s in time; it was not taken away, because somebody has to be left"),
              SERIOUS),
    )
}  # fmt: skip
OF_THE_PORTAL = (
    "sign_ins_failed",
    "audit_broken",
    "ledger_broken",
)  # Settable, and seen, in the operator's team alone.
SETTABLE = [rule for rule in RULES.values() if rule.threshold is not None]
