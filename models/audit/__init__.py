"""What happened: events, written in the change's own transaction and sealed into a hash chain."""
