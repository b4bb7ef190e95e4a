"""Runs the portal: granian with one worker process and a few threads. Refuses to start on anything `check` finds."""

from __future__ import annotations

import socket
import sys

from commands.check import problems_of
from commands.support import EXIT_CONFIG
from commands.worker import is_free
from config.settings import Bind, Settings, read_settings
from models.database import NotReady
from models.people import password
from views.support import bodies


def add_arguments(parser) -> None:
    pass


def run(args) -> int:
    settings = read_settings()
    if problems := problems_of(settings):
        for problem in problems:
            print(f"✗ {problem}", file=sys.stderr)
        return EXIT_CONFIG
    serve(settings)
    return 0


def serve(settings: Settings) -> None:
    """Serves until SIGTERM or Ctrl-C. The worker reads the settings anew, so they must be in the environment or file."""
    from granian import Granian
    from granian.constants import Interfaces, SSLProtocols
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    require_free_port(settings.bind)
    if not is_free(settings):
        raise NotReady(f"Another process serves {settings.data} already.")
    print(f"portolan: serving {settings.base_url} ({settings.mode}); stop with Ctrl-C", file=sys.stderr, flush=True)
    Granian(
        "commands.worker:make",
        factory=True,
        interface=Interfaces.WSGI,
        address=settings.bind.host,
        port=settings.bind.port,
        workers=1,
        blocking_threads=settings.threads + bodies.MOST_READERS + password.CHECKS_AT_ONCE + password.QUEUE,
        blocking_threads_idle_timeout=600,
        backlog=512,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        log_level=LogLevels.warning,
        ssl_cert=settings.tls_cert,
        ssl_key=settings.tls_key,
        ssl_protocol_min=SSLProtocols.tls12,
        workers_kill_timeout=30,
    ).serve()


def require_free_port(bind: Bind) -> None:
    """Two portals could share a port unnoticed (SO_REUSEPORT), so look first. Raises NotReady."""
    family = socket.AF_INET6 if ":" in bind.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind.host, bind.port))
        except OSError as error:
            raise NotReady(
                f"{bind} cannot be used: {error.strerror}. Another program may be listening there; choose another with PORTOLAN_BIND."
            ) from error
