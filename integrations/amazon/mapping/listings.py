"""Listings (API 2021-08-01): answers to a submission, and what a listing really is on a marketplace now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from integrations.amazon.mapping.reading import amount, items, moment, text, texts, whole


@dataclass(frozen=True)
class IssueSnapshot:
    """One issue. `severity` is ERROR, WARNING or INFO; `enforcements` what Amazon did because of it."""

    code: str
    message: str
    severity: str
    attributes: list[str]
    categories: list[str]
    marketplace_ids: list[str]
    enforcements: list[str]


@dataclass(frozen=True)
class SubmissionSnapshot:
    """The answer to PUT, PATCH or a preview: ACCEPTED, VALID or INVALID. *Accepted is not live.*"""

    status: str
    submission_id: str
    issues: list[IssueSnapshot]

    @property
    def is_readable(self) -> bool:
        """False for an answer from which nobody can tell whether Amazon took it."""
        return self.status in ("ACCEPTED", "VALID", "INVALID") or self.has_errors

    @property
    def has_errors(self) -> bool:
        return any(issue.severity == "ERROR" for issue in self.issues)

    @property
    def is_refused(self) -> bool:
        return self.status not in ("ACCEPTED", "VALID") or self.has_errors


@dataclass(frozen=True)
class ListingSnapshot:
    """A listing as Amazon has it on one marketplace now."""

    sku: str
    marketplace_id: str
    asin: str
    statuses: list[str]
    title: str
    updated_at: datetime | None
    price: tuple[Decimal, str] | None
    quantity: int | None
    issues: list[IssueSnapshot]


def submission(payload: Any) -> SubmissionSnapshot:
    return SubmissionSnapshot(text(payload, "status"), text(payload, "submissionId"), issues(payload))


def issues(payload: Any) -> list[IssueSnapshot]:
    return [
        IssueSnapshot(
            code=text(item, "code"),
            message=text(item, "message"),
            severity=text(item, "severity") or "ERROR",
            attributes=texts(item, "attributeNames"),
            categories=texts(item, "categories"),
            marketplace_ids=texts(item, "marketplaceIds"),
            enforcements=[text(action, "action") for action in items(item, "enforcements", "actions")],
        )
        for item in items(payload, "issues")
    ]


def listing(payload: Any, marketplace_id: str) -> ListingSnapshot:
    """What getListingsItem says about one marketplace. No summary there means: Amazon has not made it (yet)."""
    summary: Any = next((s for s in items(payload, "summaries") if text(s, "marketplaceId") == marketplace_id), None)
    offer: Any = next((o for o in items(payload, "offers") if text(o, "marketplaceId") == marketplace_id), None)
    quantities = [q for f in items(payload, "fulfillmentAvailability") if (q := whole(f, "quantity")) is not None]
    return ListingSnapshot(
        sku=text(payload, "sku"),
        marketplace_id=marketplace_id,
        asin=text(summary, "asin"),
        statuses=texts(summary, "status"),
        title=text(summary, "itemName"),
        updated_at=moment(summary, "lastUpdatedDate"),
        price=amount(offer, "price"),
        quantity=min(sum(quantities), 2**31 - 1) if quantities else None,
        issues=[i for i in issues(payload) if not i.marketplace_ids or marketplace_id in i.marketplace_ids],
    )
