"""What the bench prints: one line of JSON for each measurement, and a table. A goal is met or it is not; both are said.

Absolute figures move with the machine's load; only ratios within one run count.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SYNC_SECONDS = 0.5


@dataclass(frozen=True)
class Measurement:
    """One figure against its limit. `ours` and `limit` hold what was measured, `value` is what the goal speaks of."""

    work: str
    name: str
    database: str
    rows: int
    ours: dict[str, Any]
    limit: dict[str, Any]
    value: float
    goal: str
    is_met: bool
    more: dict[str, Any] = field(default_factory=dict)

    def line(self, machine: dict[str, Any]) -> str:
        """One line of JSON, with the machine it was measured on."""
        values = asdict(self)
        return json.dumps({**values, **values.pop("more"), "machine": machine}, ensure_ascii=False)


def at_most(value: float, most: float) -> dict[str, Any]:
    return {"value": round(value, 3), "goal": f"≤ {most:.2g}", "is_met": value <= most}


def at_least(value: float, least: float) -> dict[str, Any]:
    return {"value": round(value, 3), "goal": f"≥ {least:.2g}", "is_met": value >= least}


def quantiles(times: Sequence[float]) -> dict[str, float]:
    """p50 and p95 of times in seconds, as milliseconds."""
    ordered = sorted(times)
    last = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return {"p50_ms": round(statistics.median(ordered) * 1000, 2), "p95_ms": round(last * 1000, 2)}


# The machine


def machine() -> dict[str, Any]:
    """What the figures were measured on, and how busy it was."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "load": [round(load, 1) for load in os.getloadavg()],
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "syncs_per_second": sync_rate(Path(tempfile.gettempdir())),
    }


def sync_rate(folder: Path) -> int:
    """How often a second the disk below the folder keeps 4 KiB for good."""
    block = bytes(4096)
    with tempfile.TemporaryFile(dir=folder) as file:
        count, began = 0, time.perf_counter()
        while (taken := time.perf_counter() - began) < SYNC_SECONDS:
            os.pwrite(file.fileno(), block, 0)
            os.fdatasync(file.fileno())
            count += 1
    return round(count / taken)


def heading(machine: dict[str, Any]) -> str:
    load = " ".join(f"{value:.1f}" for value in machine["load"])
    return (
        f"{machine['cores']} cores, load {load}, Python {machine['python']}, SQLite {machine['sqlite']}, "
        f"{machine['syncs_per_second']} syncs of 4 KiB a second"
    )


# The table

COLUMNS = ("work", "what", "database", "rows", "ours", "limit", "measured", "goal", "met")


def table(measurements: Iterable[Measurement]) -> str:
    """The measurements as columns of plain text."""
    lines = [COLUMNS, *(_cells(measurement) for measurement in measurements)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if 2 < place < 8 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _cells(one: Measurement) -> tuple[str, ...]:
    return (
        one.work, one.name, one.database, f"{one.rows:,}", _figure(one.ours), _figure(one.limit), f"{one.value:.2f}", one.goal,
        "yes" if one.is_met else "NO",
    )  # fmt: skip


def _figure(measured: dict[str, Any]) -> str:
    """The two figures of a side that matter most, with their unit."""
    if "p50_ms" in measured:
        return f"{measured['p50_ms']:.1f}/{measured['p95_ms']:.1f} ms"
    if "per_second" in measured:
        return f"{measured['per_second']:,}/s"
    return "–"
