"""What the ledger says no with: a code that programs may rely on, and a sentence for the person."""

from __future__ import annotations

from typing import Any

from models.support.errors import Refused
from models.support.words import Words, say


class LedgerRefused(Refused):
    """`code` is one of the names below; nothing has changed."""

    code = "LEDGER_REFUSED"
    sentence: Words = say("The ledger refuses this.")

    def __init__(self, message: str | Words = "", /, **params: Any):
        super().__init__(message or self.sentence, **params)


class InvalidAmount(LedgerRefused):
    code, sentence = "INVALID_AMOUNT", say("An amount is more than nothing and at most a million million.")


class InsufficientFunds(LedgerRefused):
    code, sentence = "INSUFFICIENT_FUNDS", say("The wallet does not hold enough. Recharge it first.")


class WalletBlocked(LedgerRefused):
    code, sentence = "WALLET_BLOCKED", say("The wallet is blocked: nothing new may be charged to it.")


class WalletFrozen(LedgerRefused):
    code = "WALLET_FROZEN"
    sentence = say(
        "The wallet is frozen because its books do not add up. Nothing moves until the operator has looked at it."
    )


class WalletClosed(LedgerRefused):
    code, sentence = "WALLET_CLOSED", say("The wallet is closed.")


class HoldNotPending(LedgerRefused):
    code, sentence = "HOLD_NOT_PENDING", say("This amount is not on hold any more.")


class RefundExceedsCaptured(LedgerRefused):
    code, sentence = "REFUND_EXCEEDS_CAPTURED", say("No more can be refunded than was charged for the parcel.")


class AlreadyReversed(LedgerRefused):
    code, sentence = "ALREADY_REVERSED", say("This transfer was reversed already.")


class SelfApproval(LedgerRefused):
    code, sentence = "SELF_APPROVAL", say("Somebody else has to decide on what you asked for.")


class KeyConflict(LedgerRefused):
    code = "IDEMPOTENCY_CONFLICT"
    sentence = say("The same act was asked for before, with other values. Reload the page, and begin again.")


class CurrencyMismatch(LedgerRefused):
    code, sentence = "CURRENCY_MISMATCH", say("Both sides have to be in the wallet's currency.")
