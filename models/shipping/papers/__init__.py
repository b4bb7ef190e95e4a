"""Papers that go with parcels: labels, packing slips, pick lists. Made as PDF by a job, sealed, kept a day."""
