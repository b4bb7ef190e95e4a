"""A command in a process of its own, to be killed. The modules are loaded once, in the server that forks these processes."""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.context import ForkServerProcess

from commands.__main__ import main

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.catalog.killed", "commands.job", "jobs.schedule"])


def start(environment: dict[str, str], *arguments: str) -> ForkServerProcess:
    """`./portolan` with these arguments, under these settings."""
    process = CONTEXT.Process(target=_run, args=(environment, arguments), daemon=True)
    process.start()
    return process


def _run(environment: dict[str, str], arguments: tuple[str, ...]) -> None:
    os.environ.update(environment)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 (closed with the process)
    sys.exit(main(list(arguments)))
