"""A large price sheet, and how long and how much memory it takes to read one: in a process of its own, so that nothing else counts.

python -m bench.price_sheet FILE prints seconds, MiB and rows.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

CARD = (
    ("channel_code", "BENCH-LINE"),
    ("currency", "CNY"),
    ("vol_mode", "MAX"),
    ("vol_divisor", 8000),
    ("round_steps", "*:0.01"),
)
RATES = ("国家/地区", "参考时效", "重量(KG)", "运费(RMB/KG)", "挂号费(RMB/票)", "最低计费重(KG)")
BANDS = 40


def write(path: Path, rows: int) -> None:
    """A workbook with so many prices: countries with bands of a quarter of a kilogram, as a carrier's sheet has them."""
    with Workbook(str(path), {"constant_memory": True}) as book:
        card = book.add_worksheet("card")
        for at, pair in enumerate((("key", "value"), *CARD)):
            card.write_row(at, 0, pair)
        rates = book.add_worksheet("价格")
        rates.write_row(0, 0, RATES)
        for at in range(rows):
            place, band = divmod(at, BANDS)
            country = chr(65 + place // 26) + chr(65 + place % 26)
            weight = f"{band / 4:g}＜W≤{(band + 1) / 4:g}"
            rates.write_row(at + 1, 0, (country, "6-12", weight, 60 + place / 10 + band / 100, 15 + band / 10, 0.05))


def read_by_child(path: Path) -> dict[str, Any]:
    """Seconds, MiB and rows, as a fresh process finds them."""
    command = [sys.executable, "-m", "bench.price_sheet", str(path)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def read(path: Path) -> dict[str, Any]:
    """MiB are those this process grew by at most, and all of the program that opens the workbook for it."""
    from models.freight.workbook.reading import read_price_sheet  # Loaded before the memory is looked at.

    before, began = _mib("VmRSS"), time.perf_counter()
    sheet = read_price_sheet(path)
    seconds, grown = time.perf_counter() - began, _mib("VmHWM") - before
    if not sheet.is_good:
        raise AssertionError(f"The sheet is not read: {sheet.problems[:3]}")
    opener = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": round(seconds, 2),
        "processor_seconds": round(time.process_time() + opener.ru_utime + opener.ru_stime, 2),
        "mib": round(grown + opener.ru_maxrss / 1024, 1),
        "rows": len(sheet.card.rows),
    }


def _mib(name: str) -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    print(json.dumps(read(Path(sys.argv[1]))))
