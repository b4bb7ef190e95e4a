"""Sealed data: one data key per subject, kept apart from the data. Destroying the key is the deletion."""
