"""PostgreSQL, Redis and Dovecot for the tests: real servers on loopback, started once, ended with whoever started them.

A missing binary skips with a clear word, except under `CI=true`, where nothing is skipped.
"""

from __future__ import annotations

import ctypes
import grp
import imaplib
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from tests.certificates import Authority


def under_ci() -> bool:
    return os.environ.get("CI") == "true"


def missing(what: str) -> None:
    """Skips the test that needs it; under CI it fails instead."""
    text = f"{what} is not installed, so what needs it was not tested."
    pytest.fail(text, pytrace=False) if under_ci() else pytest.skip(text)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_with_parent() -> None:
    """In a child: the kernel ends it when the test process dies, however that dies."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Server:
    """A child process that listens on a loopback port and keeps its files in a folder of its own."""

    def __init__(self, name: str):
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix=f"portolan-{name}-"))
        self.process: subprocess.Popen | None = None

    def _spawn(self, command: list[str], user: str | None = None) -> None:
        log = (self.folder / "log").open("ab")
        with log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                user=user,
                group=user,
                extra_groups=[] if user else None,
                preexec_fn=end_with_parent,
            )

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def remove(self, how: int = signal.SIGTERM) -> None:
        self.stop(how)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _died(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-2000:]


class Postgres(Server):
    """A throw-away cluster. Durability is off: what is tested is rules and races, not the disk."""

    OPTIONS = (
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "shared_buffers=32MB",
        "max_connections=120",
        "autovacuum=off",
        "max_wal_size=256MB",
        "deadlock_timeout=200ms",
    )

    def __init__(self) -> None:
        super().__init__("pg")
        self._numbers = iter(range(1, 10**9))
        self.strategy = ""

    @staticmethod
    def binaries() -> Path | None:
        folders = [Path(found).parent for found in [shutil.which("initdb")] if found]
        folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        return next((folder for folder in folders if (folder / "initdb").exists()), None)

    def start(self) -> Postgres:
        binaries = self.binaries()
        if binaries is None:
            missing("PostgreSQL")
        user = None
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
            user = "postgres"
            shutil.chown(self.folder, user, user)
        self.folder.chmod(0o700)
        cluster = self.folder / "cluster"
        subprocess.run(
            [binaries / "initdb", "-D", cluster, "-k", "-A", "trust", "-U", "portolan", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True, capture_output=True, cwd=self.folder, user=user, group=user, extra_groups=[] if user else None,
        )  # fmt: skip
        options = [part for option in self.OPTIONS for part in ("-c", option)]
        # Without durability, copying files is quicker than writing every page to the log (from PostgreSQL 15 on).
        self.strategy = "" if int((cluster / "PG_VERSION").read_text()) < 15 else "STRATEGY FILE_COPY"
        self._spawn([str(binaries / "postgres"), "-D", str(cluster), "-p", str(self.port), *options], user)
        self._wait()
        return self

    def _wait(self) -> None:
        until = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if self.process is None or self.process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"PostgreSQL did not start: {self._died()}") from None
                time.sleep(0.05)

    def url(self, database: str) -> str:
        return f"postgresql://portolan@127.0.0.1:{self.port}/{database}"

    def create(self, template: str | None = None) -> str:
        """A new database, empty or a copy of another; returns its name."""
        name = f"t{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template or 'template0'} {self.strategy}")
        return name

    def drop(self, name: str) -> None:
        self.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def sql(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)


class Redis(Server):
    def __init__(self) -> None:
        super().__init__("redis")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> Redis:
        binary = shutil.which("redis-server")
        if binary is None:
            missing("Redis")
        self._spawn([binary, "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no"])
        until = time.monotonic() + 15
        while not self._answers():
            if self.process is None or self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"Redis did not start: {self._died()}")
            time.sleep(0.02)
        return self

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as line:
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False


class Dovecot(Server):
    """IMAP under TLS on loopback, with a configuration, certificates and mail folders of its own. Everybody's password is `password`."""

    password = "Harbour-Lamp-41"

    def __init__(self) -> None:
        super().__init__("dovecot")
        self.folder.chmod(0o755)
        self.mails = self.folder / "mails"
        self.authority = Authority(self.folder)

    def start(self) -> Dovecot:
        binary = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        if binary is None:
            missing("Dovecot")
        self.mails.mkdir(exist_ok=True)
        owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        os.chown(self.mails, owner.pw_uid, owner.pw_gid)
        config = self.folder / "dovecot.conf"
        config.write_text(self._config(owner))
        self._spawn([binary, "-F", "-c", str(config)])
        until = time.monotonic() + 20
        while not self._answers():
            if self.process is None or self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"Dovecot did not start: {self._died()}")
            time.sleep(0.05)
        return self

    def _config(self, owner: pwd.struct_passwd) -> str:
        certificate, key = self.authority.sign()
        inner, login = ("dovecot", "dovenull") if os.geteuid() == 0 else (owner.pw_name, owner.pw_name)
        group = grp.getgrgid(pwd.getpwnam(inner).pw_gid).gr_name
        return f"""
protocols = imap
listen = 127.0.0.1
base_dir = {self.folder}/run
state_dir = {self.folder}/state
log_path = {self.folder}/log
default_internal_user = {inner}
default_internal_group = {group}
default_login_user = {login}
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
ssl_min_protocol = TLSv1.2
mail_location = maildir:~/Maildir
mail_uid = {owner.pw_uid}
mail_gid = {owner.pw_gid}
first_valid_uid = 1
auth_mechanisms = plain login
auth_failure_delay = 0
auth_verbose = no
passdb {{
  driver = static
  args = password={self.password}
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={self.mails}/%n
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {self.port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""

    def _answers(self) -> bool:
        try:
            context = ssl.create_default_context(cafile=str(self.authority.pem))
            with (
                socket.create_connection(("127.0.0.1", self.port), 2) as line,
                context.wrap_socket(line, server_hostname="localhost") as tls,
            ):
                return tls.recv(64).startswith(b"* OK")
        except OSError:
            return False

    def as_(self, login: str) -> imaplib.IMAP4_SSL:
        """A mail program of the mailbox's owner, who may change everything."""
        context = ssl.create_default_context(cafile=str(self.authority.pem))
        client = imaplib.IMAP4_SSL("localhost", self.port, ssl_context=context, timeout=10)
        client.login(login, self.password)
        return client

    def deliver(self, login: str, raw: bytes, folder: str = "INBOX", at: datetime | None = None) -> None:
        """Puts a mail into a mailbox, as its server would."""
        client = self.as_(login)
        when = imaplib.Time2Internaldate((at or datetime.now(UTC)).replace(tzinfo=UTC))
        answer = client.append(folder, "", when, raw)
        assert answer[0] == "OK", answer
        client.logout()

    def maildir(self, login: str) -> Path:
        return self.mails / login.partition("@")[0] / "Maildir"

    def number_anew(self, login: str) -> None:
        """Forgets which number each mail had: the mailbox gets another UIDVALIDITY."""
        for file in self.maildir(login).glob("dovecot*"):
            file.unlink()
