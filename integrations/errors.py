"""The one error of the outside world: a sentence, whether trying again can help, and when."""

from __future__ import annotations

# Trouble of the store, the application or the network, whatever was asked: nothing else of the store would fare better.
EVERYWHERE = {
    "authorization_lost", "application_refused", "token_refused", "token_unavailable", "unsafe_address", "key_refused",
    "address_refused",
}  # fmt: skip


class IntegrationError(Exception):
    """`code` is stable and short (for storing and translating), the message is English and free of secrets.

    `permanent`: trying the same again cannot help. `retry_after`: seconds after which it may.
    """

    def __init__(
        self, code: str, message: str, *, permanent: bool, retry_after: float | None = None, details: list | None = None
    ):
        self.code, self.message = code, message
        self.permanent, self.retry_after = permanent, retry_after
        self.details = details or []
        super().__init__(message)

    @property
    def concerns_everything(self) -> bool:
        """True when the next call for the same store would fail in the same way."""
        return self.code in EVERYWHERE


class AuthorizationLost(IntegrationError):
    """The seller revoked the grant, or it never was: only the seller can mend it."""

    def __init__(self, message: str = "Amazon says that the authorization was revoked or never given."):
        super().__init__("authorization_lost", message, permanent=True)


class ApplicationRefused(IntegrationError):
    """Amazon does not accept the application's own id or secret."""

    def __init__(self) -> None:
        super().__init__("application_refused", "Amazon refuses the application's client id or secret.", permanent=True)
