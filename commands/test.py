"""Runs all tests: linters and types first, then what runs side by side, then what measures time."""

from __future__ import annotations

import os
import subprocess
import sys

from config.settings import PROJECT

# A file stays with one worker, so that what its tests share is made once; one worker more than cores, since some tests wait.
SIDE_BY_SIDE = ["-m", "not alone", "-n", str((os.cpu_count() or 2) + 1), "--dist", "loadfile", "--no-loadscope-reorder"]
ALONE = ["-m", "alone", "-n", "0"]
STEPS = (
    ["ruff", "format", "--check", "."],
    ["ruff", "check", "."],
    ["mypy", "app.py", "config", "models", "views", "jobs", "integrations", "commands"],
    ["lint-imports", "--no-cache"],
)


def pass_through(arguments: list[str]) -> int:
    """`./portolan test [--full] [pytest options]`; --full runs everything on PostgreSQL too."""
    full = "--full" in arguments
    rest = [argument for argument in arguments if argument != "--full"]
    environment = {**os.environ, "PORTOLAN_PYTHON": ""}
    for name in [name for name in environment if name.startswith("PORTOLAN_") and name != "PORTOLAN_AMAZON_MODELS"]:
        del environment[name]
    if not rest:
        for step in STEPS:
            print(f"· {' '.join(step)}", flush=True)
            if subprocess.run([f"{sys.prefix}/bin/{step[0]}", *step[1:]], cwd=PROJECT, env=environment).returncode:
                return 1
    codes = []
    for run in [rest] if rest else [SIDE_BY_SIDE, ALONE]:
        command = [sys.executable, "-m", "pytest", *(["--full"] if full else []), *run]
        print(f"· {' '.join(command[1:])}", flush=True)
        codes.append(subprocess.run(command, cwd=PROJECT, env=environment).returncode)
    return max(codes, key=abs)
