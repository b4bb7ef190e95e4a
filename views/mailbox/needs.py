"""What the mailbox brings to a team's first page and to everybody's own: what is overdue, what is due soon, and whose it is."""

from __future__ import annotations

from flask import g, url_for
from flask_babel import gettext as _

from models.mailbox import listing
from models.mailbox.thread import ANSWER, MANAGE
from models.workload import threads  # noqa: F401 (adds its queues)
from views.support.access import reach
from views.support.waiting import waiting
from views.workload.queues import leads


def _to_answer() -> tuple[int, int, int]:
    """Overdue, due soon, and answers that did not go out, counted once for a page."""
    if "to_answer" not in g:
        g.to_answer = listing.to_answer(reach)
    return g.to_answer  # type: ignore[no-any-return]


waiting(
    lambda: _("Buyers whose answer is overdue"),
    lambda: _to_answer()[0],
    lambda: url_for("mailbox.index", wait="overdue", sort="due"),
    permission=ANSWER,
    icon="mail",
    tone="bad",
)
waiting(
    lambda: _("Buyers to answer within 12 hours"),
    lambda: _to_answer()[1],
    lambda: url_for("mailbox.index", wait="soon", sort="due"),
    permission=ANSWER,
    icon="mail",
)
waiting(
    lambda: _("Answers that did not go out"),
    lambda: _to_answer()[2],
    lambda: url_for("mailbox.unsent_answers"),
    permission=ANSWER,
    icon="mail",
    tone="bad",
)
leads("answers_unsent", lambda: url_for("mailbox.unsent_answers", care="mine"), ANSWER)
leads("threads_mine", lambda: url_for("mailbox.index", care="mine"), ANSWER)
leads("threads_overdue_mine", lambda: url_for("mailbox.index", wait="overdue", care="mine", sort="due"), ANSWER)
leads("threads_overdue", lambda: url_for("mailbox.index", wait="overdue", sort="due"), MANAGE)
