"""What is not a buyer's: Amazon's notices, the copy of an answer, an answer that was not delivered, and somebody who pretends to be
Amazon."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from sandbox.mail.letters import AMAZON_IDS, DASHES

NOTICES = {
    "return": ("Return request for order {order}", "A return has been requested for order {order}.\nReason: no longer needed.\n"),
    "refund": ("Refund initiated for order {order}", "A refund has been initiated for order {order}.\n"),
    "claim": ("A-to-z Guarantee claim for order {order}", "The buyer filed an A-to-z Guarantee claim for order {order}. Answer within 72 hours.\n"),
    "opt_out": ("Your message to the buyer", "The buyer of order {order} has chosen to opt out of receiving unsolicited messages.\n"),
    "system": ("Your weekly summary", "You can see how your account does in Seller Central.\n"),
}  # fmt: skip
GERMAN = {
    "return": (
        "Rücksendeantrag für Bestellung {order}",
        "Für die Bestellung {order} wurde ein Rücksendeantrag gestellt.\n",
    ),
}
KINDS = (*NOTICES, "phishing")


def notice(kind: str, *, to: str, order_id: str, domain: str, at: datetime, language: str = "en") -> EmailMessage:
    """A notice of Amazon about an order."""
    subject, text = (GERMAN if language == "de" and kind in GERMAN else NOTICES)[kind]
    made = _mail(f"Amazon <donotreply@{domain}>", to, subject.format(order=order_id), at)
    made["Authentication-Results"] = "mx.example; spf=pass; dkim=pass header.d=amazon.com"
    made.set_content(text.format(order=order_id))
    return made


def phishing(*, to: str, order_id: str, at: datetime) -> EmailMessage:
    """Looks like the relay and is none."""
    sender = "Amazon Seller Support <a1b2c3d4e5f6g7@marketplace.amazon.de.account-check.example>"
    made = _mail(sender, to, f"Your account will be closed (Order: {order_id})", at)
    made["Authentication-Results"] = "mx.example; spf=fail smtp.mailfrom=account-check.example; dkim=none"
    text = (
        "Dear seller,\n\nconfirm your bank account within 24 hours: https://sellercentral.account-check.example/login\n"
    )
    made.set_content(text)
    link = "<p>Dear seller,</p><p><a href='https://sellercentral.account-check.example/login'>sellercentral.amazon.de</a></p>"
    made.add_alternative(link, subtype="html")
    return made


def copy_of(answer: EmailMessage, *, relay: str, marketplace_id: str, at: datetime) -> EmailMessage:
    """What Amazon sends a seller for every answer it passed on."""
    made = _mail(f"Amazon Marketplace <{relay}>", str(answer["From"]), str(answer["Subject"] or ""), at)
    made["In-Reply-To"] = made["References"] = str(answer["Message-ID"] or "")
    made["X-Space-Notification-Type"] = "BBC_MESSAGE_CONFIRMATION_TO_MERCHANT"
    made["X-Marketplace-ID"] = marketplace_id
    made.set_content(
        f"Your message was sent.\n{DASHES} Begin message {DASHES}\n{text_of(answer)}\n{DASHES} End message {DASHES}\n"
    )
    return made


def not_delivered(answer: EmailMessage, *, domain: str, why: str, at: datetime) -> EmailMessage:
    made = _mail(f"Amazon <no-reply@{domain}>", str(answer["From"]), f"Not delivered: {answer['Subject'] or ''}", at)
    made["In-Reply-To"] = made["References"] = str(answer["Message-ID"] or "")
    made.set_content(f"We were unable to deliver the message you sent. {why}\n")
    return made


def text_of(answer: EmailMessage) -> str:
    body = answer.get_body(("plain",))
    return str(body.get_content()).strip() if body is not None else ""


def _mail(sender: str, to: str, subject: str, at: datetime) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = sender, to, " ".join(subject.split())
    made["Date"] = format_datetime(at)
    made["Message-ID"] = make_msgid(domain=AMAZON_IDS)
    return made
