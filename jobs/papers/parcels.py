"""Labels, packing slips and pick lists as PDF (models/shipping/papers)."""

from __future__ import annotations

from typing import Any

from jobs.papers.making import FOLDER, html_of, joined, made
from models.shipping.papers.making import Printer

TEMPLATES = {
    "labels": "documents/parcel_labels.html",
    "slips": "documents/packing_slips.html",
    "picks": "documents/pick_list.html",
}


def lay_out(kind: str, values: dict[str, Any], language: str) -> bytes:
    """Raises NotMade."""
    name = TEMPLATES[kind]
    style = (FOLDER / name).with_suffix(".css").read_text("utf-8")
    return made({kind: html_of(name, language, **values)}, style)[kind]


PRINTER = Printer(lay_out, joined)
