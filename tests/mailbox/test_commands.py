"""The pure engines as commands: mails and lines in, JSON lines out; what is bad is told in its place and stops nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256

import pytest

from config.settings import PROJECT

FIELDS = ["subject", "from_name", "from_addr", "buyer_key", "case_key", "marketplace", "order_ids", "asins", "references", "type",
          "starts_sla", "buyer_text", "attachments", "warnings"]  # fmt: skip
MAIL = (
    b"From: Anna <abcdefgh12@marketplace.amazon.co.jp>\r\nSubject: =?utf-8?B?5rOo5paH?= 250-1234567-7654321\r\nDate: Fri, 20 Nov 2026 10:00:00 +0900\r\n"
    b"Message-ID: <a@b>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nB0ABCDEFGH?\r\n"
    b"--x\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n\r\nPNG\r\n--x--\r\n"
)


def run(*arguments: str, stdin: bytes = b"") -> tuple[int, list[dict], str]:
    done = subprocess.run([sys.executable, "-P", "-m", "commands", "mailbox", *arguments], input=stdin, capture_output=True, cwd=PROJECT,
                          env={"PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "ascii"})  # fmt: skip
    said = done.stderr.decode()
    assert "Traceback" not in said
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], said


def test_each_mail_is_one_object_and_a_missing_one_is_told_in_its_place(tmp_path):
    (tmp_path / "one.eml").write_bytes(MAIL)
    (tmp_path / "空.eml").write_bytes(b"")
    code, lines, said = run(
        "read",
        str(tmp_path / "one.eml"),
        str(tmp_path / "gone.eml"),
        str(tmp_path),
        str(tmp_path / "空.eml"),
        "-",
        stdin=b"\xff\n\n\xfe",
    )
    one, gone, folder, empty, odd = lines
    assert code == 74 and said.count("portolan:") == 2
    assert "error" in gone and gone["file"].endswith("gone.eml") and "error" in folder
    assert list(one) == list(empty) == list(odd) == FIELDS
    assert one == {
        "subject": "注文 250-1234567-7654321", "from_name": "Anna", "from_addr": "abcdefgh12@marketplace.amazon.co.jp", "buyer_key": "abcdefgh12", "case_key": None, "marketplace": "JP",
        "order_ids": ["250-1234567-7654321"], "asins": ["B0ABCDEFGH"], "references": [], "type": "buyer_message", "starts_sla": True, "buyer_text": "B0ABCDEFGH?",
        "attachments": [{"filename": "a.png", "content_type": "image/png", "size": 3, "sha256": sha256(b"PNG").hexdigest()}], "warnings": [],
    }  # fmt: skip
    assert empty["warnings"] == sorted(empty["warnings"]) == ["MISSING_DATE", "MISSING_MESSAGE_ID"]


def test_each_line_is_answered_and_a_bad_one_with_its_error():
    asked: list = [
        {"id": 1, "text": "Hello, it is on its way."}, {"id": "ü", "text": "a@b.de", "proactive": True, "order_id": "302-1234567-7654321", "buyer_language": "ja_JP"},
        {"id": 3}, {"text": 5}, [], {"id": 6, "text": "x", "proactive": "yes"}, {"id": 7, "text": "Hi", "attachments": ["a.exe", {"filename": "b.pdf", "content_type": "application/pdf", "size": 11_000_000}]},
        {"id": 8, "text": "x", "attachments": [5]}, {"id": 9, "text": "x", "attachments": [{"filename": "a.pdf", "size": -1}]}, {"id": 10, "text": "x", "order_id": 5}, {"id": [11], "text": "\ud800 www.x.de"}, {"id": 12, "text": "x" * 200_000},
    ]  # fmt: skip
    lines = b"\n".join([*(json.dumps(one).encode() for one in asked), b"", b"{broken", b"\xff\xfe", b"[" * 100_000])
    code, answers, _ = run("lint", stdin=lines)
    assert code == 0 and len(answers) == 15
    assert answers[0] == {"id": 1, "codes": []}
    assert answers[1] == {"id": "ü", "codes": ["EMAIL", "ORDER_ID_MISSING"]}
    assert answers[6] == {"id": 7, "codes": ["ATTACH_TYPE", "ATTACH_SIZE"]}
    assert answers[10] == {"id": [11], "codes": ["LINK_EXTERNAL"]}
    bad = [place for place, answer in enumerate(answers) if "error" in answer]
    assert bad == [2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 14]
    assert [answers[place].get("id") for place in bad] == [3, None, None, 6, 8, 9, 10, 12, None, None, None]
    assert [answers[place]["line"] for place in bad] == [3, 4, 5, 6, 8, 9, 10, 12, 14, 15, 16]


@pytest.mark.parametrize("arguments", [[], ["read"], ["swim"]])
def test_what_is_asked_wrongly_is_told(arguments):
    assert run(*arguments)[0] == 2


def test_nothing_asked_is_nothing_answered():
    assert run("lint") == (0, [], "")
