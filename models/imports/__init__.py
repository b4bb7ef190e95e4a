"""Importing sheets: one pattern for every room. A room declares its columns and what a record does; the rest is here."""
