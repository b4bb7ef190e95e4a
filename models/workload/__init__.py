"""Who did how much, and what waits for whom: counted from events, never from anybody's screen."""
