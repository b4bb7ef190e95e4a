"""Stores: a seller account on Amazon in one region, its authorization and marketplaces, its health, every call made."""
