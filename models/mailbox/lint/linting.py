"""All checks of an answer, in the order their codes are told (docs/domain.md §5.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.mailbox.lint import channels, files, links, marks, phones
from models.mailbox.lint.cancelling import cancellations
from models.mailbox.lint.codes import CODES, Attached, Finding
from models.mailbox.lint.folded import Folded, folded
from models.mailbox.lint.marketing import marketing
from models.mailbox.lint.reviews import reviews
from models.mailbox.lint.scripts import is_other_script

ORDER_ID = re.compile(r"\d(?<![\d-]\d)\d{2}-\d{7}-\d{7}(?![\d-])")
PLACES = {code: place for place, code in enumerate(CODES)}


def lint(
    text: str,
    *,
    proactive: bool = False,
    order_id: str | None = None,
    buyer_language: str | None = None,
    attachments: Sequence[Attached] = (),
) -> list[Finding]:
    """What Amazon would mind: each code once, at its first place, errors and warnings in the order of CODES. `proactive` is a message
    that we begin; it has to name the order, `order_id` where it is known."""
    found: dict[str, Finding] = {}
    for finding in _all(folded(text), proactive, order_id, buyer_language, list(attachments)):
        known = found.get(finding.code)
        if known is None or (finding.start or 0) < (known.start or 0):
            found[finding.code] = finding
    return sorted(found.values(), key=lambda finding: PLACES[finding.code])


def _all(
    text: Folded, proactive: bool, order_id: str | None, language: str | None, attached: list[Attached]
) -> Iterator[Finding]:
    yield from files.attachments(attached)
    if proactive and not names_order(text, order_id):
        yield Finding("ORDER_ID_MISSING")
    if not text.plain.strip():
        yield Finding("EMPTY")
        return
    yield from links.links(text, attached)
    yield from phones.phones(text)
    yield from channels.channels(text)
    yield from reviews(text)
    yield from marketing(text)
    yield from cancellations(text)
    for check in (marks.emoji, marks.placeholders, marks.blank_lines, marks.capitals, marks.html):
        yield from check(text)
    if is_other_script(text.typed, language):
        yield Finding("LANGUAGE")


def names_order(text: Folded, order_id: str | None) -> bool:
    """The order's id stands in the text; any order's where it is not known which."""
    named = ORDER_ID.findall(text.plain)
    return order_id.strip() in named if order_id and order_id.strip() else bool(named)
