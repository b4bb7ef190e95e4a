"""What an order leaves, beside it and beside what its buyer writes."""
