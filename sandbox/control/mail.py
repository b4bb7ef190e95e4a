"""Control of mails: mailboxes of sellers, what buyers and others write to them, what was answered, and faults of the way there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from sandbox.amazon.records import Order
from sandbox.amazon.world import World
from sandbox.control import reading
from sandbox.control.reading import Wrong
from sandbox.mail import letters, notices, smtp
from sandbox.mail.post import FAULTS, Mailbox, Post

KINDS = (*letters.KINDS, *notices.KINDS)


def add(pages: Blueprint, world: World) -> None:
    post = Post(world)
    running: list[Any] = []

    @pages.get("/mail")
    def mail() -> ResponseReturnValue:
        return jsonify(_told(post, running))

    @pages.post("/mail/mailboxes")
    def open_mailbox() -> ResponseReturnValue:
        body = reading.body()
        address, folder = str(body.get("address", "")).lower(), Path(str(body.get("folder", "")))
        if "@" not in address or not folder.is_absolute():
            raise Wrong("'address' has to be a mail address, and 'folder' a whole path.")
        with world.lock:
            if not running:
                running.append(smtp.start(post))
            post.open(address, folder)
        return jsonify(_told(post, running)), 201

    @pages.post("/mail/letters")
    def write() -> ResponseReturnValue:
        body = reading.body()
        kind = reading.choice(body, "kind", KINDS)
        order, mailbox = _order(world, body), _mailbox(post, body)
        told = {name: str(body.get(name, "")) for name in ("text", "language", "to")}
        flaw = reading.choice(body, "flaw", letters.FLAWS, "")
        ago = reading.number(body, "ago_seconds", 0, least=0)
        return jsonify(message_id=post.write(mailbox, order, kind, flaw=flaw, ago=ago, **told)), 201

    @pages.get("/mail/answers")
    def answers() -> ResponseReturnValue:
        return jsonify(answers=list(post.received))

    @pages.post("/mail/buyers")
    def buyers() -> ResponseReturnValue:
        """Whether buyers answer what they are answered, and how soon."""
        body = reading.body()
        seconds = body.get("answer_seconds")
        post.answer_seconds = None if seconds is None else reading.number(body, "answer_seconds", 0, least=0)
        return jsonify(answer_seconds=post.answer_seconds)

    @pages.post("/mail/faults")
    def fault() -> ResponseReturnValue:
        body = reading.body()
        kind = reading.choice(body, "kind", FAULTS)
        post.strike(kind, int(reading.number(body, "times", 1, least=0)))
        return jsonify(faults=dict(post.faults)), 201


def _told(post: Post, running: list[Any]) -> dict[str, Any]:
    server = (
        {"host": running[0].hostname, "port": running[0].port, "login": smtp.LOGIN, "password": smtp.PASSWORD}
        if running
        else None
    )
    return {
        "smtp": server, "mailboxes": {one.address: str(one.folder) for one in post.mailboxes.values()},
        "buyers": len(post.buyers), "answers": len(post.received), "faults": dict(post.faults),
    }  # fmt: skip


def _order(world: World, body: dict[str, Any]) -> Order:
    order = world.orders.get(str(body.get("order_id", "")))
    if order is None:
        raise Wrong("There is no order of this id.", 404)
    return order


def _mailbox(post: Post, body: dict[str, Any]) -> Mailbox:
    address = str(body.get("mailbox", "")).lower()
    if address not in post.mailboxes:
        raise Wrong("There is no mailbox of this address; open it first.", 404)
    return post.mailboxes[address]
