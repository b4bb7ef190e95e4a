"""Work that happens by itself: `schedule.py` is the whole truth about what runs, the runner makes it run once."""
