"""Lists as every screen has them: a room declares columns, filters, sorts, views and bulk actions; the rest is here."""
