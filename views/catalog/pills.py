"""How listings stand, as pills: of one listing, and of a product's listings together."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from models.catalog.listing import Listing
from models.support.words import Words, say
from views.catalog import bp
from views.support import format as figures
from views.support.cells import NOTHING, pill
from views.support.language import in_template as _
from views.support.language import many_in_template as ngettext

STATES: dict[str, tuple[str, Words]] = {
    "live": ("ok", say("Live")),
    "suppressed": ("warn", say("Suppressed")),
    "removed": ("neutral", say("Removed")),
    "draft": ("neutral", say("Draft")),
}
ATTEMPTS: dict[str, tuple[str, Words]] = {
    "waiting": ("info", say("Waiting")),
    "previewed": ("info", say("Previewed")),
    "submitted": ("info", say("Submitted")),
    "accepted": ("info", say("Accepted, not live yet")),
    "refused": ("bad", say("Refused")),
    "failed": ("bad", say("Failed")),
}


@bp.app_template_global()
def listing_pills(listing: Listing) -> Markup:
    """What is true of a listing on Amazon now, how the last attempt stands, and how many issues there are."""
    attempt, pills = ATTEMPTS.get(listing.publication_state), ""
    if listing.state != "draft" or attempt is None:
        pills += pill(*STATES[listing.state])
    if attempt is not None:
        pills += pill(*attempt)
    if listing.issue_count:
        issues = ngettext("%(num)s issue", "%(num)s issues", listing.issue_count)
        pills += Markup('<span class="tone-bad small">{}</span>').format(issues)
    return Markup(f'<span class="cluster">{pills}</span>')


@bp.app_template_global()
def standing_pills(counts: Mapping[str, int]) -> Markup:
    """How many listings of a product stand how."""
    return figures.of_reader().once(_standing, tuple(counts.items()))


def _standing(counts: tuple[tuple[str, int], ...]) -> Markup:
    kinds = standing_kinds()
    pills = [
        pill(kinds[name][0], f"{figures.number(times)} {kinds[name][1]}") for name, times in counts if name in kinds
    ]
    return Markup(f'<span class="cluster">{"".join(pills) or NOTHING}</span>')


def standing_kinds() -> dict[str, tuple[str, str]]:
    """How listings may stand, for a count before the word: a tone and the word."""
    return {
        "live": ("ok", _("live")),
        "on_its_way": ("info", _("on its way")),
        "refused": ("bad", _("refused")),
        "failed": ("bad", _("failed")),
        "suppressed": ("warn", _("suppressed")),
        "draft": ("neutral", _("draft")),
    }
