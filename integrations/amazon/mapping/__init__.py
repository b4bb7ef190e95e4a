"""Amazon's payloads in our words. Pure and tolerant: what is missing is None, what is unknown is kept as text."""
