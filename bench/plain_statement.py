"""A statement as WeasyPrint makes it of one document with one table: `python -m bench.plain_statement 100` tells seconds, processor
seconds and the peak of its memory. What the bench holds the portal's own way against."""

from __future__ import annotations

import json
import resource
import sys
import time
from html import escape

ROWS = 40
STYLE = "@page { size: A4; margin: 15mm } table { width: 100%; border-collapse: collapse; font: 8pt sans-serif } td { height: 5.5mm }"


def html(pages: int) -> str:
    cells = (
        ("2026-03-01", f"T-{at}", f"运费 · YT26326000{at:08d} · 302-{at:07d}-7654321 · YUN-US · US · 0.520 kg", "45.90", "", "1,000,000.00")
        for at in range(pages * ROWS)
    )  # fmt: skip
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in cells)
    return f"<style>{STYLE}</style><table>{rows}</table>"


def main() -> int:
    from weasyprint import HTML

    text = html(int(sys.argv[1]))
    began, cpu = time.perf_counter(), time.process_time()
    made = HTML(string=text).write_pdf()
    told = {
        "seconds": round(time.perf_counter() - began, 2), "cpu_seconds": round(time.process_time() - cpu, 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "kilobytes": len(made or b"") // 1024,
    }  # fmt: skip
    json.dump(told, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
