"""The states of wallets, holds and decisions as pills."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from models.wallet.hold import Hold
from models.wallet.wallet import Wallet
from views.support.cells import pill
from views.wallet import bp

WALLET_TONES = {"active": "ok", "blocked": "warn", "frozen": "bad"}
HOLD_TONES = {"pending": "info", "captured": "ok", "expired": "warn"}
STATEMENT_TONES = {"waiting": "info", "running": "info", "ready": "ok", "failed": "bad"}
DECISION_TONES = {"waiting": "warn", "approved": "ok", "rejected": "bad", "withdrawn": "neutral"}

BANK_LINE_TONES = {"unmatched": "warn", "proposed": "info", "matched": "ok"}
BANK_FILE_TONES = {"looked": "warn", "applied": "ok"}


@bp.app_template_global()
def bank_line_pill(one: Any) -> Markup:
    return pill(BANK_LINE_TONES.get(one.state, "neutral"), one.state_words, title=one.reason)


@bp.app_template_global()
def bank_file_pill(one: Any) -> Markup:
    return pill(BANK_FILE_TONES.get(one.state, "neutral"), one.state_words)


@bp.app_template_global()
def wallet_pill(wallet: Wallet) -> Markup:
    return pill(WALLET_TONES.get(wallet.state, "neutral"), wallet.state_words, title=wallet.reason)


@bp.app_template_global()
def hold_pill(hold: Hold) -> Markup:
    return pill(HOLD_TONES.get(hold.state, "neutral"), hold.state_words)


@bp.app_template_global()
def decision_pill(one: Any) -> Markup:
    """Of a recharge or a change by hand."""
    return pill(DECISION_TONES[one.state], one.state_words)


@bp.app_template_global()
def statement_pill(one: Any) -> Markup:
    return pill(STATEMENT_TONES.get(one.state, "neutral"), one.state_words)
