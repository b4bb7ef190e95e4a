"""The work `threads`: mails read and taken in by the thousand, against the same bytes sealed and written bare; and the list of 200,000
threads, of which those of a month can still be opened.

Taking in finds store, thread and order, keeps a key for each thread, seals six texts and the mail, starts the clock and leaves an event.
The limit seals the bytes once and writes two rows; both keep fifty mails with one sync, as the job does. On SQLite they are measured by
the processor's time, since a sync takes what the disk and its other users let it; on PostgreSQL, whose work another process does, by the
clock.
"""

from __future__ import annotations

import resource
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import psycopg

from app import create_app
from bench import ground, postgres
from bench.ground import Ground
from bench.mailbox import mails
from bench.mailbox_limit import PostgresLimit, SqliteLimit
from bench.measure import Measurement, at_least, at_most, quantiles
from bench.serving import BROWSER
from models.audit.origin import Origin, acting
from models.mailbox.account import MailAccount
from models.mailbox.message import MailMessage
from models.mailbox.reading import read
from models.mailbox.taking import take
from models.mailbox.thread import MailThread, thread_subject
from models.support import clock
from models.support.bulk import insert_rows
from models.support.db import write_txn
from models.vault.data_key import new_keys
from models.vault.seal import Sealer, place_of

LEAST_SHARE, MOST_MS, MOST_SEARCH_MS, MOST_MIB = 1 / 100, 100.0, 2500.0, 400.0
AT_ONCE = 50
MARKETS = ("A1PA6795UKMFR9", "A1F83G8C2ARO7P", "A13V1IB3VIYZZH")
COLUMNS = (
    "uid", "team", "store", "order", "order_no", "buyer_mark", "marketplace_id", "language", "state", "kind", "unanswered_at", "due_at",
    "last_at", "is_suspect", "message_count", "has_attachment", "purge_at", "destroyed_at", "created_at", "subject", "buyer_name",
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    mails: int
    threads: int
    held: int
    samples: int


def run(size: Size, tell: Callable[[str], None]) -> Iterator[Measurement]:
    yield from _measured(size, tell, {})
    programs = postgres.binaries()
    if programs is None:
        tell("threads: PostgreSQL is not installed (apt-get install postgresql), so SQLite alone was measured")
        return
    with postgres.cluster(programs) as port:
        yield from _measured(size, tell, {name: postgres.create(port, name) for name in ("mails", "threads")})


def _measured(size: Size, tell: Callable[[str], None], databases: dict[str, str]) -> Iterator[Measurement]:
    kind = "postgresql" if databases else "sqlite"
    with ground.fresh(database=databases.get("mails", "")) as place:
        tell(f"threads: taking in {size.mails:,} mails on {kind}")
        with place.stood_on(), acting(Origin("job", "bench")):
            yield from _taken(place, size.mails)
    with ground.fresh(database=databases.get("threads", "")) as place:
        tell(f"threads: making {size.threads:,} threads on {kind}, {size.held:,} of them still sealed")
        with place.stood_on():
            _fill(place, size)
            yield from _pages(place, size)


# Mails


def _taken(place: Ground, count: int) -> Iterator[Measurement]:
    account = MailAccount.create(
        team=place.team_id, store=place.store_id, name="Bench", kind="maildir", state="active", path="bench"
    )
    bare, watch = (
        (PostgresLimit(place), time.perf_counter)
        if place.settings.database
        else (SqliteLimit(place), time.process_time)
    )
    ours = theirs = 0.0
    began = time.perf_counter()
    batch: list[bytes] = []
    for number, raw in enumerate(mails(count), 1):
        batch.append(raw)
        if len(batch) == AT_ONCE or number == count:
            ours += _timed(lambda: _take(account, batch), watch)  # noqa: B023 (called at once)
            theirs += _timed(lambda: bare.keep(batch), watch)  # noqa: B023
            batch = []
    wall = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    kept = MailMessage.select().count()
    assert kept == count, f"{kept} of {count} mails came in"
    yield Measurement(
        "threads", "mails taken", kind_of(place), count, {"per_second": round(count / ours), "us_each": round(ours / count * 1e6), "wall_per_second": round(count / wall)},
        {"per_second": round(count / theirs)}, **at_least(theirs / ours, LEAST_SHARE),
    )  # fmt: skip
    yield Measurement("threads", "peak MiB while taking", kind_of(place), count, {}, {}, **at_most(peak, MOST_MIB))


def _take(account: MailAccount, raws: list[bytes]) -> None:
    with write_txn():
        for raw in raws:
            take(account, read(raw, clock.now()), raw, clock.now())


def _timed(act: Callable[[], Any], watch: Callable[[], float] = time.perf_counter) -> float:
    began = watch()
    act()
    return watch() - began


def kind_of(place: Ground) -> str:
    return "postgresql" if place.settings.database else "sqlite"


# Threads


def _fill(place: Ground, size: Size) -> None:
    """A year of threads; the newest can be opened, one message each, the others are destroyed as they would be by then."""
    now, step = clock.now(), timedelta(days=360) / size.threads
    for start in range(0, size.threads, 1000):
        numbers = range(start, min(start + 1000, size.threads))
        uids = [uuid.uuid4() for _number in numbers]
        held = [number >= size.threads - size.held for number in numbers]
        keys = new_keys(thread_subject(uid) for uid, is_held in zip(uids, held, strict=True) if is_held)
        rows, told = [], []
        for number, uid in zip(numbers, uids, strict=True):
            at = now - step * (size.threads - number)
            key = keys.get(thread_subject(uid))
            rows.append(_row(place, number, uid, at, key))
            if key is not None:
                told.append(_message(place, number, uid, at, key))
        with write_txn():
            insert_rows(MailThread, COLUMNS, rows)
            if told:
                insert_rows(MailMessage, tuple(told[0]), [tuple(one.values()) for one in told])
    if place.settings.database:  # What its own cleaner would have done by tomorrow.
        with psycopg.connect(place.settings.database, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


def _row(place: Ground, number: int, uid: uuid.UUID, at: Any, key: bytes | None) -> tuple[Any, ...]:
    is_open = key is not None and number % 40 == 0
    sealed = [None, None]
    if key is not None:
        sealer, subject = Sealer(key), thread_subject(uid)
        texts = (("subject", f"Anfrage zur Bestellung {number}"), ("buyer_name", f"Buyer Number{number}"))
        sealed = [sealer.seal(place_of("mail_thread", name, subject), text) for name, text in texts]  # type: ignore[misc]
    state = "open" if is_open else ("waiting", "done", "done", "done")[number % 4]
    return (
        uid, place.team_id, place.store_id, None, f"302-{number:07}-7654321", f"{number % 50_000:064x}", MARKETS[number % 3], ("de", "en", "fr")[number % 3],
        state, "buyer_message", at if is_open else None, at + timedelta(hours=24) if is_open else None, at, number % 500 == 0, 1, number % 10 == 0,
        at + timedelta(days=23) if key else None, None if key else at + timedelta(days=23), at, *sealed,
    )  # fmt: skip


def _message(place: Ground, number: int, uid: uuid.UUID, at: Any, key: bytes) -> dict[str, Any]:
    own, sealer, subject = uuid.uuid4(), Sealer(key), thread_subject(uid)
    text = f"Wo bleibt mein Paket Nummer {number}? " + "Es sollte schon gestern kommen, und ich warte noch. " * 12
    sealed = {
        name: sealer.seal(place_of("mail_message", name, subject, str(own)), said)
        for name, said in (("subject", "Anfrage"), ("text", text))
    }
    return {
        "uid": own, "team": place.team_id, "store": place.store_id, "thread": number + 1, "direction": "in", "kind": "buyer_message", "at": at,
        "mark": f"{number:064x}", "digest": "", "refs": [], "starts_clock": True, "answer": "reply", "warnings": [], "order_ids": [], "asins": [],
        "attachment_count": 0, "size": 2000, "state": "taken", "tries": 0, "problem": "", "text_mark": "", "message_id": "",
        "translated_from": "", "created_at": at, **sealed,
    }  # fmt: skip


def _pages(place: Ground, size: Size) -> Iterator[Measurement]:
    visitor = create_app(place.settings).test_client()
    visitor.set_cookie("sid", place.token)
    visitor.environ_base["HTTP_USER_AGENT"] = BROWSER
    half = f"302-{size.threads // 2:07}-7654321"
    asked: dict[str, tuple[dict[str, str], float]] = {
        "first": ({}, MOST_MS), "unassigned": ({"care": "nobody"}, MOST_MS), "overdue": ({"wait": "overdue", "sort": "due"}, MOST_MS),
        "done": ({"state": "done"}, MOST_MS), "language and state": ({"language": "fr", "state": "waiting"}, MOST_MS),
        "suspect": ({"care": "suspect"}, MOST_MS), "by order": ({"q": half}, MOST_MS),
        "words, all opened": ({"q": "nirgends zu finden"}, MOST_SEARCH_MS),
    }  # fmt: skip
    for name, (query, most) in asked.items():
        path = f"{place.path}/mailbox/" + (f"?{urlencode(query)}" if query else "")
        times = [_timed(lambda: _get(visitor, path)) for _sample in range(size.samples + 1)][1:]  # noqa: B023
        found = quantiles(times)
        yield Measurement(
            "threads",
            f"list: {name}",
            kind_of(place),
            size.threads,
            found,
            {"p95_ms": most},
            **at_most(found["p95_ms"], most),
        )


def _get(visitor: Any, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 200, path
