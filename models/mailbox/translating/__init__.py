"""Translating in a thread: what is personal is masked before it leaves, and put back in what comes."""
