"""The tracking service's refusals in its words, and how it finds out whose a number is."""

from __future__ import annotations

import re
from typing import Any

FORMS = (
    (r"[A-Z]{2}\d{9}CN", 3011), (r"[A-Z]{2}\d{9}[A-Z]{2}", 3011), (r"1Z[0-9A-Z]{16}", 100002), (r"YT\d{16}", 190008),
    (r"9\d{21}", 21051), (r"\d{12}|\d{15}", 100003), (r"\d{10}", 100001),
)  # fmt: skip
WORDS = {
    -18010002: "Invalid security key.",
    -18010012: "The format of '{}' is invalid.",
    -18010013: "Submitted data is invalid.",
    -18010014: "The count of data exceeds the limit of 40.",
    -18019901: "The tracking number '{}' has been registered, don't need to repeat registration.",
    -18019902: "The tracking number '{}' does not register, please register first.",
    -18019903: "Carrier cannot be detected.",
    -18019904: "Retrack is not allowed. You can only retrack stopped numbers.",
    -18019905: "Retrack is not allowed. You can only retrack each number once.",
    -18019906: "The tracking number '{}' is not being tracked.",
    -18019907: "Exceeded the daily limit of numbers to be tracked.",
    -18019908: "Your tracking quota is not sufficient.",
    -18019909: "No tracking information at this time.",
    -18019910: "The carrier value '{}' is not correct.",
    -18019911: "The carrier can be changed five times.",
}


class Refused(Exception):
    """The whole call is refused."""

    def __init__(self, code: int, status: int = 200):
        super().__init__(WORDS[code])
        self.code, self.status = code, status

    def body(self) -> dict[str, Any]:
        return {
            "code": self.code if self.status != 200 else 0,
            "data": {"errors": [{"code": self.code, "message": str(self)}]},
        }


def carrier_of(number: str) -> int | None:
    """The key of the first carrier that has numbers of this form."""
    return next((code for form, code in FORMS if re.fullmatch(form, number)), None)
