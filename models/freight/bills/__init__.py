"""Carriers' bills: what was billed, matched with the quotes of the parcels, and the differences a person settles."""
