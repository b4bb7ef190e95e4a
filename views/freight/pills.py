"""Where a version of a price sheet stands, as a pill."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from models.freight.rate_card import RateCard
from models.support.words import say
from views.freight import bp
from views.support.cells import pill
from views.support.format import of_reader

TONES = {
    "draft": ("warn", say("Draft")),
    "in_force": ("ok", say("In force")),
    "coming": ("info", say("Coming")),
    "ended": ("neutral", say("Ended")),
    "retired": ("bad", say("Withdrawn")),
    "discarded": ("neutral", say("Discarded")),
}


@bp.app_template_global()
def sheet_pill(version: RateCard) -> Markup:
    return of_reader().once(_pill, version.standing)


def _pill(standing: str) -> Any:
    tone, words = TONES[standing]
    return pill(tone, str(words))
