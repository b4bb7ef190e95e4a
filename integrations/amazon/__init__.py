"""Amazon's Selling Partner API: tokens, a throttled client, and pure mappings of its payloads."""
