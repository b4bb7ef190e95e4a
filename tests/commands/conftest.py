"""Commands as a person types them: real processes, with nothing of this process in their environment."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.settings import PROJECT, Settings


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """Variables that name the settings' folder and nothing else of ours."""
    given = {
        "PORTOLAN_DATA": str(settings.data), "PORTOLAN_MODE": settings.mode, "PORTOLAN_DATABASE": settings.database,
        "PORTOLAN_PASSWORD_MEMORY_MB": "8",
    }  # fmt: skip
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1", **given, **more}


@pytest.fixture
def command(settings: Settings, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess]:
    """`command("person", "list")` runs it on the test's data folder and gives what it printed and its exit code."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "commands", *arguments], cwd=tmp_path, env=environment(settings, **variables),
            capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    return run
