"""Other systems' lists over the bench's own tables, each served by a Python of its own (bench/beside.py makes it). Nothing here
may import the portal, nor the portal anything here."""
