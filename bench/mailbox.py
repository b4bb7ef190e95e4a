"""The work `mailbox`: buyers' mails read by the thousand against Python's own parser, which only finds the text, and answers checked
while somebody types.

The parser of the standard library is the limit: it unfolds, decodes and picks a body. Ours finds everything else as well, and takes
mails that the parser gives up on; these are left out here.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from bench.data import SEED
from bench.measure import Measurement, at_least, at_most, quantiles
from models.mailbox.lint import lint
from models.mailbox.reading import read

LEAST_SHARE, MOST_LINT_MS, MOST_MIB = 1.0, 5.0, 64.0
AT_ONCE = 250
MOST_ASKED = 240  # More within a minute are refused.
TEXTS = {
    "en": "Thank you for your message about order 302-1234567-7654321. Your parcel 1Z999AA10123456784 left on 12.09.2026, e.g. by air; the size is 12.5 cm. ",
    "de": "Vielen Dank für Ihre Nachricht. Die Sendung 00340434161094042557 wurde am 20.11.2026 übergeben, z.B. an den Nachbarn; die Rückgabe ist möglich. ",
    "fr": "Merci pour votre message. Votre colis n° 6A12345678901 a été livré le 20/11/2026 à 14 h 30. Pouvez-vous vérifier auprès de vos voisins ? ",
    "ja": "お問い合わせいただきありがとうございます。ご注文の商品は11月22日に発送いたしました。追跡番号は1234-5678-9012です。",
    "zh": "您好,您的包裹已于2026年11月20日发出,物流单号为YT2632412345678901。如未收到,请联系我们,我们会为您补发。",
    "ar": "شكرا لرسالتك. تم تسليم طلبك رقم 407-1234567-7654321 بتاريخ 20/11/2026. نعتذر عن التأخير. ",
}
FRAME = "You have received a message.\r\n\r\n# 302-1234567-{number:07}:\r\n1 / Charger [ASIN: B0ABCDEFGH]\r\n\r\n------------- Begin message -------------\r\n\r\n{text}\r\n\r\n------------- End message -------------\r\n\r\nWas this helpful? https://sellercentral.amazon.de/x/{number}\r\n[commMgrTok:AF9E104T7W2Q2]\r\n"


@dataclass(frozen=True)
class Size:
    mails: int
    checks: int


def run(size: Size, tell: Callable[[str], None]) -> Iterator[Measurement]:
    from bench.mailbox_check import SIGNS, over_http  # The whole portal, which whoever reads mails alone does not hold.

    tell(f"mailbox: reading {size.mails:,} mails, ours and the limit by turns")
    yield _read(size.mails)
    yield _memory(size.mails)
    tell(
        f"mailbox: checking {size.checks:,} answers of {' and '.join(f'{signs:,}' for signs in SIGNS)} characters, alone and over HTTP"
    )
    for signs in SIGNS:
        yield _lint(size.checks, signs)
    yield from over_http(TEXTS, min(size.checks, MOST_ASKED))


# Mails


def mails(count: int) -> Iterator[bytes]:
    """Mails as Amazon sends them: plain, or plain beside HTML, some with a photo, in several languages and charsets."""
    random = Random(SEED)
    for number in range(count):
        language = random.choice(list(TEXTS))
        text = FRAME.format(number=number, text=TEXTS[language] * random.randint(1, 4))
        yield _mail(
            number,
            language,
            text,
            with_html=number % 3 == 0,
            photo=random.randbytes(20_000) if number % 10 == 0 else b"",
        )


def _mail(number: int, language: str, text: str, *, with_html: bool, photo: bytes) -> bytes:
    charset = {"ja": "iso-2022-jp", "zh": "gb2312", "de": "iso-8859-1"}.get(language, "utf-8")
    coded = text.encode("gb18030" if charset == "gb2312" else charset, "replace")
    subject = base64.b64encode(
        f"Anfrage (Bestellung: 302-1234567-{number:07}) – {TEXTS[language][:12]}".encode()
    ).decode()
    parts = [
        f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
        + base64.encodebytes(coded)
    ]
    if with_html:
        parts.append(
            b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<html><body><table><tr><td><pre>"
            + text.encode()
            + b"</pre></td></tr></table></body></html>"
        )
    if photo:
        parts.append(
            b"Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(photo)
        )
    head = (
        f"From: =?utf-8?Q?M=C3=BCller=2C_Anna?= - Amazon Marketplace <buyer{number:08}@marketplace.amazon.de>\r\nTo: support+main@shop.example\r\nSubject: =?utf-8?B?{subject}?=\r\n"
        f"Date: Fri, 20 Nov 2026 10:00:00 +0100\r\nMessage-ID: <{number}@mail.example>\r\nReferences: <a@mail.example>\r\n <b@mail.example>\r\nX-Space-Notification-Type: BBC_MESSAGE_SENT_TO_MERCHANT\r\n"
        "Authentication-Results: mx.example; spf=pass; dkim=pass\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_x\"\r\n\r\n"
    )  # fmt: skip
    return head.encode() + b"".join(b"--=_x\r\n" + part + b"\r\n" for part in parts) + b"--=_x--\r\n"


def limit(raw: bytes) -> tuple[Any, ...]:
    """What the standard library finds: subject, sender, and the text of the body."""
    found = message_from_bytes(raw, policy=policy.default)
    body = found.get_body(("plain", "html"))
    return found["subject"], found["from"], body.get_content() if body else ""


def _read(count: int) -> Measurement:
    """Ours reads every mail, the limit one portion in four, by turns."""
    ours, theirs, shown = 0.0, 0.0, 0
    made = mails(count)
    for place in range(0, count, AT_ONCE):
        portion = list(islice(made, AT_ONCE))
        ours += _taken(read, portion)
        if place % (4 * AT_ONCE) == 0:
            theirs, shown = theirs + _taken(limit, portion), shown + len(portion)
    share = theirs / shown * count / ours
    return Measurement(
        "mailbox", "mails read", "-", count, _rate(count, ours), _rate(shown, theirs), **at_least(share, LEAST_SHARE)
    )


def _taken(act: Callable[[bytes], Any], portion: list[bytes]) -> float:
    began = time.process_time()
    for raw in portion:
        act(raw)
    return time.process_time() - began


def _rate(count: int, seconds: float) -> dict[str, Any]:
    return {"per_second": round(count / max(seconds, 1e-9)), "us_each": round(seconds / count * 1e6)}


# Memory, in a process of its own


def _memory(count: int) -> Measurement:
    done = subprocess.run(
        [sys.executable, "-m", "bench.mailbox", str(count)], capture_output=True, check=True, text=True
    )
    ours = json.loads(done.stdout)
    return Measurement(
        "mailbox", "memory of reading", "-", count, ours, {"mib": MOST_MIB}, **at_most(ours["peak_mib"], MOST_MIB)
    )


def peak(count: int) -> dict[str, Any]:
    """The most memory the process ever held, and how much of it came by reading one mail after the other."""
    before = _most_held()
    for raw in mails(count):
        read(raw)
    after = _most_held()
    return {"peak_mib": round(after / 1024, 1), "grown_mib": round((after - before) / 1024, 1)}


def _most_held() -> int:
    """In kilobytes, of this program alone: what getrusage says of a child begins with its parent's."""
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])


# Answers


def _lint(count: int, signs: int) -> Measurement:
    texts = [(language, (text * 80)[:signs]) for language, text in TEXTS.items()]
    times: list[float] = []
    for number in range(count + len(texts)):
        language, text = texts[number % len(texts)]
        began = time.process_time()
        lint(f"{text[:-8]}{number:08}", buyer_language=language, proactive=True)
        times.append(time.process_time() - began)
    found = quantiles(times[len(texts) :])
    return Measurement(
        "mailbox",
        f"answer of {signs:,} checked",
        "-",
        count,
        found,
        {"p95_ms": MOST_LINT_MS},
        **at_most(found["p95_ms"], MOST_LINT_MS),
    )


if __name__ == "__main__":
    print(json.dumps(peak(int(sys.argv[1]))))
