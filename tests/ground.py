"""Where the tests keep their files: in memory where the machine has room for it, since they make and drop thousands of databases."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 4 * 2**30


def tests_in_memory() -> None:
    """Sets TMPDIR for this process and its children, unless somebody did. Disks are slow at many small files, memory is not."""
    if "TMPDIR" in os.environ or not _has_room():
        return
    folder = MEMORY / f"portolan-tests-{os.getuid()}"
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.stat().st_uid == os.getuid():
        os.environ["TMPDIR"] = str(folder)
        tempfile.tempdir = None  # It is looked for anew.


def _has_room() -> bool:
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK)):
        return False
    may_run = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    return may_run and shutil.disk_usage(MEMORY).free >= ENOUGH
