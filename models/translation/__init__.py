"""Translators: whom a team has texts translated by, and how much of it in a month."""
