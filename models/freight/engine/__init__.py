"""What a parcel costs under a card, from the card and the parcel alone: no database, no clock (docs/freight.md)."""
