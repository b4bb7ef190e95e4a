"""Money is integer minor units and a currency. Never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3, "TND": 3}


def exponent(currency: str) -> int:
    """Decimals of a currency."""
    return EXPONENTS.get(currency, 2)


@dataclass(frozen=True)
class Money:
    amount_minor: int
    currency: str

    @property
    def amount(self) -> Decimal:
        return Decimal(self.amount_minor).scaleb(-exponent(self.currency))

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> Money:
        """Rounds half up to the currency. Raises ValueError for text that is no finite number."""
        try:
            number = Decimal(amount)
        except InvalidOperation:
            raise ValueError(f"{amount!r} is not an amount.") from None
        if not number.is_finite() or number.adjusted() > 15:  # Asks for no arithmetic, which 1e999999999 would break.
            raise ValueError(f"{amount!r} is not an amount.")
        minor = number.scaleb(exponent(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return cls(int(minor), currency)

    def text(self) -> str:
        """The plain decimal text, as APIs want it: "19.90", "1200"."""
        return format(self.amount, f".{exponent(self.currency)}f")
