"""The state of a thread and how urgent it is, as pills."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from models.mailbox.answer_clock import tone_of
from models.mailbox.message import KINDS
from models.mailbox.thread import STATES, MailThread
from views.mailbox import bp
from views.support.cells import pill
from views.support.format import of_reader
from views.support.language import in_template as _

TONES = {"open": "info", "waiting": "neutral", "done": "ok", "spam": "neutral"}
URGENT = {"ok": "", "amber": "warn", "red": "bad", "overdue": "bad", "": ""}


@bp.app_template_global()
def thread_pills(thread: MailThread) -> Markup:
    return of_reader().once(_pills, thread.state, thread.is_suspect, thread.is_snoozed, thread.is_destroyed)


@bp.app_template_global()
def kind_of_mail(kind: str) -> Any:
    return KINDS.get(kind, kind) or "—"


@bp.app_template_global()
def urgency_tone(thread: MailThread) -> str:
    """How the due time of its answer looks."""
    return URGENT[tone_of(thread.unanswered_at)]


def _pills(state: str, is_suspect: bool, is_snoozed: bool, is_destroyed: bool) -> Markup:
    pills = pill(TONES[state], STATES[state])
    if is_suspect:
        pills += " " + pill("bad", _("Suspect"))
    if is_snoozed:
        pills += " " + pill("neutral", _("Put aside"))
    if is_destroyed:
        pills += Markup(' <span class="soft small">{}</span>').format(_("destroyed"))
    return pills
