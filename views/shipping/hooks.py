"""What tracking services send by themselves. Nobody signs in here: the address cannot be guessed, and the bytes have to be signed
with the account's key. They are only kept, sealed; a job reads them (jobs/tracking.py)."""

from __future__ import annotations

from flask import request
from peewee import IntegrityError

from config import logs
from models.shipping.tracking_account import TrackingAccount
from models.shipping.tracking_message import TrackingMessage, is_signed
from models.support import clock
from models.support.errors import AlreadyDecided
from models.vault.data_key import KeyDestroyed
from views.shipping import bp
from views.support.access import hook as sent_by_machines
from views.support.access import public

security_log = logs.logger("security")
FORGED_NOTED_EVERY = 60  # Seconds; whoever guesses writes nothing more often.


@bp.post("/hooks/tracking/<hook>")
@public
@sent_by_machines
def hear(hook: str):
    """200 for what was signed, however often it comes; 403 for everything else, whatever is wrong with it."""
    account = TrackingAccount.of_hook(hook)
    if account is None:
        return "", 403
    raw, sign = request.get_data(cache=False), request.headers.get("sign", "")[:200]
    try:
        is_theirs = is_signed(raw, sign, account.open_secret())
    except KeyDestroyed:
        is_theirs = False
    if not is_theirs:
        _note_forged(account)
        return "", 403
    try:
        TrackingMessage.take(account, raw, sign)
    except (AlreadyDecided, KeyDestroyed, IntegrityError):  # The account was removed just now.
        return "", 403
    return "", 200


def _note_forged(account: TrackingAccount) -> None:
    security_log.warning("webhook_forged", name=account.kind)
    before = account.hook_refused_at
    if before is None or before < clock.ago(seconds=FORGED_NOTED_EVERY):
        account.change(hook_refused_at=clock.now())
