"""Files are written in bounded memory: four times the rows need no more of it."""

from __future__ import annotations

import tracemalloc

import pytest

from models.exports.files import Folder
from models.exports.making import make
from tests.exports.conftest import run_of

COLUMNS = ("order", "ordered", "status", "items", "units", "total", "ship_by", "ship_to", "store")
MEBIBYTE = 1024 * 1024


def peak(work) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_four_times_the_rows_need_no_more_memory(ask, many_orders, portal, file_format):
    many_orders(24_000)
    folder = Folder(portal.data)
    make_all = []
    for query in ("status=CANCELLED", ""):
        export = ask(query=query, columns=COLUMNS, file_format=file_format).change(state="waiting")
        make_all.append(peak(lambda export=export: make(export, folder, run_of(export))))
        assert export.reload().is_ready
    few, many = make_all
    assert many < 12 * MEBIBYTE and many < few + 4 * MEBIBYTE, [round(size / MEBIBYTE, 1) for size in make_all]
