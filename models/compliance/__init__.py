"""Access that can be shown to an auditor: reviews of who may do what, the daily baseline, and alarms that a person settles."""
