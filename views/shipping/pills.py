"""The state of a parcel, and of what Amazon was told of it, as pills."""

from __future__ import annotations

from markupsafe import Markup

from models.shipping.confirmation import Confirmation
from models.shipping.parcel import STATES, Parcel
from models.shipping.tracking_account import TrackingAccount
from views.shipping import bp
from views.support.cells import pill

TONES = {"labelled": "info", "shipped": "info", "delivered": "ok", "lost": "bad", "returned": "warn"}


@bp.app_template_global()
def parcel_pill(parcel: Parcel) -> Markup:
    return pill(TONES.get(parcel.state, "neutral"), STATES[parcel.state])


TOLD_TONES = {"waiting": "info", "sending": "info", "unsure": "warn", "confirmed": "ok", "refused": "bad"}


@bp.app_template_global()
def told_pill(confirmation: Confirmation) -> Markup:
    return pill(TOLD_TONES.get(confirmation.state, "neutral"), confirmation.state_words)


SERVICE_TONES = {"active": "ok", "checking": "info", "paused": "neutral", "refused": "bad"}


@bp.app_template_global()
def service_pill(account: TrackingAccount) -> Markup:
    """How a tracking service stands: one that works and rests after a failure is a warning."""
    tone = "warn" if account.is_working and account.problem else SERVICE_TONES[account.state]
    return pill(tone, account.state_words)
