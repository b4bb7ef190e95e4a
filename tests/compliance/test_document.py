"""The signed record: a PDF in two languages that fetches nothing, carries its own proof, and shows any change."""

from __future__ import annotations

import json
import socket
import threading

import pytest

from commands.audit import verify_document
from jobs.papers.making import NotMade, html_of, made
from models.compliance import campaign
from models.compliance.document import ReviewDocument, check_file, content_of, holds
from models.compliance.line import DECISIONS, OUTCOMES, ReviewLine
from models.compliance.review import AccessReview
from models.people.person import Person
from models.stores.application import Application
from models.stores.store import Store
from models.support.words import Words
from tests.compliance.conftest import line_of

HOSTILE = '<link rel=attachment href="file:///etc/passwd"><img src="http://127.0.0.1:{port}/x">'


@pytest.fixture
def closed(lotus, alice, manager) -> AccessReview:
    """A review in which all is decided, whose subject has a hostile name and a Chinese reason."""
    application = Application.save_for(lotus, name="Own", kind="private", client_id="amzn1.application-oa2-client.x",
                                       client_secret="s" * 40, by=alice)  # fmt: skip
    store = Store.declare(lotus, "Lotus NA", "na", by=alice)
    store.authorize(application=application, refresh_token="Atzr|example", by=alice)
    Person.update(name=HOSTILE.format(port=9)[:120]).where(Person.id == manager.id).execute()
    review = campaign.begin(lotus, by=alice)
    line_of(review, alice).decide("keep", by=manager)
    line_of(review, manager).decide("remove", by=alice, reason="已离职 <b>yes</b>")
    for line in ReviewLine.undecided_of(review):
        line.decide("keep", by=alice)
    campaign.close(review, by=alice)
    return review


@pytest.fixture
def documents(closed, go_on) -> dict[str, ReviewDocument]:
    """Of that review, by language."""
    go_on()
    return {document.language: document for document in ReviewDocument.select()}


def test_the_record_is_printed_in_two_languages_and_signed(closed, run, work, tmp_path, capsys):
    run(work.reviews)
    found = {document.language: document for document in ReviewDocument.select()}
    assert set(found) == {"en", "zh_Hans"}
    for document in found.values():
        assert document.bytes.startswith(b"%PDF-")
        assert b"EmbeddedFile" not in document.bytes
        assert holds(document)
        finding = check_file(document.bytes)
        assert (finding.fault, finding.is_stored, finding.content) == ("", True, document.sha256)
    file = tmp_path / "review.pdf"
    file.write_bytes(found["en"].bytes)
    assert verify_document(file) == 0
    assert found["en"].sha256 in capsys.readouterr().out


def test_any_changed_byte_shows(documents, tmp_path, capsys):
    good = documents["en"].bytes
    middle = len(good) // 2
    assert "changed after" in check_file(good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :]).fault
    assert "no signature" in check_file(b"%PDF-1.7 something else").fault
    forged = good.replace(documents["en"].sha256.encode(), b"0" * 64)
    assert "did not sign" in check_file(forged).fault
    file = tmp_path / "forged.pdf"
    file.write_bytes(forged)
    assert verify_document(file) == 1
    assert "did not sign" in capsys.readouterr().err


def test_it_says_who_decided_what_with_before_and_after(documents, manager):
    content = json.loads(documents["en"].content)
    assert [line["kind"] for line in content["lines"]] == ["person", "person", "authorization", "application"]
    assert "s" * 40 not in documents["en"].content
    line = next(line for line in content["lines"] if line["decision"] == "remove")
    assert line["decided_by"] == "Alice Wang (alice)"
    assert {grant["role"] for grant in line["before"]["grants"]} == {"lister", "reviewer"}
    assert (line["after"], line["outcome"]) == ({"grants": [], "state": "suspended"}, "removed")
    assert content["totals"]["removed"] == 1


def test_what_people_typed_is_text(documents, lotus):
    review = documents["en"].review
    content = {**content_of(review), "sha256": "0" * 64, "signature": "s", "key": "k"}
    html = html_of(
        "documents/access_review.html", "en", review=content, decisions=DECISIONS, outcomes=OUTCOMES, words=Words
    )
    assert "<link" not in html
    assert "<img" not in html
    assert "&lt;link rel=attachment" in html
    assert "<b>" not in html


@pytest.mark.parametrize("markup", [
    '<img src="http://127.0.0.1:{port}/image">', '<link rel=attachment href="file:///etc/passwd">',
    '<link rel=stylesheet href="http://127.0.0.1:{port}/style">', '<p style="background: url(http://127.0.0.1:{port}/b)">x</p>',
    '<object data="file:///etc/hostname"></object>',
])  # fmt: skip
def test_the_child_fetches_nothing_even_if_markup_got_in(markup):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        asked: list[bytes] = []
        listening = threading.Thread(target=listen, args=(server, asked), daemon=True)
        listening.start()
        try:
            pdf = made({"x": markup.format(port=server.getsockname()[1])}, "@page { size: A4 }")["x"]
        except NotMade:
            pdf = b""
    listening.join(5)
    assert asked == []
    assert b"root:" not in pdf
    assert b"EmbeddedFile" not in pdf


def listen(server: socket.socket, asked: list[bytes]) -> None:
    while True:
        try:
            connection, _address = server.accept()
        except TimeoutError:
            continue
        except OSError:
            return
        asked.append(connection.recv(100))
        connection.close()
