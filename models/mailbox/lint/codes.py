"""The codes of the lint, in the order they are told: whether they block sending, and what to do about each (docs/domain.md §5.6)."""

from __future__ import annotations

from dataclasses import dataclass

from models.support.words import Words, say

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Rule:
    severity: str
    words: Words


@dataclass(frozen=True)
class Attached:
    """A file that goes along; its size in bytes."""

    filename: str
    content_type: str = ""
    size: int = 0


@dataclass(frozen=True)
class Finding:
    """A code, and where in the text it is: from `start` up to `end`, in characters; no place where the whole is meant."""

    code: str
    start: int | None = None
    end: int | None = None

    @property
    def rule(self) -> Rule:
        return CODES[self.code]

    @property
    def severity(self) -> str:
        return self.rule.severity

    @property
    def words(self) -> Words:
        return self.rule.words

    @property
    def blocks(self) -> bool:
        return self.severity == ERROR


CODES: dict[str, Rule] = {
    "EMPTY": Rule(ERROR, say("Write something: the message is empty.")),
    "LINK_EXTERNAL": Rule(ERROR, say("Take the link or website out: only Amazon's own may be named.")),
    "LINK_AMAZON": Rule(WARNING, say("A link to Amazon: send it only where the buyer needs it for this order.")),
    "EMAIL": Rule(ERROR, say("Take the e-mail address out: buyers answer to this message.")),
    "PHONE": Rule(ERROR, say("Take the phone number out: Amazon allows none.")),
    "OTHER_CHANNEL": Rule(ERROR, say("Do not lead the buyer to another messenger or network.")),
    "REVIEW_INCENTIVE": Rule(ERROR, say("Offer nothing for a review, and do not ask for a good one.")),
    "REVIEW_CHANGE": Rule(ERROR, say("Do not ask to change or remove a review or feedback.")),
    "MARKETING": Rule(ERROR, say("Take the advertising out: coupons, discounts and other offers are forbidden.")),
    "EMOJI": Rule(ERROR, say("Take the emoji out.")),
    "ASK_CANCEL": Rule(ERROR, say("Do not ask the buyer to cancel: cancel the order yourself, with the true reason.")),
    "PLACEHOLDER_LEFT": Rule(ERROR, say("A placeholder of the template is not filled in.")),
    "BLANK_LINES": Rule(WARNING, say("Leave one empty line at most.")),
    "ALL_CAPS": Rule(WARNING, say("Write in small letters: capitals read like shouting.")),
    "HTML": Rule(ERROR, say("Write plain text: tags and images are not allowed.")),
    "ORDER_ID_MISSING": Rule(ERROR, say("Name the order: a message that you begin needs its 17-digit id.")),
    "LANGUAGE": Rule(WARNING, say("This does not look like the buyer's language.")),
    "ATTACH_TYPE": Rule(ERROR, say("Attach only PDF, JPG, PNG or TXT files.")),
    "ATTACH_SIZE": Rule(ERROR, say("The attachments are larger than 10 MB together.")),
}
