"""The HTTP server: threads, HTTP/1.1 with connections kept alive, loopback only. It is our own small one because werkzeug's
development server closes every connection and waits ten milliseconds on each, and because some faults are about the
connection itself."""

from __future__ import annotations

import io
import socket
import struct
import sys
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from socketserver import ThreadingTCPServer
from typing import Any
from urllib.parse import unquote_to_bytes

from sandbox.amazon.setup import furnish
from sandbox.amazon.world import World
from sandbox.carriers import setup as carriers
from sandbox.web import TRANSPORT, create_app

LARGEST_BODY = 16_000_000
IDLE_SECONDS = 75


class NotLoopback(ValueError):
    """The sandbox has no secrets and no locks: it is never reachable from another machine."""


class Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, app: Any):
        self.app = app
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)

    def shutdown_request(self, request: Any) -> None:
        if request.fileno() != -1 and request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) == HARD:
            self.close_request(request)  # Without the polite goodbye: the client sees a reset.
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nobody's error."""


HARD = struct.pack("ii", 1, 0)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS
    server: Server

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            self.close_connection = True
            self.send_error(413)
            return
        environ = self._environ(body)
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            started.append((status, headers))

        chunks: Iterable[bytes] = self.server.app(environ, start_response)
        content = b"".join(chunks)
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
        self._send(*started[-1], content, environ.get(TRANSPORT))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve

    def _send(self, status: str, headers: list[tuple[str, str]], content: bytes, transport: str | None) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            if name.lower() not in ("content-length", "connection"):
                self.send_header(name, value)
        if transport is None:
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            return
        # The connection breaks in the middle of the body, or of the head where there is no body.
        if content:
            self.send_header("Content-Length", str(len(content) + (500 if transport == "truncated" else 0)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
        self.close_connection = True
        if transport == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HARD)

    def _body(self) -> bytes | None:
        """The whole body, so that the connection is ready for the next request. None if it is too large."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return self._chunked()
        length = int(self.headers.get("Content-Length") or 0)
        return self.rfile.read(length) if length <= LARGEST_BODY else None

    def _chunked(self) -> bytes | None:
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0].strip() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
            if len(body) > LARGEST_BODY:
                return None
        while self.rfile.readline().strip():
            pass  # Trailers.
        return body

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        host, port = self.server.server_address[:2]
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "RAW_URI": self.path,
            "QUERY_STRING": query,
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            key = "HTTP_" + name.upper().replace("-", "_")
            if key not in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"):
                environ[key] = f"{environ[key]},{value}" if key in environ else value
        return environ

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal: the control API has the list of requests."""


class Handle:
    """A sandbox that is being served."""

    def __init__(self, server: Server, world: World):
        host, port = server.server_address[:2]
        self.url = f"http://[{host!s}]:{port}" if ":" in str(host) else f"http://{host!s}:{port}"
        self.world = world
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="sandbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the serving and keeps the state."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.world.close()

    def wait(self) -> None:
        self._thread.join()

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def serve(
    port: int = 0,
    *,
    host: str = "127.0.0.1",
    seed: int = 1,
    state: str | None = None,
    speed: float = 1.0,
    rate_scale: float = 1.0,
    orders_per_hour: float = 0.0,
    now: float | None = None,
) -> Handle:
    if host != "localhost" and not ip_address(host).is_loopback:
        raise NotLoopback(f"{host} is not an address of this machine only; the sandbox serves loopback addresses.")
    world = furnish(
        World(seed=seed, state=state, speed=speed, rate_scale=rate_scale, orders_per_hour=orders_per_hour, now=now)
    )
    carriers.furnish(world)
    try:
        return Handle(Server("127.0.0.1" if host == "localhost" else host, port, create_app(world)), world)
    except OSError:
        world.close()
        raise
