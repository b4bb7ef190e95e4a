"""What is new among rows since somebody looked: found by a time that leads in an index of theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.support.paging import capped_count


def count_newer(rows: Any, column: Any, since: datetime, most: int) -> int:
    """How many rows are later than that, at most one more than `most`."""
    return capped_count(rows.where(column > since), most + 1)
