"""What customs are told of a product wherever it goes: a short name in English and Chinese, and its HS code."""

from __future__ import annotations

import re

from models.support.errors import FieldRefused

DECLARED = ("hs_code", "declared_name", "declared_name_cn")
MOST_DECLARED = 120
HS = re.compile(r"\d{6,12}", re.ASCII)


def checked_hs(text: str, field: str = "hs_code") -> str:
    """The code's digits without the signs that part them; nothing stays nothing. Raises FieldRefused."""
    code = "".join(sign for sign in text if sign not in " .-")
    if code and not HS.fullmatch(code):
        raise FieldRefused(field, "An HS code has 6 to 12 digits.")
    return code
