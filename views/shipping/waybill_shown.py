"""What the page of a parcel shows of its carrier's waybill."""

from __future__ import annotations

from typing import Any

from models.shipping.papers.kinds import EDIT, REVEAL
from models.shipping.parcel import Parcel
from models.shipping.waybill import Waybill
from views.support.access import reach


def waybill_parts(parcel: Parcel) -> dict[str, Any]:
    """The waybill, and whether one can be ordered."""
    return {
        "waybill": Waybill.of(parcel),
        "can_order": reach.may(EDIT, parcel.store_id) and reach.may(REVEAL, parcel.store_id)
        and parcel.state == "draft" and not parcel.tracking_number and Waybill.service_of(parcel) is not None,
    }  # fmt: skip
