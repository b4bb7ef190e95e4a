"""The check of an answer while it is typed, as a browser asks for it: over HTTP on one connection that stays, in a thread of the store,
signed in, in six languages. What is measured is the whole way there and back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.client import HTTPConnection

from bench import ground
from bench.ground import Ground
from bench.lists import portal
from bench.measure import Measurement, at_most, quantiles
from bench.serving import BROWSER
from models.mailbox.thread import MailThread
from models.support import clock

MOST_MS, EDGE = 5.0, "----bench"
SIGNS = (2_000, 4_000)


def over_http(texts: dict[str, str], count: int) -> Iterator[Measurement]:
    """`texts` are sentences by language; each answer is made of one, and ends differently each time, as while somebody types."""
    with ground.fresh() as place:
        with place.stood_on():
            paths = {language: _path(place, language) for language in texts}
        with portal(place) as port:
            asking = _Asking(port, place)
            for signs in SIGNS:
                answers = [(paths[language], (text * 80)[:signs]) for language, text in texts.items()]
                found = quantiles(asking.times(answers, count))
                yield Measurement(
                    "mailbox", f"answer of {signs:,} checked over HTTP", "sqlite", count, found, {"p95_ms": MOST_MS},
                    **at_most(found["p95_ms"], MOST_MS),
                )  # fmt: skip


def _path(place: Ground, language: str) -> str:
    thread = MailThread.create(
        team=place.team_id, store=place.store_id, language=language, order_no="302-1234567-7654321", last_at=clock.now()
    )
    return f"{place.path}/mailbox/threads/{thread.uid}/reply/check"


class _Asking:
    def __init__(self, port: int, place: Ground):
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {
            "Cookie": f"sid={place.token}", "User-Agent": BROWSER, "Origin": f"http://127.0.0.1:{port}", "HX-Request": "true",
            "Content-Type": f"multipart/form-data; boundary={EDGE}",
        }  # fmt: skip

    def times(self, answers: list[tuple[str, str]], count: int) -> list[float]:
        """Each language in its turn; the first round is not counted."""
        asked = [answers[number % len(answers)] for number in range(count + len(answers))]
        return [self._one(path, f"{text[:-8]}{number:08}") for number, (path, text) in enumerate(asked)][len(answers) :]

    def _one(self, path: str, text: str) -> float:
        body = f'--{EDGE}\r\nContent-Disposition: form-data; name="reply"\r\n\r\n{text}\r\n--{EDGE}--\r\n'.encode()
        began = time.perf_counter()
        self._connection.request("POST", path, body, self._headers)
        answer = self._connection.getresponse()
        shown = answer.read()
        taken = time.perf_counter() - began
        if answer.status != 200 or b"reply-lint" not in shown:
            raise RuntimeError(f"{path} answered {answer.status}")
        return taken
