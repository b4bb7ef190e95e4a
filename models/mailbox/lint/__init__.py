"""Checks an answer to a buyer against Amazon's rules before it leaves, while it is typed. It knows no database and never raises
(docs/mailbox.md)."""

from models.mailbox.lint.codes import CODES, Attached, Finding, Rule
from models.mailbox.lint.linting import lint

__all__ = ["CODES", "Attached", "Finding", "Rule", "lint"]
