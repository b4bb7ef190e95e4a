"""The files an import gives: the empty one to fill in, the wrong rows, and the original as it came."""

from __future__ import annotations

import uuid

from flask import Response, abort, send_file

from models.imports import papers
from models.imports.record import Import
from views.imports import bp
from views.imports.doors import folder, import_of, importer_of
from views.support.access import reach, signed_in

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/t/<team>/imports/kinds/<kind>/template.csv")
@signed_in
def template_csv(kind: str):
    importer = importer_of(kind)
    return download(papers.template_csv(importer, reach), f"{importer.kind}.csv", CSV)


@bp.get("/t/<team>/imports/kinds/<kind>/template.xlsx")
@signed_in
def template_xlsx(kind: str):
    importer = importer_of(kind)
    return download(papers.template_xlsx(importer, reach), f"{importer.kind}.xlsx", XLSX)


@bp.get("/t/<team>/imports/<uuid:uid>/errors.csv")
@signed_in
def errors_csv(uid: uuid.UUID):
    batch = with_original(uid)
    return download(b"".join(papers.errors_csv(batch, folder())), f"{batch.kind}-errors.csv", CSV)


@bp.get("/t/<team>/imports/<uuid:uid>/errors.xlsx")
@signed_in
def errors_xlsx(uid: uuid.UUID):
    batch = with_original(uid)
    return download(papers.errors_xlsx(batch, folder()), f"{batch.kind}-errors.xlsx", XLSX)


@bp.get("/t/<team>/imports/<uuid:uid>/original")
@signed_in
def original(uid: uuid.UUID):
    """As it came, byte by byte, to be kept and never shown in the browser."""
    batch = with_original(uid)
    return send_file(
        batch.original(folder()).resolve(),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=f"{batch.kind}-{batch.sha256[:12]}.{batch.format}",
        max_age=0,
    )


def with_original(uid: uuid.UUID) -> Import:
    batch = import_of(uid)
    if not batch.original(folder()).is_file():
        abort(404)
    return batch


def download(content: bytes, name: str, kind: str) -> Response:
    return Response(content, content_type=kind, headers={"Content-Disposition": f"attachment; filename={name}"})
