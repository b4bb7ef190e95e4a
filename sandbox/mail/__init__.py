"""A stand-in for Amazon's mail relay, the buyers behind it, and the mailbox of a seller: mails come as files of a Maildir, answers go
by SMTP. Nothing leaves this machine, and what is written is kept in the Maildir alone."""
