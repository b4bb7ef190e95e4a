"""The customer mailbox: what buyers write, who answers it, and until when."""
