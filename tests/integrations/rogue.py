"""A server that answers whatever a test wants, byte by byte, over plain HTTP or TLS. It keeps every request it got."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

ACCESS = "Atza|canary-access-token-0123456789abcdef"
Script = Callable[["Request"], Any]


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes = field(repr=False)


def said(status: int, body: Any = b"", **headers: str) -> bytes:
    """A whole answer; what is no bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = {"Content-Length": str(len(content)), "Content-Type": "application/json", "Connection": "close"}
    head |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} Word", *(f"{name}: {value}" for name, value in head.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def error(status: int, code: str, message: str = "no") -> bytes:
    """A refusal in Amazon's shape."""
    return said(status, {"errors": [{"code": code, "message": message, "details": ""}]})


class Rogue:
    """`script` gets each request of the API and returns bytes, or an iterator of bytes and pauses (numbers)."""

    def __init__(self, context: ssl.SSLContext | None = None, host: str = "127.0.0.1"):
        self.script: Script = lambda _request: said(200, {})
        self.login: Script = lambda _request: said(200, {"access_token": ACCESS, "expires_in": 3600})
        self.requests: list[Request] = []
        self.connections = 0
        self._context = context
        self._socket = socket.create_server((host, 0), backlog=50)
        self.port = self._socket.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://{host}:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def asked(self, path: str = "") -> list[Request]:
        return [request for request in self.requests if path in request.target]

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(20)
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                request = self._read(connection)
                self.requests.append(request)
                answer = (self.login if request.target.startswith("/auth/") else self.script)(request)
                for part in [answer] if isinstance(answer, bytes) else answer:
                    if isinstance(part, bytes):
                        connection.sendall(part)
                    else:
                        time.sleep(part)
        except (OSError, ValueError):
            return

    @staticmethod
    def _read(connection: socket.socket) -> Request:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (chunk := connection.recv(65536)):
                raise ValueError("hung up")
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += connection.recv(65536)
        method, target, _version = first.split(" ")
        return Request(method, target, headers, body)


def drip(answer: bytes, pause: float) -> Iterator[Any]:
    """The answer a byte at a time."""
    for place in range(len(answer)):
        yield answer[place : place + 1]
        yield pause
