"""Reports for the operator: what all wallets hold, what moved them, what is on hold for how long, and what channels earned."""
