"""The files of bringing a price sheet in: the upload, the template, the original, and what was found in it as CSV."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

from flask import Response, abort, current_app, send_file
from flask_babel import get_locale

from models.freight import sheet_papers
from models.freight.sheet_import import FOLDER, SheetImport
from models.freight.workbook.writing import write_archive, write_workbook
from views.freight import bp
from views.imports.files import CSV, XLSX, download
from views.support.access import reach, requires

TEMPLATES = {"xlsx": (write_workbook, XLSX), "zip": (write_archive, "application/zip")}


def folder() -> Path:
    """Where the originals lie."""
    return current_app.config["SETTINGS"].data / FOLDER


@bp.get("/t/<team>/freight/imports/template.<ending>")
@requires("freight.edit")
def sheet_template(ending: str):
    """A price sheet with example rows, headed in the reader's language."""
    write, kind = TEMPLATES.get(ending) or abort(404)
    file = io.BytesIO()
    write(sheet_papers.example(), file, in_chinese=str(get_locale()).startswith("zh"))
    return download(file.getvalue(), f"price-sheet.{ending}", kind)


@bp.get("/t/<team>/freight/imports/<uuid:uid>/cells.csv")
@requires("freight.edit")
def sheet_problems(uid: uuid.UUID) -> Response:
    return download(b"".join(sheet_papers.problems_csv(reach.get(SheetImport, uid))), "price-sheet-cells.csv", CSV)


@bp.get("/t/<team>/freight/imports/<uuid:uid>/changes.csv")
@requires("freight.edit")
def sheet_changes(uid: uuid.UUID) -> Response:
    return download(b"".join(sheet_papers.changes_csv(reach.get(SheetImport, uid))), "price-sheet-changes.csv", CSV)


@bp.get("/t/<team>/freight/imports/<uuid:uid>/original")
@requires("freight.edit")
def sheet_original(uid: uuid.UUID):
    """As it came, byte by byte, to be kept and never shown in the browser."""
    batch = reach.get(SheetImport, uid)
    path = batch.original(folder())
    if not path.is_file():
        abort(404)
    return send_file(
        path.resolve(), mimetype="application/octet-stream", as_attachment=True,
        download_name=f"price-sheet-{batch.sha256[:12]}.{batch.format}", max_age=0,
    )  # fmt: skip
