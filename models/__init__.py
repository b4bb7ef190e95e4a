"""The domain: tables and every rule. It knows nothing of views, jobs, templates or the outside world."""
