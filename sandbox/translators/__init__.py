"""Translators over HTTP: they speak Microsoft's protocol, and answer with the text itself, marked as translated."""
