"""Parcels on their way: numbers, labels, tracking, and telling Amazon."""
