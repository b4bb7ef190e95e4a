"""Serving: the real server in real processes, its beginning, its end, and clients that mean no good."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.settings import PROJECT, Settings
from models.support.job_run import JobRun, wake
from tests.commands.conftest import environment
from tests.servers import free_port, missing

pytestmark = pytest.mark.slow
OVERSIZE = 2 * 1024 * 1024


class Portal:
    """A served portal: its supervisor process and where it listens."""

    def __init__(self, process: subprocess.Popen, port: int, tls: Path | None):
        self.process, self.port, self.tls = process, port, tls

    def connect(self, timeout: float = 20) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def ask(self, request: str = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") -> str:
        """The whole answer to raw bytes."""
        with self.connect() as line:
            line.sendall(request.encode("latin-1"))
            return read_all(line)

    def is_well(self) -> bool:
        with suppress(OSError):
            return self.ask().startswith("HTTP/1.1 200")
        return False

    def children(self) -> list[int]:
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for task in tasks for pid in task.read_text().split()]


def read_all(line: socket.socket) -> str:
    parts = []
    with suppress(ConnectionError):
        while part := line.recv(65536):
            parts.append(part)
    return b"".join(parts).decode("latin-1")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition, seconds: float = 30, what: str = "It never came.") -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.05)


@contextmanager
def served(settings: Settings, *, schedule: str = "", tls: Path | None = None, **variables: str) -> Iterator[Portal]:
    """A portal served on a free port until the block ends. `schedule` is code that is run before the portal loads."""
    port = free_port()
    env = environment(settings, PORTOLAN_BIND=f"127.0.0.1:{port}", **variables)
    if schedule:
        extra = settings.data.parent / "extra"
        extra.mkdir(exist_ok=True)
        (extra / "sitecustomize.py").write_text(schedule)
        env["PYTHONPATH"] = f"{extra}{os.pathsep}{PROJECT}"
    process = subprocess.Popen(
        [sys.executable, "-m", "commands", "serve"], cwd=settings.data.parent, env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    portal = Portal(process, port, tls)
    workers: list[int] = []
    try:
        wait_until(lambda: process.poll() is not None or (accepts(port) if tls else portal.is_well()), 60)
        if process.poll() is not None:
            raise RuntimeError(process.stderr.read() if process.stderr else "")
        workers = portal.children()
        yield portal
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()
        for pid in workers:
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)


def accepts(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@pytest.fixture(scope="module")
def shared(templates, tmp_path_factory) -> Iterator[tuple[Portal, Settings]]:
    """One portal for all tests that leave it as they found it: two threads, a small limit, a trusted proxy."""
    from tests.conftest import make_settings

    settings = templates.copy_to(make_settings(tmp_path_factory.mktemp("served") / "data"), "sqlite", with_cast=True)
    with served(
        settings, PORTOLAN_THREADS="2", PORTOLAN_BODY_LIMIT_MB="1", PORTOLAN_TRUSTED_PROXIES="127.0.0.1/32"
    ) as portal:
        yield portal, settings


def post(body: str, *, length: int | None = None, path: str = "/sign-in") -> str:
    """A form on its way, or one that promises more than it has."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length or len(body)}\r\n\r\n{body}"
    )


# Beginning and end


def refused(settings: Settings, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "commands", "serve"], cwd=settings.data.parent, env=environment(settings, **variables),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 78, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_bad_configuration_is_not_served(settings, cast):
    said = refused(settings, PORTOLAN_THREDS="4", PORTOLAN_BIND="0.0.0.0:http")
    assert "threds" in said and "bind" in said
    assert "needs TLS" in refused(settings, PORTOLAN_MODE="production", PORTOLAN_BIND="0.0.0.0:8765")
    settings.key_path.chmod(0o644)
    assert "chmod 600" in refused(settings)


def test_a_portal_that_was_never_set_up_is_not_served(settings):
    assert "./portolan setup" in refused(settings)


def test_a_busy_port_is_told(settings, cast):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert "cannot be used" in refused(settings, PORTOLAN_BIND=f"127.0.0.1:{other.getsockname()[1]}")


def test_a_port_that_another_program_would_share_is_told(settings, cast):
    """SO_REUSEPORT would let two portals listen on one port, each getting half of the requests."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert "cannot be used" in refused(settings, PORTOLAN_BIND=f"127.0.0.1:{other.getsockname()[1]}")


def test_one_folder_is_served_by_one_process(shared):
    _portal, settings = shared
    assert "serves" in refused(settings, PORTOLAN_BIND=f"127.0.0.1:{free_port()}")


def test_a_killed_supervisor_takes_its_worker_with_it(settings, cast):
    """Else the worker would go on serving, and the next start would find the folder taken."""
    with served(settings) as portal:
        workers = portal.children()
        assert workers
        portal.process.kill()
        portal.process.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in workers), 20, "The worker outlived its supervisor.")
        wait_until(lambda: not accepts(portal.port), 10)
    with served(settings) as again:
        assert again.is_well()


SLOW_JOB = """
import sys
if any("commands" in word or "spawn" in word for word in sys.orig_argv):
    import time
    from datetime import timedelta
    import jobs.schedule
    from jobs.job import Job
    from models.support.words import say

    def slow(run):
        for number in range(600):
            time.sleep(0.05)
            run.progress(add=1, total=600)

    jobs.schedule.SCHEDULE += (Job("slow", say("Slow"), slow, timedelta(days=3650), due=lambda: False),)
"""


def test_the_end_is_orderly_and_hands_the_work_back(portal, harbor):
    wake("slow")
    with served(portal, schedule=SLOW_JOB) as server:
        wait_until(lambda: JobRun.select().where(JobRun.job == "slow", JobRun.done > 3).exists())
        workers = server.children()
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
        assert time.monotonic() - began < 10
        assert not any(is_alive(pid) for pid in workers)
        run = JobRun.get(JobRun.job == "slow")
        assert (run.state, run.attempt) == ("running", 0)
        assert run.lease_until < datetime.now(UTC).replace(tzinfo=None), "whoever runs next goes on at once"


def test_what_was_logged_is_json_and_holds_no_secret(settings, cast):
    with served(settings) as server:
        server.ask(post("login=alice&password=zq4711zq"))
        server.ask(
            "GET /welcome/canary-zq4711zq?token=canary-zq4711zq HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
    for file in (settings.data / "logs").iterdir():
        lines = file.read_text().splitlines()
        assert all(isinstance(json.loads(line), dict) for line in lines), file
        assert "zq4711zq" not in "".join(lines)
    routes = [json.loads(line)["route"] for line in (settings.data / "logs" / "access.log").read_text().splitlines()]
    assert {"/sign-in", "/welcome/<token>"} <= set(routes)


# Clients that mean no good


@pytest.mark.alone
def test_clients_that_send_their_body_slowly_do_not_hold_up_the_others(shared):
    """Two threads answer; twelve clients promise a body and never send it."""
    portal, _settings = shared
    slow = [portal.connect() for _ in range(12)]
    try:
        for line in slow:
            line.sendall(post("login=", length=1000).encode())
        time.sleep(0.5)
        waits = []
        for _ in range(10):
            began = time.monotonic()
            assert portal.ask().startswith("HTTP/1.1 200")
            waits.append(time.monotonic() - began)
        assert max(waits) < 5, waits
    finally:
        for line in slow:
            line.close()


IMPATIENT = """
import sys
if any("commands" in word or "spawn" in word for word in sys.orig_argv):
    import views.support.bodies as bodies
    bodies.SECONDS = 3
"""


def test_slow_clients_are_let_go_in_time_and_leave_nothing_behind(portal, harbor):
    """Also those who keep their end of the line open: the server must not freeze over a body that never comes."""
    with served(portal, schedule=IMPATIENT, PORTOLAN_THREADS="2") as server:
        slow = [server.connect() for _ in range(40)]
        for line in slow:
            line.sendall(post("login=", length=1000).encode())
        for _ in range(20):
            assert server.is_well(), "pages are answered all the while"
            time.sleep(0.1)
        codes = {(read_all(line) or "- -").split(" ")[1] for line in slow}
        assert codes <= {"400", "408", "429", "503", "-"} and {"429", "503"} <= codes
        assert server.ask(post("login=nobody&password=wrong")).startswith("HTTP/1.1 422")
        for line in slow:
            line.close()


@pytest.mark.alone
def test_four_hundred_clients_that_send_their_headers_slowly_hold_up_nobody_and_are_let_go(shared):
    portal, _settings = shared
    slow = [portal.connect() for _ in range(400)]
    try:
        for line in slow:
            line.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        began = time.monotonic()
        assert all(portal.ask().startswith("HTTP/1.1 200") for _ in range(49))
        assert time.monotonic() - began < 10
        wait_until(lambda: sum(is_closed(line) for line in slow) > 390, 30, "Slow clients stay connected for ever.")
    finally:
        for line in slow:
            line.close()


def is_closed(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        line.sendall(b"x")
        return line.recv(4096) == b"" or is_closed(line)
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(shared):
    portal, _settings = shared
    with portal.connect(10) as line:
        line.sendall(post("", length=OVERSIZE).encode())
        assert read_all(line).startswith("HTTP/1.1 413")


def test_a_body_that_does_not_say_how_large_it_is_is_refused(shared):
    """Nobody could tell whether the whole of it came; browsers always say."""
    portal, _settings = shared
    head = post("").replace("Content-Length: 0", "Transfer-Encoding: chunked")
    assert portal.ask(head + "5\r\nlogin\r\n0\r\n\r\n").startswith("HTTP/1.1 411")


def test_a_body_that_broke_off_is_not_taken_for_the_whole(portal, alice):
    """A form of which only the beginning came must not be acted upon."""
    from models.people.session import Session

    _session, token = Session.open(alice, address="127.0.0.1", device="x", proved_by="code")
    with served(portal) as server:
        form = post("theme=dark&language=zh_Hans", path="/preferences").replace("Host", f"Cookie: sid={token}\r\nHost")
        with server.connect() as line:
            line.sendall(form[:-10].encode())
            line.shutdown(socket.SHUT_WR)
            assert not read_all(line).startswith(("HTTP/1.1 2", "HTTP/1.1 3"))
        time.sleep(0.3)
        assert (alice.reload().theme, alice.reload().language) == ("system", "en")
        assert server.ask(form).startswith("HTTP/1.1 303")
        assert (alice.reload().theme, alice.reload().language) == ("dark", "zh_Hans")


def test_a_stranger_may_send_a_short_form_and_no_more(shared):
    """Signing in takes a few bytes; an upload is for people who are signed in."""
    portal, _settings = shared
    assert portal.ask(post("", length=100_000)).startswith("HTTP/1.1 413")
    body = "login=nobody&password=" + "x" * 60_000
    assert portal.ask(post(body)).startswith("HTTP/1.1 422")


def test_a_body_that_breaks_off_costs_only_its_own_request(shared):
    portal, _settings = shared
    for _ in range(5):
        with portal.connect() as line:
            line.sendall(post("login=alice&pass", length=500).encode())
    assert portal.is_well()


@pytest.mark.parametrize(
    "request_",
    [
        "GET /health HTTP/1.1\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
        "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
        "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 7\r\nConnection: close\r\n\r\nabcdefg",
        "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\nConnection: close\r\n\r\n",
        "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\nConnection: close\r\n\r\n",
        "POST /sign-in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
        "GET http://evil.example/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /\x00 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /t/%00/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /t/%ff%fe/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /static/../../app.py HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /static/%2e%2e/app.py HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET /" + "a" * 200_000 + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: " + "a" * 200_000 + "\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + "X: y\r\n" * 2000 + "\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nCookie: sid=\xff\xfe\x80\r\n\r\n",
        "TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "BREW /pot HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=lambda text: re.sub(r"[^\w /%:.-]", "", text.replace("\r\n", " "))[:60],
)
def test_a_strange_request_gets_no_secrets_and_breaks_nothing(shared, request_):
    portal, _settings = shared
    with portal.connect(3) as line:
        with suppress(OSError):
            line.sendall(request_.encode("latin-1"))
            line.shutdown(socket.SHUT_WR)
        try:
            answer = read_all(line)
        except TimeoutError:
            answer = ""
    assert not answer.startswith("HTTP/1.1 5"), answer[:200]
    assert "root:x:" not in answer and "def create_app" not in answer and "Traceback" not in answer
    assert answer.count("HTTP/1.1 ") <= 1, "one request, one answer"
    assert portal.is_well()


def test_a_forged_address_in_a_header_of_its_own_does_not_count(shared):
    """A client sends one X-Forwarded-For, the proxy adds another: the last hop is the true one, in whatever header."""
    portal, _settings = shared

    def status(*headers: str) -> str:
        lines = "".join(f"X-Forwarded-For: {value}\r\n" for value in headers)
        return portal.ask(f"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{lines}\r\n").split()[1]

    assert status() == "200"
    assert status("203.0.113.9") == "403", "outside production an empty list lets in this machine alone"
    assert status("127.0.0.1, 203.0.113.9") == "403"
    assert status("127.0.0.1", "203.0.113.9") == "403"
    assert status("203.0.113.9", "127.0.0.1") == "403"


# TLS


@pytest.fixture
def certificate(tmp_path) -> Path:
    """A self-made certificate for localhost and its key, in one folder."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (tmp_path / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (tmp_path / "key.pem").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    return tmp_path


def test_over_tls_only_new_versions_and_http_2_are_spoken(settings, cast, certificate):
    tls = {"PORTOLAN_TLS_CERT": str(certificate / "cert.pem"), "PORTOLAN_TLS_KEY": str(certificate / "key.pem")}
    with served(settings, tls=certificate, schedule=IMPATIENT, **tls) as portal:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            assert handshake(portal, version) == version.name.replace("_", ".")
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with pytest.raises((ssl.SSLError, ConnectionError)), warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                handshake(portal, version)
        answer = over_tls(portal, "h2")
        assert answer.startswith("HTTP/2 200")
        assert "strict-transport-security: max-age=63072000" in answer
        signed_in = over_tls(portal, "http1.1", "/sign-in", "login=alice&password=Copper-Kettle-27")
        assert signed_in.startswith("HTTP/1.1 303")
        cookie = next(line for line in signed_in.splitlines() if line.lower().startswith("set-cookie: __host-sid="))
        assert "Secure" in cookie and "HttpOnly" in cookie
        (certificate / "long").write_text("login=alice&password=" + "x" * 60_000)
        slow = over_tls(portal, "h2", "/sign-in", f"@{certificate / 'long'}", "--limit-rate", "500")
        assert slow.startswith(("HTTP/2 408", "HTTP/2 400")) or not slow
        assert over_tls(portal, "h2").startswith("HTTP/2 200")
        with portal.connect() as line:
            line.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert not read_all(line).startswith("HTTP/1.1 200"), "nothing is served in clear on this port"


def handshake(portal: Portal, version: ssl.TLSVersion) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(portal.tls / "cert.pem")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with portal.connect() as line, context.wrap_socket(line, server_hostname="localhost") as secure:
        return secure.version() or ""


def over_tls(portal: Portal, protocol: str, path: str = "/health", body: str = "", *more: str) -> str:
    import shutil

    if shutil.which("curl") is None:
        missing("curl")
    done = subprocess.run(
        ["curl", "-si", "--noproxy", "*", f"--{'http2' if protocol == 'h2' else 'http1.1'}", "--max-time", "20",
         "--cacert", str(portal.tls / "cert.pem"), "-H", "Sec-Fetch-Site: same-origin",
         *(["--data", body] if body else []), *more, f"https://localhost:{portal.port}{path}"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0 or more, done.stderr
    return done.stdout


@pytest.mark.postgres
def test_several_processes_serve_one_postgresql_side_by_side(settings, cast, postgres):
    second = replace(settings, data=settings.data.with_name("second"), key_file=settings.key_path)
    second.data.mkdir()
    (second.data / "keys.db").write_bytes((settings.data / "keys.db").read_bytes())
    plain = {"PORTOLAN_SECOND_FACTOR": "offered"}
    with served(settings, **plain) as one, served(second, PORTOLAN_KEY_FILE=str(settings.key_path), **plain) as two:
        answers = [portal.ask(post("login=alice&password=Copper-Kettle-27")) for portal in (one, two)]
        assert all(answer.startswith("HTTP/1.1 303") for answer in answers)
        token = re.search(r"set-cookie: sid=([^;]+)", answers[0], re.IGNORECASE).group(1)
        page = two.ask(f"GET /t/lotus/ HTTP/1.1\r\nHost: localhost\r\nCookie: sid={token}\r\nConnection: close\r\n\r\n")
        assert page.startswith("HTTP/1.1 200"), "a session of one holds in the other"


@pytest.mark.alone
def test_a_page_is_answered_while_passwords_are_checked(shared):
    """Twenty people sign in at once; a page of somebody else is not much slower for it."""
    portal, _settings = shared
    over = threading.Event()

    def hammer() -> None:
        while not over.is_set():
            portal.ask(post("login=nobody&password=wrong"))

    threads = [threading.Thread(target=hammer, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        waits = []
        for _ in range(15):
            began = time.monotonic()
            assert portal.ask().startswith("HTTP/1.1 200")
            waits.append(time.monotonic() - began)
    finally:
        over.set()
        for thread in threads:
            thread.join(30)
    assert sorted(waits)[len(waits) // 2] < 2
