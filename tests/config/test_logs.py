"""Logs: JSON lines of allowed keys. No personal data, no secret, no broken line, and never an error of their own."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from config import logs
from config.settings import PROJECT

CANARY = "canary-4711"


@pytest.fixture
def lines(tmp_path):
    """`lines()` gives what was logged so far, and `lines("security")` what went to that file."""
    root = logging.getLogger()
    before = (root.handlers, root.level, [(logging.getLogger(n), logging.getLogger(n).propagate) for n in ("access", "security")])  # fmt: skip
    logs.set_up("info", tmp_path / "logs")
    root.handlers = [h for h in root.handlers if isinstance(h, logs.CarefulHandler)]  # Not to the terminal.

    def read(which: str = "app") -> list[dict]:
        file = tmp_path / "logs" / f"{which}.log"
        return [json.loads(line) for line in file.read_text("utf-8").split("\n")[:-1]] if file.exists() else []

    yield read
    for handler in [*root.handlers, *(h for logger, _ in before[2] for h in logger.handlers)]:
        handler.close()
    root.handlers, root.level = before[0], before[1]
    for logger, propagate in before[2]:
        logger.handlers, logger.propagate = [], propagate


def test_a_line_is_json_with_its_time_and_level(lines):
    logs.logger("jobs").info("job_finished", job="orders", done=3)
    (line,) = lines()
    assert (line["event"], line["job"], line["done"], line["level"]) == ("job_finished", "orders", 3, "info")
    assert line["logger"] == "jobs"
    assert line["at"].endswith("Z")


def test_a_key_that_is_not_allowed_is_dropped(lines):
    logs.logger("x").info("looked", buyer=CANARY, query=CANARY, headers={"a": CANARY}, name_of_buyer=CANARY)
    (line,) = lines()
    assert CANARY not in json.dumps(line)
    assert set(line) == {"event", "level", "at", "logger"}


@pytest.mark.parametrize(
    "secret",
    [
        "Atza|IQEBLjAsAhRmHjNgHpi0U", "Atzr|IQEBLzAtAhRPpMJxdwVz2Nn6f2y", "amzn1.application-oa2-client.0123456789abcdef",
        "AKIAIOSFODNN7EXAMPLE", "Bearer eyJhbGciOi.J9", "X-Amz-Signature=0123456789abcdef", "jane.doe+x@example.co.uk",
        "QWxhZGRpbjpvcGVuIHNlc2FtZQQWxhZGRpbjpvcGVuIHNlc2FtZQQWxhZGRpbjpvcGVuIHNlc2FtZQ==", "a" * 64,
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_replaced_in_every_text(lines, secret):
    logs.logger("x").info(f"a call with {secret} in it", problem=f"“{secret}”", url_host=secret, name=[secret])
    (line,) = lines()
    assert secret not in json.dumps(line, ensure_ascii=False)
    assert line["event"].startswith("a call with [redacted]")


def test_a_new_line_cannot_forge_a_line(lines):
    logs.logger("x").info('one\n{"event": "forged"}\r\n\u2028\x00', problem="a\nb\x1b[31m")
    assert len(lines()) == 1
    assert lines()[0]["problem"].startswith("a\nb")


def test_long_text_is_cut(lines):
    logs.logger("x").info("x", problem="wort " * 10_000)
    assert len(lines()[0]["problem"]) == 2000


def explode(secret):
    raise ValueError(f"could not greet {secret}")


def test_an_error_shows_where_it_happened_and_nothing_it_held(lines):
    for log in (
        lambda: logs.logger("x").error("request_failed", exc_info=True),
        lambda: logging.getLogger("a.library").exception("it broke"),
        lambda: logging.getLogger("a.library").error("it broke", exc_info=sys.exc_info()),
    ):
        try:
            explode(CANARY)
        except ValueError as error:
            log()
            logs.logger("x").error("given", exc_info=error)
    text = json.dumps(lines())
    assert CANARY not in text
    assert all("explode" in line["trace"] and line["trace"].endswith("ValueError") for line in lines())
    assert len(lines()) == 6


def test_a_library_that_logs_goes_through_the_same_net(lines):
    logging.getLogger("some.library").warning("sent to %s with %s", "jane@example.com", "Atza|token")
    (line,) = lines()
    assert line["event"] == "sent to [redacted] with [redacted]"
    assert line["logger"] == "some.library"


def test_a_library_that_logs_wrongly_does_not_break_us(lines):
    root = logging.getLogger()
    root.handlers = [h for h in root.handlers if isinstance(h, logs.CarefulHandler)]  # pytest's own would raise.
    logging.getLogger("some.library").warning("%d things", "many")
    logs.logger("x").info("after")
    assert lines()[-1]["event"] == "after"


def test_security_is_kept_apart_and_in_the_whole(lines):
    logs.logger("security").warning("network_refused", address="203.0.113.9")
    logs.logger("access").info("request", route="/t/<team>/orders/", status=200)
    assert [line["event"] for line in lines("security")] == ["network_refused"]
    assert [line["event"] for line in lines("access")] == ["request"]
    assert [line["event"] for line in lines()] == ["network_refused"]


def test_what_is_noted_of_every_request_goes_through_the_same_net(lines):
    logs.note("access", "request", method="Atza|token", route='/"\n{}', status=200, body=CANARY)
    logs.logger("access").info("request", method="Atza|token", route='/"\n{}', status=200, body=CANARY)
    short, long = [{key: value for key, value in line.items() if key != "at"} for line in lines("access")]
    assert short == long
    assert (short["method"], short["route"], "body" in short) == ("[redacted]", '/"\n{}', False)


def test_the_files_are_private(lines, tmp_path):
    logs.logger("security").warning("x")
    assert (tmp_path / "logs" / "security.log").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "logs").stat().st_mode & 0o007 == 0


def test_the_access_log_holds_no_address_of_a_page_and_no_query(lines, as_, alice, visitor):
    visitor.get(f"/sign-in?next=/{CANARY}&token={CANARY}", headers={"User-Agent": CANARY, "Cookie": f"x={CANARY}"})
    visitor.get(f"/welcome/{CANARY}")
    visitor.post("/sign-in", data={"login": CANARY, "password": CANARY})
    as_(alice).get("/t/lotus/people/")
    assert CANARY not in json.dumps(lines("access") + lines() + lines("security"))
    assert [line["route"] for line in lines("access")] == [
        "/sign-in", "/welcome/<token>", "/sign-in", "/t/<team>/people/",
    ]  # fmt: skip
    assert lines("access")[-1]["person"] == alice.id


FULL_DISK = """
import logging, resource, signal, sys
from pathlib import Path
from config import logs
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
logs.set_up("info", Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
for number in range(200):
    logs.logger("x").info("line", count=number)
    logs.logger("security").info("line", count=number)
print("alive", flush=True)
"""


def test_a_full_disk_costs_lines_and_nothing_else(tmp_path):
    """A limit on the size of files stands in for a disk that takes no more."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "logs")], cwd=PROJECT, capture_output=True, text=True, timeout=60
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "alive\n")
    assert "Traceback" not in done.stderr and "Logging error" not in done.stderr
    assert 0 < (tmp_path / "logs" / "app.log").stat().st_size <= 4096
