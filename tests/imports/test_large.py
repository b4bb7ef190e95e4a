"""Fifty thousand rows: a dry run takes little memory however large the file, and tells how far it is."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from models.imports import looking
from models.imports.record import Import
from tests.imports.conftest import workbook

HEADINGS = ["code", "title", "sku", "quantity", "price:EUR", "description", "bullet1", "keywords", "brand"]
ROWS = 50_000
MOST_MIB, MOST_SECONDS = 80, 90


def memory(name: str) -> int:
    """A figure of this process in MiB: VmRSS now, VmHWM at its highest."""
    status = Path("/proc/self/status").read_text().split(f"{name}:")[1]
    return int(status.split()[0]) // 1024


def lines():
    for n in range(ROWS):
        yield [
            f"P-{n // 2}",
            f"Title {n // 2}",
            f"SKU-{n}",
            "5",
            "19.99",
            "As long as they are. " * 8,
            "One",
            "dog ball",
            "Harbor",
        ]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_fifty_thousand_rows_are_looked_at_in_little_memory(take, portal, kind):
    rows = [HEADINGS, *lines()]
    content = workbook(rows) if kind == "xlsx" else "\n".join(map(",".join, rows)).encode()
    del rows
    batch = take(content, f"x.{kind}")
    del content
    batch.map(batch.mapping)
    batch.begin("looking")
    told = []
    Path("/proc/self/clear_refs").write_text("5")
    before, began = memory("VmRSS"), time.process_time()
    looking.work(Import.get(), portal.data / "imports", lambda **progress: told.append(progress))
    assert Import.get().planned == {"new": ROWS // 2}
    assert memory("VmHWM") - before < MOST_MIB and time.process_time() - began < MOST_SECONDS
    assert told[0] == {"done": 0, "total": ROWS} and sum(one.get("add", 0) for one in told) == ROWS
