"""How the details of events are told: they are kept as codes, days, moments and amounts, and worded for whoever reads them.

A room gives words to its codes beside the events that carry them; a code without words is told as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from models.support.money import Money
from models.support.words import Words, say

WORDED: dict[str, Mapping[str, Words]] = {}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
PERIOD = re.compile(r"\d{4}-\d\d-\d\d – \d{4}-\d\d-\d\d")
AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,4})? [A-Z]{3}")
AS_TYPED = {"reason", "note"}
SOME_STORES = re.compile(r"(\d+) stores")

NAMES: dict[str, Words] = {
    "new": say("New"),
    "changed": say("Changed"),
    "role": say("Role"),
    "scope": say("Stores"),
    "reason": say("Reason"),
    "person": say("Person"),
    "tag": say("Tag"),
    "at": say("When"),
    "day": say("Day"),
    "count": say("How many"),
    "fields": say("Fields"),
    "changes": say("Old and new"),
    "kind": say("Kind"),
    "severity": say("How grave"),
    "answer": say("What happened at once"),
    "outcome": say("Outcome"),
    "note": say("Note"),
    "purpose": say("What for"),
    "network": say("Network"),
    "rows": say("Rows"),
    "format": say("Format"),
    "number": say("Number"),
    "codes": say("Codes of Amazon"),
    "asin": say("ASIN"),
    "seconds": say("Seconds"),
    "version": say("Version"),
    "variants": say("Variants"),
    "stores": say("Stores"),
    "marketplaces": say("Marketplaces"),
    "region": say("Region"),
    "how": say("How"),
    "code": say("Code"),
    "permissions": say("Rights"),
    "added": say("Added"),
    "removed": say("Removed"),
    "before": say("Before"),
    "amount": say("Amount"),
    "account": say("Service"),
    "carrier_key": say("Carrier's number at the service"),
    "days": say("Days"),
    "difference_minor": say("Difference (smallest units)"),
    "found": say("Found"),
    "is_shared": say("For all teams"),
    "owner": say("Whose"),
    "problems": say("Problems"),
    "reference": say("Reference"),
    "service": say("Service"),
    "status": say("Status"),
    "what": say("What"),
    "without": say("Left out"),
    "wallet": say("Wallet"),
    "direction": say("In or out"),
    "digest": say("Digest"),
    "charged": say("Charged"),
    "why": say("Why"),
    "method": say("Method"),
    "bank_reference": say("Bank's reference"),
    "rate": say("Rate"),
    "given": say("Given"),
    "received": say("Received"),
    "into": say("Into"),
    "credit_limit": say("Credit limit"),
    "was_credit_limit": say("Credit limit before"),
    "alert_below": say("Alert level"),
    "was_alert_below": say("Alert level before"),
    "left": say("Left"),
    "measure": say("Measure"),
    "period": say("Period"),
    "language": say("Language"),
    "theme": say("Theme"),
    "timezone": say("Time zone"),
    "to": say("To whom"),
    "decision": say("Decision"),
    "lines": say("Lines"),
    "file": say("File"),
    "created": say("New"),
    "bad": say("Refused"),
    "problem": say("Problem"),
    "stage": say("Stage"),
    "list": say("List"),
    "failures": say("Failures"),
    "action": say("Act"),
    "columns": say("Columns"),
    "done": say("Done"),
    "idle_minutes": say("Minutes until signed out"),
    "is_operator": say("Runs the portal"),
    "is_overdue": say("Overdue"),
    "kept": say("Kept"),
    "passkey": say("Passkey"),
    "personal": say("With buyers' data"),
    "reduced": say("Reduced"),
    "registration": say("Registration needed"),
    "secret_changed": say("Secret changed"),
    "sha256": say("SHA-256"),
    "since": say("Since"),
    "suspended": say("Suspended"),
    "total": say("Total"),
    "training_days": say("Days a training counts"),
    "until": say("Until"),
    "merged": say("Merged"),
    "messages": say("Messages"),
    "is_new": say("New"),
    "late": say("Late"),
    "value": say("Value"),
    "was": say("Before"),
    "is_solo": say("Decided alone"),
    "source": say("Source"),
    "first": say("From"),
    "last": say("Until"),
    "closed": say("Versions ended by it"),
    "steep": say("Prices that change by more than half"),
    "is_alone": say("Decided alone"),
    "is_active": say("Offered"),
    "bill": say("Bill"),
    "parcels": say("Parcels"),
    "ref": say("Transfer"),
    "amount_minor": say("Amount in cents"),
    "channel": say("Channel"),
    "cny": say("CNY for one"),
    "country": say("Country"),
    "currency": say("Currency"),
    "doubt": say("What was doubtful"),
    "for_all": say("For every team"),
    "grams": say("Grams"),
    "orders": say("Orders"),
    "parcel": say("Parcel"),
    "percent": say("Per cent"),
    "pieces": say("Pieces"),
    "quote": say("Quote"),
    "replaced": say("Took the place of others"),
    "sides_mm": say("Sides in mm"),
    "state": say("State"),
    "terms": say("Terms"),
    "waybill": say("Tracking number"),
    "alone": say("By one person alone"),
    "payouts": say("Rest of each wallet"),
    "recharge": say("Recharge"),
    "report": say("Report"),
    "rule": say("Found by"),
    "known": say("Known before"),
    "files": say("Files"),
    "tries": say("Attempts"),
    "case_kind": say("Kind"),
    "case_state": say("State"),
    "target": say("Into"),
    "most_a_month": say("At most in a month"),
}  # fmt: skip

# The views hand in how a moment, a day and an amount are written for the reader; without them (commands, tests) they stay as kept.
write_moment: Callable[[datetime], str] = str
write_day: Callable[[date], str] = str
write_amount: Callable[[Money], str] = lambda amount: f"{amount.text()} {amount.currency}"  # noqa: E731


def tell(detail: str, words: Mapping[str, Words]) -> None:
    """Words for the codes of a detail: `role` in whatever event, or `alarm_raised.kind` in one."""
    WORDED[detail] = words


def told(event: str, detail: str, value: Any) -> Any:
    """A detail as a person reads it."""
    if isinstance(value, list):
        return Listed([told(event, detail, one) for one in value])
    if not isinstance(value, str):
        return "" if value is None else value
    words = WORDED.get(f"{event}.{detail}") or WORDED.get(detail) or {}
    if value in words:
        return words[value]
    if detail == "scope" and (some := SOME_STORES.fullmatch(value)):
        return say("stores: %(count)s", count=some[1])
    if detail in AS_TYPED:
        return value
    if AMOUNT.fullmatch(value):
        return Amount(value)
    if PERIOD.fullmatch(value):
        return Period(value)
    return When(value) if MOMENT.fullmatch(value) or DAY.fullmatch(value) else value


def named(detail: str) -> Words | str:
    """What a detail is called; one without words is called as it is kept."""
    return NAMES.get(detail, detail)


class Listed(list[Any]):
    """Several values, worded only when shown."""

    def __str__(self) -> str:
        return ", ".join(map(str, self))


class When(str):
    """A moment or a day as it is kept, written in the reader's zone and language only when shown."""

    def __str__(self) -> str:
        kept = str.__str__(self)
        try:
            if MOMENT.fullmatch(kept):
                return write_moment(datetime.fromisoformat(kept).replace(tzinfo=None))
            return write_day(date.fromisoformat(kept))
        except ValueError:
            return kept


class Period(str):
    """Two days as they are kept, each written only when shown."""

    def __str__(self) -> str:
        return " – ".join(str(When(day)) for day in str.__str__(self).split(" – "))


class Amount(str):
    """An amount as it is kept (2000.00 CNY), written in the reader's language only when shown."""

    def __str__(self) -> str:
        kept = str.__str__(self)
        number, currency = kept.split(" ")
        money = Money.of(number, currency)
        return write_amount(money) if f"{money.text()} {currency}" == kept else kept


tell("scope", {"all stores": say("all stores"), "1 stores": say("one store")})
