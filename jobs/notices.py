"""Hands over what waits to be mailed to the people who work here, one mail after the other in one session, outside of any transaction."""

from __future__ import annotations

from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from config.settings import SUBMISSIONS, Settings
from integrations.errors import IntegrationError
from integrations.mailboxes import Server
from integrations.mailboxes.smtp_client import SmtpClient
from jobs.amazon import settings
from models.notices.address import NoticeAddress
from models.notices.notice import Notice
from models.support.job_run import JobRun
from models.support.words import say, speaking
from models.vault.data_key import KeyDestroyed

FOOTER = say("You get this mail because you asked Portolan to tell you. Switch it off here:")


def send(run: JobRun) -> None:
    """Nothing where no mail server was set up; what waits goes when there is one."""
    if not settings().smtp:
        return
    while due := Notice.due():
        try:
            with SmtpClient(settings(), server_of(settings()), name=host_of(settings())) as client:
                client.sign_in()
                for notice in due:
                    _hand_over(client, notice)
                    run.progress(add=1)
        except IntegrationError as error:  # The server itself: everything due rests, and nothing fails for good.
            for notice in due:
                if notice.reload().state == "waiting" and notice.claim():
                    notice.later(error.code, permanent=False)


def server_of(chosen: Settings) -> Server:
    parts = urlsplit(chosen.smtp)
    security, port = SUBMISSIONS[parts.scheme]
    login, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.hostname or "", parts.port or port, login, password, security=security)


def host_of(chosen: Settings) -> str:
    return chosen.mail_from.rpartition("@")[2]


def _hand_over(client: SmtpClient, notice: Notice) -> None:
    if not notice.claim():
        return
    try:
        to = NoticeAddress.of(notice.person)
        if to is None or not notice.person.is_active or not (to.is_confirmed or notice.kind == "code"):
            notice.drop("nobody")
            return
        client.send(settings().mail_from, to.clear, message_of(notice, to.clear, settings()).as_bytes())
    except KeyDestroyed:
        notice.drop("key")
    except IntegrationError as error:
        notice.later(error.code, permanent=error.permanent)
        if error.code in ("closed", "unknown", "timeout"):
            raise
    else:
        notice.sent()


def message_of(notice: Notice, to: str, chosen: Settings) -> EmailMessage:
    """Plain text with a link. The Message-ID stays the same however often it is tried."""
    host = host_of(chosen)
    with speaking(notice.person.language):
        footer = str(FOOTER)
    parts = [notice.unseal("body") or "", chosen.base_url + notice.path if notice.path else ""]
    if notice.kind != "code":
        parts.append(f"{footer} {chosen.base_url}/preferences/mail")
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Portolan", addr_spec=chosen.mail_from)
    message["To"] = to
    message["Subject"] = notice.subject.replace("=?", "= ?")  # An encoded word in a team's name is not read as one.
    message["Date"] = format_datetime(notice.created_at.replace(tzinfo=UTC))
    message["Message-ID"] = f"<{notice.uid}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join(part for part in parts if part) + "\n", cte="quoted-printable")
    return message
