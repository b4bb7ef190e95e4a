"""What went wrong with a mailbox, in words that say what to do. docs/mailbox.md lists every code."""

from __future__ import annotations

from integrations.errors import IntegrationError
from models.support.words import Words, say

PROBLEMS = {
    "name_unknown": say("There is no server of this name. Check how it is written; providers name it on their help pages."),
    "name_unasked": say("The server's name could not be looked up just now. Portolan tries again by itself."),
    "unsafe_address": say("The server's name leads into a private network. Only servers on the public internet are spoken to."),
    "connection_refused": say("Nobody answers at this port. Usual are 993 for reading, 465 (TLS) or 587 (STARTTLS) for sending."),
    "timeout": say("The server did not answer in time. A firewall may stop the connection; Portolan tries again by itself."),
    "unreachable": say("The server could not be reached. Check this server's network; Portolan tries again by itself."),
    "closed": say("The server closed the connection. Portolan tries again by itself."),
    "too_much": say("The server sent more than it was asked for. Portolan tries again by itself."),
    "unreadable": say("The server's answer could not be read. Portolan tries again by itself."),
    "plain_only": say("The server speaks plain text at this port, so login and mails would be readable on the way. Use the port with TLS: 993 "
                      "for reading, 465 for sending, or 587 with STARTTLS."),
    "tls_old": say("The server only offers outdated encryption. It has to offer TLS 1.2 or newer; ask whoever runs it."),
    "cert_expired": say("The server's certificate has expired. Whoever runs the server has to renew it."),
    "cert_early": say("The server's certificate is not valid yet. Either it was made wrong, or this machine's clock is: check the clock first."),
    "cert_other_name": say("The server's certificate is made out to another name. Enter the server's name as the provider writes it."),
    "cert_self_signed": say("The server's certificate is signed by nobody but itself. Use one of a known authority, or have the operator name "
                            "your authority in the setting mail_ca."),
    "cert_unknown": say("The server's certificate cannot be traced to a known authority. The server may send it without what links it to one; "
                        "or have the operator name your authority in the setting mail_ca."),
    "not_imap": say("What answers at this port is no IMAP server. Usual is port 993."),
    "not_smtp": say("What answers at this port is no SMTP server for submission. Usual are 465 (TLS) and 587 (STARTTLS)."),
    "starttls_missing": say("The server offers no STARTTLS at this port. Choose TLS with port 465, or ask the provider."),
    "login_refused": say("The server does not accept login or password. Type both anew; many providers want the whole address as login."),
    "app_password": say("The provider wants an app password here, not the one for its web pages. Make one in the provider's security settings."),
    "password_off": say("The provider lets programs in by OAuth 2 only, or IMAP is switched off in its settings. Switch IMAP on there, or choose "
                        "OAuth 2 here."),
    "login_later": say("The server lets nobody in just now, or has too many connections open. Portolan tries again by itself."),
    "grant_refused": say("The provider does not accept the refresh token any more. Get a new one and save it here."),
    "client_refused": say("The provider does not accept the application's id or secret. Copy both anew from the provider's console."),
    "token_refused": say("The mail server does not accept the provider's token. The token needs the right to read mail over IMAP, and the login "
                         "has to be the address it was given for."),
    "token_unavailable": say("The provider that gives tokens does not answer. Portolan tries again by itself."),
    "folder_missing": say("A folder of the mailbox is missing. Choose one of those that are there."),
    "not_readonly": say("The server opens folders for changes alone, so mails would be marked as read. Such a server cannot be used."),
    "no_uidvalidity": say("The server does not number its mails for good, so some would come twice or never. Such a server cannot be used."),
    "no_mail_folders": say("The operator has not allowed folders of mails. It is the setting mail_folders."),
    "folder_leads_away": say("The folder is a link to somewhere else. Links are not followed."),
    "not_maildir": say("This is no folder of mails: it needs the two folders new and cur in it (Maildir)."),
    "folder_unreadable": say("The folder cannot be read. The operator has to give Portolan's own user the right to."),
    "folder_full": say("The folder holds more than 200,000 mails. Move old ones elsewhere."),
    "sender_refused": say("The server lets us in, but not send as this address: %(message)s Enter an address that belongs to the login."),
    "recipient_refused": say("The server does not take mails to this address: %(message)s"),
    "bad_address": say("This is not an address to which a mail can be sent."),
    "mail_refused": say("The server did not take the mail: %(message)s"),
    "too_large_to_send": say("The mail is larger than the server takes."),
    "smtp_later": say("The server takes no mail just now: %(message)s Portolan tries again by itself."),
    "unknown": say("The connection broke after the last byte: the mail may have been sent."),
}  # fmt: skip
TOO_LARGE = say("It is larger than 25 MB. Read it in the mailbox itself.")
BROKE_OFF = say("The server broke off several times while giving it. Read it in the mailbox itself.")
FILE_UNREADABLE = say("Portolan's own user has no right to read its file.")


def problem_words(error: IntegrationError) -> Words:
    """What a person reads about a failure."""
    words = PROBLEMS.get(error.code)
    if words is None:
        return say("The mail server says: %(message)s", message=error.message)
    return Words(words.message, message=error.message) if "%(message)s" in words.message else words
