"""The state of a mailbox, and of each step of its trial, as pills."""

from __future__ import annotations

from markupsafe import Markup

from models.mailbox.account import MailAccount
from models.mailbox.finding import Finding
from models.support.words import say
from views.mailbox import bp
from views.support.cells import pill

TONES = {"active": "ok", "checking": "info", "paused": "neutral", "refused": "bad"}
LEVELS = {
    "good": ("ok", say("Good")),
    "info": ("info", say("Note")),
    "warn": ("warn", say("Look at this")),
    "bad": ("bad", say("Does not work")),
}


@bp.app_template_global()
def mailbox_pill(account: MailAccount) -> Markup:
    """One that works and rests after a failure, or cannot send, is a warning."""
    tone = "warn" if account.is_working and (account.problem or account.needs_mending) else TONES[account.state]
    return pill(tone, account.state_words)


@bp.app_template_global()
def finding_pill(finding: Finding) -> Markup:
    return pill(*LEVELS[finding.level])
