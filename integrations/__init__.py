"""The outside world: our words outside, the vendor's inside. It knows the settings and nothing else of ours."""
