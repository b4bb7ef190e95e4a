"""Refusals in Amazon's words: every one is an HTTP status and one entry of an `errors` list."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    def __init__(self, status: int, code: str, message: str, details: str = ""):
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.details = status, code, message, details

    def body(self) -> dict[str, Any]:
        return {"errors": [{"code": self.code, "message": self.message, "details": self.details}]}


class InvalidInput(ApiError):
    def __init__(self, message: str, details: str = ""):
        super().__init__(400, "InvalidInput", message, details)


class Unauthorized(ApiError):
    def __init__(self, details: str = ""):
        super().__init__(403, "Unauthorized", "Access to requested resource is denied.", details)


class NotFound(ApiError):
    def __init__(self, message: str):
        super().__init__(404, "NOT_FOUND", message)


class NoSuchOperation(ApiError):
    def __init__(self, method: str, path: str):
        super().__init__(404, "ResourceNotFound", "The requested resource does not exist.", f"{method} {path}")


class QuotaExceeded(ApiError):
    def __init__(self) -> None:
        super().__init__(429, "QuotaExceeded", "You exceeded your quota for the requested resource.")


class UnsupportedMediaType(ApiError):
    def __init__(self, content_type: str):
        super().__init__(415, "UnsupportedMediaType", "The body has to be application/json.", content_type)


class TooLarge(ApiError):
    def __init__(self, limit: int):
        super().__init__(
            413, "RequestTooLarge", "The request is larger than Amazon accepts.", f"At most {limit} bytes."
        )
