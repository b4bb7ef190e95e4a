"""What the list of parcels can do with paper: print it, and order carriers' waybills."""

from __future__ import annotations

from models.lists.list_of import Bulk, add_bulk
from models.shipping.lists import EDIT, PARCELS
from models.shipping.waybill import Waybill
from models.support.words import say

add_bulk(
    PARCELS,
    Bulk("print", say("Print"), EDIT, icon="printer"),
    Bulk("waybills", say("Order waybills"), EDIT, Waybill.ask, icon="receipt"),
)
