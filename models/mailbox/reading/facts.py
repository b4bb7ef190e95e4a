"""What is named in a mail: orders, products, other mails, a time. Nothing is guessed from a number's first digits."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

ORDER_ID = re.compile(r"(?<![\d-])\d{3}-\d{7}-\d{7}(?![\d-])", re.ASCII)
ASIN = re.compile(r"(?<![A-Za-z0-9_])B0[A-Z0-9]{8}(?![A-Za-z0-9_])")
MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
AS_TYPED = str.maketrans("０１２３４５６７８９－‐‑−", "0123456789----")
MOST = 100


def order_ids(*texts: str) -> tuple[str, ...]:
    """Each once, in their order. Full-width figures and other hyphens count as plain ones."""
    return _found(ORDER_ID, [text.translate(AS_TYPED) if not text.isascii() else text for text in texts])


def asins(*texts: str) -> tuple[str, ...]:
    return _found(ASIN, texts)


def _found(pattern: re.Pattern[str], texts) -> tuple[str, ...]:
    unique: dict[str, None] = {}
    for text in texts:
        for match in pattern.finditer(text):
            unique[match[0]] = None
            if len(unique) == MOST:
                return tuple(unique)
    return tuple(unique)


def message_ids(text: str) -> tuple[str, ...]:
    """The ids of a header, in angle brackets. One without them gets them."""
    found = tuple(dict.fromkeys(match[0] for match in MESSAGE_ID.finditer(text)))[:MOST]
    if found or not text.strip():
        return found
    bare = text.split()[0].strip("<>")
    return (f"<{bare[:900]}>",) if bare else ()


def moment(text: str) -> datetime | None:
    """A date header as naive UTC; None where it is no date."""
    try:
        at = parsedate_to_datetime(text[:200])
        return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
