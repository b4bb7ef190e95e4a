"""The rooms whose events are work. Loading this loads every measure: whoever counts must know all of them, or the figures of
one process would not be those of another. A new room adds its line here."""

from models.catalog import product_importer, publication
from models.exports import export
from models.orders import refetch, reveal

ROOMS = (product_importer, publication, export, refetch, reveal)
