"""Parcels at risk: what may go wrong with a parcel, found before its buyer or Amazon finds it."""
