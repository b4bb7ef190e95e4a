"""GTINs (EAN, UPC) and SKUs as Amazon takes them. A barcode is checked, never invented."""

from __future__ import annotations

import re
import unicodedata

from stdnum import ean
from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength

from models.support.errors import FieldRefused

KINDS = {8: "ean", 12: "upc", 13: "ean", 14: "gtin"}
SKU_MOST = 40
HIDDEN = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


def checked_gtin(text: str, field: str = "gtin") -> str:
    """Digits of a GTIN with 8, 12, 13 or 14 digits and a right check digit; "" stays "". Raises FieldRefused."""
    digits = re.sub(r"[\s\-]", "", text)
    if not digits:
        return ""
    if not digits.isascii() or not digits.isdigit() or len(digits) not in KINDS:
        raise FieldRefused(field, "A barcode number has 8, 12, 13 or 14 digits.")
    try:
        ean.validate(digits)
    except InvalidChecksum:
        raise FieldRefused(
            field, "The barcode number %(number)s has a wrong check digit: something is mistyped.", number=digits
        ) from None
    except (InvalidFormat, InvalidLength):
        raise FieldRefused(field, "A barcode number has 8, 12, 13 or 14 digits.") from None
    if is_restricted(digits):
        raise FieldRefused(
            field, "Barcodes like %(number)s are for use inside a shop; Amazon refuses them.", number=digits
        )
    return digits


def is_restricted(digits: str) -> bool:
    """True for numbers that anyone may print for the own shop, and that name no product in the world (GS1 020, 040, 2)."""
    if len(digits) == 8:
        return digits[0] in "02"
    number = digits[1:] if len(digits) == 14 else digits.zfill(13)
    return number.startswith(("02", "04", "2")) or not number.strip("0")


def gtin_kind(digits: str) -> str:
    """Amazon's word for the kind of number: ean, upc or gtin."""
    return KINDS[len(digits)]


def checked_sku(text: str, field: str = "sku") -> str:
    """A SKU of 1 to 40 signs, any script, inner spaces and slashes included. Raises FieldRefused."""
    sku = text.strip()
    if not sku:
        raise FieldRefused(field, "Every variant needs a SKU.")
    if len(sku) > SKU_MOST:
        raise FieldRefused(field, "A SKU has at most %(most)s characters.", most=SKU_MOST)
    if any(unicodedata.category(sign) in HIDDEN for sign in sku):
        raise FieldRefused(field, "A SKU cannot contain line breaks or invisible characters.")
    return sku
