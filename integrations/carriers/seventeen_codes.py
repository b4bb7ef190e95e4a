"""17TRACK's error codes in our words: what each means for a number, and which of them concern the account."""

from __future__ import annotations

from integrations.carriers import (
    ALREADY,
    BAD_NUMBER,
    CARRIER_UNKNOWN,
    CARRIER_WRONG,
    DAILY_LIMIT,
    NO_NEWS,
    NOT_REGISTERED,
    QUOTA_USED,
    REFUSED,
)
from integrations.errors import IntegrationError

OF_NUMBERS = {
    -18010012: BAD_NUMBER,
    -18010013: BAD_NUMBER,
    -18019901: ALREADY,
    -18019902: NOT_REGISTERED,
    -18019903: CARRIER_UNKNOWN,
    -18019907: DAILY_LIMIT,
    -18019908: QUOTA_USED,
    -18019909: NO_NEWS,
    -18019910: CARRIER_WRONG,
}
ADDRESS, KEY, INTERNAL, DISABLED, NOT_ALLOWED, FORMAT, INVALID, TOO_MANY = (
    -18010001, -18010002, -18010003, -18010004, -18010005, -18010012, -18010013, -18010014,
)  # fmt: skip
OF_ACCOUNT = {  # (our code, sentence, whether trying again cannot help)
    ADDRESS: ("address_refused", "17TRACK does not accept calls from this server's address.", True),
    KEY: ("key_refused", "17TRACK does not accept the key.", True),
    INTERNAL: ("carrier_down", "17TRACK has trouble of its own.", False),
    DISABLED: ("key_refused", "17TRACK has disabled the account.", True),
    NOT_ALLOWED: ("key_refused", "17TRACK does not allow this key to do that.", True),
    FORMAT: ("refused", "17TRACK could not read what was sent.", True),
    INVALID: ("refused", "17TRACK could not use what was sent.", True),
    TOO_MANY: ("refused", "17TRACK takes 40 numbers at once.", True),
}


def of_number(code: int) -> str:
    return OF_NUMBERS.get(code, REFUSED)


def of_account(code: int, message: str = "") -> IntegrationError:
    """The error for a code that stands for the whole answer."""
    if code in (-18019907, -18019908):
        word, seconds = (DAILY_LIMIT, 3600.0) if code == -18019907 else (QUOTA_USED, 86400.0)
        return IntegrationError(word, f"17TRACK: {message or word}", permanent=False, retry_after=seconds)
    word, sentence, permanent = OF_ACCOUNT.get(code, ("refused", f"17TRACK refused the call ({code}): {message}", True))
    return IntegrationError(word, sentence, permanent=permanent)
