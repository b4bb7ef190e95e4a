"""Orders: what buyers bought, brought in from Amazon; the buyers' data sealed, and destroyed when its time is up."""
