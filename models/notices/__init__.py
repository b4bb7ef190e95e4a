"""Mails to the people who work here, about what they asked to be told: nothing of buyers is ever in one."""
