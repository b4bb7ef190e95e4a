"""Reads one mail: bytes in, facts out. It knows no database and no clock, and never raises, whatever the bytes (docs/mailbox.md)."""

from models.mailbox.reading.mail import WARNINGS, Attachment, Mail
from models.mailbox.reading.reader import read

__all__ = ["WARNINGS", "Attachment", "Mail", "read"]
