"""What the page of a parcel shows of its carrier's waybill."""

from __future__ import annotations

from typing import Any

from models.shipping.papers.kinds import EDIT, REVEAL
from models.shipping.parcel import Parcel
from models.shipping.waybill import Waybill
from models.shipping.waybill_rules import service_of
from views.support.access import reach


def waybill_parts(parcel: Parcel) -> dict[str, Any]:
    """The waybill, and whether one can be ordered."""
    waybill = Waybill.of(parcel)
    is_open = parcel.state == "draft" and not parcel.tracking_number and (waybill is None or waybill.state == "refused")
    is_left = waybill is not None and waybill.is_under_way and waybill.account_id is None
    may = reach.may(EDIT, parcel.store_id) and reach.may(REVEAL, parcel.store_id)
    return {"waybill": waybill, "can_order": may and (is_open or is_left) and service_of(parcel) is not None}
