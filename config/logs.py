"""Logs are JSON lines with an allowlist of keys. What is not on the list is dropped, so personal data and secrets
have no way in; a second net replaces anything that still looks like one."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import orjson
import structlog

KEPT_DAYS = 400
KEYS = frozenset(
    [
        "event",
        "level",
        "at",
        "logger",
        "request_id",
        "method",
        "route",
        "status",
        "ms",
        "person",
        "team",
        "store",
        "job",
        "scope",
        "slot",
        "attempt",
        "done",
        "total",
        "operation",
        "region",
        "kind",
        "count",
        "name",
        "code",
        "error",
        "trace",
        "problem",
        "address",
        "mode",
        "version",
        "bind",
        "seconds",
        "url_host",
    ]
)
LOOKS_SECRET = re.compile(
    r"Atz[ar]\|[^\s\"']+|amzn1\.[\w.\-]+|AKIA[0-9A-Z]{16}|Bearer\s+\S+|X-Amz-Signature=\w+"
    r"|[\w.+\-]+@[\w\-]+\.[\w.\-]+|\b[A-Za-z0-9+/_\-]{64,}={0,2}"
)

# One of these is in each of them, unless it is a long run of letters: far quicker to look for than the pattern itself.
SIGNS, LONG = re.compile(r"[|@]|amzn1\.|AKIA|Bearer|X-Amz-Signature="), 64


def allow(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keeps the allowed keys, with every text run through the redactor."""
    error = event.pop("exc_info", None)
    kept = {key: redact(value) for key, value in event.items() if key in KEYS}
    if error:
        kept["trace"] = trace_of(sys.exc_info() if error is True else error)
    return kept


def redact(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = str(value)
    if len(text) < LONG and not SIGNS.search(text):
        return text
    return LOOKS_SECRET.sub("[redacted]", text)[:2000]


def trace_of(error: Any) -> str:
    """Where it happened, without messages or values: file, line and function of each frame, then the class."""
    kind, _, frames = error if isinstance(error, tuple) else (type(error), error, error.__traceback__)
    places = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(frames)]
    return " > ".join([*places, kind.__name__ if kind else "?"])


class Noted(logging.LogRecord):
    """A line that went through the net already."""

    def getMessage(self) -> str:
        return orjson.dumps(self.msg, option=orjson.OPT_SORT_KEYS).decode()


class Formatter(structlog.stdlib.ProcessorFormatter):
    def format(self, record: logging.LogRecord) -> str:
        return record.getMessage() if type(record) is Noted else super().format(record)


_stamp = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")


def note(name: str, event: str, **told: Any) -> None:
    """A line as `logger(name).info(event, …)` writes it, by a shorter way: for what is told of every request."""
    log = logging.getLogger(name)
    if not log.isEnabledFor(logging.INFO):
        return
    line = allow(
        None, "", structlog.contextvars.get_contextvars() | told | {"event": event, "level": "info", "logger": name}
    )
    log.handle(Noted(name, logging.INFO, "", 0, _stamp(None, "", line), None, None))


class CarefulHandler(logging.handlers.TimedRotatingFileHandler):
    """Daily files, kept for over a year. A full disk must not stop the portal: the line is lost, the request is not."""

    def __init__(self, path: Path):
        super().__init__(path, when="midnight", utc=True, backupCount=KEPT_DAYS, encoding="utf-8", delay=True)

    def _open(self):
        stream = super()._open()
        Path(self.baseFilename).chmod(0o640)
        return stream

    def handleError(self, record: logging.LogRecord) -> None:
        pass


def set_up(level: str = "info", folder: Path | None = None) -> None:
    """Sends every log, ours and the libraries', to stderr and (with a folder) to app, access and security files."""
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _stamp,
    ]
    structlog.configure(
        processors=[*processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = Formatter(
        foreign_pre_chain=processors,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            allow,
            structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
        ],
    )
    root = logging.getLogger()
    root.handlers = [handler(logging.StreamHandler(sys.stderr), formatter)]
    root.setLevel(level.upper())
    for noisy in ("httpx2", "httpcore2", "apscheduler", "fontTools", "weasyprint", "_granian", "granian", "peewee"):
        logging.getLogger(noisy).setLevel("WARNING")
    for name in ("access", "security"):
        logging.getLogger(name).handlers = []
    if folder:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        root.addHandler(handler(CarefulHandler(folder / "app.log"), formatter))
        for name in ("access", "security"):
            logging.getLogger(name).addHandler(handler(CarefulHandler(folder / f"{name}.log"), formatter))
            logging.getLogger(name).propagate = name == "security"


def handler(which: logging.Handler, formatter: logging.Formatter) -> logging.Handler:
    which.setFormatter(formatter)
    return which


def logger(name: str) -> Any:
    """A structured logger: `logger("jobs").info("job_finished", job=…, seconds=…)`."""
    return structlog.stdlib.get_logger(name)
