"""Statements of a wallet: what moved in a period, from the balance before to the balance after, as PDF and CSV."""
