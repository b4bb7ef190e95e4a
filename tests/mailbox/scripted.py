"""Small servers that break off, stall and lie as a test wants, under TLS or not. They know just the commands that are needed."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Files = tuple[Path, Path]


class Lines:
    """A server that speaks in lines. `tls`: certificate and key to begin with, or None for plain text."""

    greeting = b""

    def __init__(self, tls: Files | None):
        self.said: list[str] = []
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._is_over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._is_over.set()
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._speak, args=(line,), daemon=True).start()

    def _speak(self, line: socket.socket) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with secured(line, self._tls) if self._tls else line as wire:
                wire.sendall(self.greeting)
                self.talk(wire)
        except OSError:
            return

    def talk(self, wire: Any) -> None:
        """Reads and answers until the conversation is over."""
        for text in wire.makefile("rb"):
            self.said.append(text.decode("utf-8", "replace").rstrip("\r\n"))
            if not self.answer(wire, self.said[-1]):
                return

    def answer(self, wire: Any, text: str) -> bool:
        raise NotImplementedError


def secured(line: socket.socket, files: Files) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context.wrap_socket(line, server_side=True)


class Silent(Lines):
    """Accepts, and says nothing."""

    def answer(self, wire: Any, text: str) -> bool:
        return True


class Smtp(Lines):
    """Submission. `answers` by the first word of a command; a function gets the wire and may hang up. `received` are whole mails."""

    greeting = b"220 ready\r\n"

    def __init__(self, tls: Files | None, *, starttls: Files | None = None, **answers: Any):
        self.answers = {"MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "RSET": "250 ok", "AUTH": "235 ok", ".": "250 taken 17",
                        "EHLO": ["250-scripted", "250-AUTH PLAIN", "250-SIZE 50000", "250 8BITMIME"]} | answers  # fmt: skip
        self.received: list[bytes] = []
        self._starttls = starttls
        super().__init__(tls)

    def answer(self, wire: Any, text: str) -> bool:
        word = text.split(" ")[0].upper()
        if word == "QUIT":
            wire.sendall(b"221 bye\r\n")
            return False
        if word == "STARTTLS" and self._starttls:
            wire.sendall(b"220 go on\r\n")
            with secured(wire, self._starttls) as safe:
                self._starttls = None
                self.talk(safe)
            return False
        if not self._reply(wire, word):
            return False
        return self._mail(wire) if word == "DATA" and self.answers["DATA"] == "354 go on" else True

    def _reply(self, wire: Any, word: str) -> bool:
        told = self.answers.get(word, "500 what?")
        if callable(told):
            return bool(told(wire))
        wire.sendall("".join(f"{line}\r\n" for line in ([told] if isinstance(told, str) else told)).encode())
        return True

    def _mail(self, wire: Any) -> bool:
        raw = b""
        while not raw.endswith(b"\r\n.\r\n"):
            piece = wire.recv(65536)
            if not piece:
                return False
            raw += piece
        self.received.append(raw[:-3])
        return self._reply(wire, ".")


class Script(Lines):
    """IMAP. `mails` by UID. `sizes` are what is said of them, `literals` what is announced when they come; `breaks_at` says in the middle
    of which mail, and how often, the connection breaks; `how` is "stall" or "drip" for bodies; `answers` replace those of commands."""

    greeting = b"* OK ready\r\n"

    def __init__(self, files: Files | None, **answers: str):
        self.mails: dict[int, bytes] = {}
        self.sizes: dict[int, int] = {}
        self.literals: dict[int, int] = {}
        self.breaks_at: dict[int, int] = {}
        self.highest = 0
        self.uidvalidity = 7
        self.how = ""
        self.before_body: Callable[[], Any] | None = None
        self.answers = answers
        super().__init__(files)

    def answer(self, wire: Any, text: str) -> bool:
        tag, _blank, command = text.strip().partition(" ")
        told = self.answers.get(command.split(" ")[0].upper())
        if told is not None:
            wire.sendall("".join(f"{line.replace('TAG', tag)}\r\n" for line in told.split("|")).encode())
            return True
        return self._answer(wire, tag, command)

    def _answer(self, tls: Any, tag: str, command: str) -> bool:
        word = command.upper()
        if word.startswith("CAPABILITY"):
            tls.sendall(b"* CAPABILITY IMAP4rev1\r\n")
        elif word.startswith("LIST"):
            tls.sendall(b'* LIST () "/" INBOX\r\n')
        elif word.startswith("EXAMINE"):
            told = f"* {len(self.mails)} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {self.uidvalidity}] x\r\n"
            tls.sendall(told.encode())
        elif word.startswith("UID SEARCH"):
            tls.sendall(self._found(word))
        elif word.startswith("UID FETCH"):
            if not self._fetch(tls, word):
                return False
        elif word.startswith("LOGOUT"):
            tls.sendall(b"* BYE\r\n" + f"{tag} OK\r\n".encode())
            return False
        tls.sendall(f"{tag} OK {'[READ-ONLY] ' if 'EXAMINE' in word else ''}done\r\n".encode())
        return True

    def _found(self, word: str) -> bytes:
        uids = sorted(self.mails)
        if "UID *" in word:
            uids = [self.highest or max(uids, default=0)]
        elif asked := re.search(r"UID (\d+):(\d+)", word):
            uids = [uid for uid in uids if int(asked[1]) <= uid <= int(asked[2])]
        return ("* SEARCH " + " ".join(map(str, uids))).strip().encode() + b"\r\n"

    def _fetch(self, tls: Any, word: str) -> bool:
        wanted = [int(uid) for uid in re.findall(r"\d+", word.split()[2])]
        for uid in [uid for uid in wanted if uid in self.mails]:
            if "BODY.PEEK" in word:
                if not self._body(tls, uid):
                    return False
            else:
                at = datetime.now(UTC).strftime("%d-%b-%Y %H:%M:%S +0000")
                size = self.sizes.get(uid, len(self.mails[uid]))
                tls.sendall(f'* {uid} FETCH (UID {uid} RFC822.SIZE {size} INTERNALDATE "{at}")\r\n'.encode())
        return True

    def _body(self, tls: Any, uid: int) -> bool:
        if self.before_body is not None:
            self.before_body()
        raw = self.mails[uid]
        if self.how:
            tls.sendall(f"* {uid} FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode())
            for sign in raw:
                if self._is_over.wait(0.05 if self.how == "drip" else 30):
                    return False
                tls.sendall(bytes([sign]))
        tls.sendall(f"* {uid} FETCH (UID {uid} BODY[] {{{self.literals.get(uid, len(raw))}}}\r\n".encode())
        if self.breaks_at.get(uid, 0):
            self.breaks_at[uid] -= 1
            tls.sendall(raw[: len(raw) // 2])
            time.sleep(0.01)
            return False
        tls.sendall(raw + b")\r\n")
        return True
