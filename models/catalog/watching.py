"""Listings that are live are read again: Amazon suppresses and removes them later, too."""

from __future__ import annotations

from typing import Any

from models.audit.event import declare, track
from models.audit.telling import tell
from models.catalog.listing import Listing
from models.catalog.publication import MOST_ISSUES, Issue, Publication
from models.catalog.sight import next_watch, observe
from models.stores.store import Store
from models.support import clock
from models.support.db import write_txn
from models.support.words import say

declare("listing_suppressed", say("Amazon suppressed %(object)s: %(codes)s"), "codes")
tell("listing_suppressed.codes", {"?": say("it does not say why")})
declare("listing_removed", say("Amazon does not have %(object)s any more"))
declare("listing_recovered", say("%(object)s is buyable again"))


def watched_now(store: Store, limit: int = 100) -> list[Listing]:
    """Listings of a store that are due to be read again."""
    query = Listing.select().where(Listing.store == store, Listing.watch_at <= clock.now())
    return list(query.order_by(Listing.watch_at).limit(limit))


def watch(listing: Listing, seen: Any | None, issues: list[tuple[Any, dict[str, str]]]) -> None:
    """What a later reading found: late issues are kept with the last publication, a suppressed listing says so."""
    with write_txn():
        mine = Publication.select().where(Publication.listing == listing).order_by(Publication.id.desc())
        newest, latest = mine.first(), mine.where(Publication.state == "live").first()
        errors = [pair for pair in issues if pair[0].severity == "ERROR"]
        if latest is not None:
            Issue.delete().where(Issue.publication == latest, Issue.stage == "late").execute()
            for issue, messages in issues[:MOST_ISSUES]:
                Issue.keep(latest, "late", issue, messages)
            if latest == newest:  # Else it is the newer attempt whose issues are counted.
                listing.change(issue_count=Issue.errors_of(latest))
        was = listing.state
        if seen is None:
            listing.change(state="removed", read_at=clock.now(), watch_at=next_watch(listing))
            if was != "removed":
                track("listing_removed", listing)
            return
        is_buyable = "BUYABLE" in seen.statuses
        observe(listing, seen, is_live=is_buyable)
        if not is_buyable and was in ("live", "removed"):
            listing.change(state="suppressed")
            track("listing_suppressed", listing, codes=sorted({issue.code for issue, _ in errors}) or ["?"])
        elif is_buyable and was in ("suppressed", "removed"):
            track("listing_recovered", listing)
        listing.change(watch_at=next_watch(listing))
