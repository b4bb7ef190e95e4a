"""The customer mailbox: threads with buyers, who answers them, and the mailboxes they come from."""

from flask import Blueprint

bp = Blueprint("mailbox", __name__)

from views.mailbox import (  # noqa: E402 (they add their routes)
    account_pills,  # noqa: F401
    accounts,  # noqa: F401
    acknowledgements,  # noqa: F401
    acts,  # noqa: F401
    asking,  # noqa: F401
    cases,  # noqa: F401
    files,  # noqa: F401
    found,  # noqa: F401
    moving,  # noqa: F401
    needs,  # noqa: F401
    outreach,  # noqa: F401
    pills,  # noqa: F401
    replies,  # noqa: F401
    shares,  # noqa: F401
    templates,  # noqa: F401
    threads,  # noqa: F401
    translating,  # noqa: F401
    translators,  # noqa: F401
    unsent,  # noqa: F401
)
