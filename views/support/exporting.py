"""What the export button of a list offers, and where a file that leaves is put into an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, stream_with_context

from models.exports.again import may_import_again
from models.exports.export import AT_ONCE, FORMATS
from models.exports.files import Folder
from models.exports.personal import MOST_ALONE, MOST_REASON, may_export
from models.lists.list_of import ListOf
from models.support.words import say
from views.support.access import reach
from views.support.paging import count_text

MIME_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
SHAPES = {"shown": say("To read: the columns shown"), "import": say("To edit and import again")}


@dataclass(frozen=True)
class ExportOffer:
    """A list as it is shown, ready to be exported: `names` are the columns chosen, `total` how many rows match."""

    a_list: ListOf
    query: str
    names: Sequence[str]
    count: int

    @property
    def total(self) -> str:
        return count_text(self.count)

    @property
    def is_large(self) -> bool:
        return self.count > AT_ONCE

    @property
    def may_have_buyers(self) -> bool:
        return may_export(reach, self.a_list.name)

    @property
    def may_import_again(self) -> bool:
        return may_import_again(reach, self.a_list.name)

    formats = tuple(FORMATS.items())
    shapes = tuple(SHAPES.items())
    most_at_once, most_alone, most_reason = AT_ONCE, MOST_ALONE, MOST_REASON


def folder() -> Folder:
    return Folder(current_app.config["SETTINGS"].data)


def attachment(export: Any, pieces: Iterable[bytes], size: int | None = None) -> Response:
    """The file as an answer that no cache keeps and no browser shows in place."""
    body: Any = stream_with_context(iter(pieces))
    answer = Response(body, content_type=MIME_TYPES[export.file_format], direct_passthrough=True)
    answer.headers["Content-Disposition"] = f'attachment; filename="{export.download_name}"'
    answer.headers["Cache-Control"] = "no-store"
    if size is not None:
        answer.content_length = size
    return answer
