"""The tests mirror the rooms. `conftest.py` has the cast and the databases; `servers.py` starts PostgreSQL and Redis."""
