"""Teams, persons, roles and grants, sessions, lockout, networks: who may do what, and how they prove who they are."""
