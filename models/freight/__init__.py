"""Freight: price sheets of shipping services, and what a parcel costs under them. The engine knows no database and no clock."""
