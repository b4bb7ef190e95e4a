"""Two threads made one, and one made two, by hand. A message that moves is sealed anew: each thread's key opens its own and no other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee

from models.audit.event import declare, track
from models.mailbox.answer_clock import recount, take_turn
from models.mailbox.draft import MailDraft
from models.mailbox.keeping import keep_until
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.note import MailNote
from models.mailbox.tagging import MailTagging
from models.mailbox.thread import MailThread, thread_subject
from models.support.clock import now
from models.support.db import after_commit, retrying, write_txn
from models.support.errors import Refused
from models.support.fields import SealedField, uid_in_order
from models.support.words import say
from models.vault.data_key import destroy, key_of, new_keys
from models.vault.seal import Sealer, place_of, unseal

MOST_MESSAGES = 500
# Told when sealed rows move under another key: a later room that seals something of a thread seals it anew here (old, new, message ids).
ON_MOVED: list[Any] = []

declare(
    "threads_merged",
    say("%(actor)s merged the thread %(merged)s into %(object)s: %(count)s messages"),
    "merged",
    "count",
)
declare("thread_split", say("%(actor)s split %(count)s messages off the thread %(object)s"), "count", "new")


@retrying
def merge(thread: MailThread, into: MailThread, *, by: Any) -> MailThread:
    """Moves all of it into the other thread of the same store, which takes its clock. Raises Refused."""
    if thread.id == into.id:
        raise Refused("This is the same thread.")
    if thread.team_id != into.team_id or thread.store_id != into.store_id:
        raise Refused("The threads are of different stores. Only threads of one store can be merged.")
    with write_txn():
        for one in sorted((thread, into), key=lambda one: one.id):
            take_turn(one)
        if thread.buyer_mark and into.buyer_mark and thread.buyer_mark != into.buyer_mark:
            raise Refused("The threads are of different buyers. What one wrote must not get to the other.")
        if thread.is_suspect != into.is_suspect:
            raise Refused("One of the threads is suspect. Say first that it is genuine.")
        messages = _messages(thread)
        _require_nothing_leaving(messages)
        old, new = key_of(thread.seal_subject()), key_of(into.seal_subject())
        for message in messages:
            _move(message, thread, into, old, new)
        _move_notes(thread, into, old, new)
        _move_drafts(thread, into, old, new)
        for tagging in MailTagging.select().where(MailTagging.thread == thread):
            MailTagging.insert(thread=into, tag=tagging.tag_id).on_conflict_ignore().execute()
        MailTagging.delete().where(MailTagging.thread == thread).execute()
        is_newer = (thread.last_in_at or thread.created_at) > (into.last_in_at or into.created_at)
        if thread.to_address is not None and (is_newer or into.to_address is None):
            _take_names(thread, into, old, new)
        for tell in ON_MOVED:
            tell(thread, into, [message.id for message in messages])
        told: dict[str, Any] = {"order": thread.order_id, "order_no": thread.order_no} if not into.order_no else {}
        if thread.state == "open":  # What somebody has to look at is not buried in one that is done.
            told["state"] = "open"
        _refigure(into, buyer_mark=into.buyer_mark or thread.buyer_mark, **told)
        thread.change(
            merged_into=into, state="done", message_count=0, unanswered_at=None, due_at=None, snoozed_until=None,
            subject=None, buyer_name=None, to_address=None, is_suspect=False, purge_at=None, destroyed_at=now(),
        )  # fmt: skip
        after_commit(lambda: _destroy_key(thread))  # Nothing is sealed with it any more.
        track("threads_merged", into, by=by, merged=thread.label, count=len(messages))
    return into


@retrying
def split(thread: MailThread, messages: Sequence[MailMessage], *, by: Any) -> MailThread:
    """Makes a thread of its own of these messages. Raises Refused for none, and for all of them."""
    chosen = {message.id for message in messages}
    if not chosen:
        raise Refused("Choose the messages that shall be a thread of their own.")
    uid = uid_in_order(now())
    with write_txn():
        take_turn(thread)
        moving = [message for message in _messages(thread) if message.id in chosen]
        _require_nothing_leaving(moving)
        if not moving or len(moving) >= thread.message_count:
            raise Refused("A thread keeps at least one message. Leave one where it is.")
        old = key_of(thread.seal_subject())
        new = new_keys([thread_subject(uid)])[thread_subject(uid)]
        other = MailThread(
            uid=uid, team=thread.team_id, store=thread.store_id, order=thread.order_id, order_no=thread.order_no,
            buyer_mark=thread.buyer_mark, marketplace_id=thread.marketplace_id, language=thread.language, state=thread.state,
            last_at=thread.last_at, assignee=thread.assignee_id, is_suspect=thread.is_suspect,
        )  # fmt: skip
        other.seal(
            key=new,
            subject=unseal(old, moving[0]._place("subject"), moving[0].subject or b"") if moving[0].subject else "",
        )
        _take_names(thread, other, old, new, save=False)
        other.save(force_insert=True)
        for message in moving:
            _move(message, thread, other, old, new)
        for tell in ON_MOVED:
            tell(thread, other, [message.id for message in moving])
        _refigure(thread)
        _refigure(other)
        track("thread_split", thread, by=by, count=len(moving), new=str(other.uid))
    return other


def _destroy_key(thread: MailThread) -> None:
    destroy([thread.seal_subject()])


def _messages(thread: MailThread) -> list[MailMessage]:
    found = list(
        MailMessage.select()
        .where(MailMessage.thread == thread)
        .order_by(MailMessage.at, MailMessage.id)
        .limit(MOST_MESSAGES + 1)
    )
    if len(found) > MOST_MESSAGES:
        raise Refused("A thread of more than %(most)s messages stays as it is.", most=MOST_MESSAGES)
    for message in found:
        message.thread = thread
    return found


def _require_nothing_leaving(messages: Sequence[MailMessage]) -> None:
    if any(message.state in ("waiting", "sending") for message in messages):
        raise Refused("An answer is just being sent. Try again in a minute.")


def _move(message: MailMessage, old_thread: MailThread, new_thread: MailThread, old: bytes, new: bytes) -> None:
    row, sealer = str(message.uid), Sealer(new)
    told = _resealed(MailMessage, message, row, old_thread, new_thread, old, sealer)
    message.change(thread=new_thread, **told)
    for raw in MailRaw.select().where(MailRaw.message == message):
        MailRaw.update(**_resealed(MailRaw, raw, row, old_thread, new_thread, old, sealer)).where(
            MailRaw.message == message
        ).execute()


def _move_notes(old_thread: MailThread, new_thread: MailThread, old: bytes, new: bytes) -> None:
    for note in MailNote.select().where(MailNote.thread == old_thread):
        told = _resealed(MailNote, note, str(note.uid), old_thread, new_thread, old, Sealer(new))
        MailNote.update(thread=new_thread, **told).where(MailNote.id == note.id).execute()


def _move_drafts(old_thread: MailThread, new_thread: MailThread, old: bytes, new: bytes) -> None:
    """Whoever was writing here finds it there, unless they were writing there too."""
    for draft in MailDraft.select().where(MailDraft.thread == old_thread):
        told = _resealed(MailDraft, draft, draft.seal_row(), old_thread, new_thread, old, Sealer(new))
        kept = MailDraft.insert(thread=new_thread.id, person=draft.person_id, saved_at=draft.saved_at, **told)
        kept.on_conflict_ignore().execute()
    MailDraft.delete().where(MailDraft.thread == old_thread).execute()


def _resealed(
    model: Any, record: Any, row: str, old_thread: Any, new_thread: Any, old: bytes, sealer: Sealer
) -> dict[str, Any]:
    """Every sealed field of the record, opened with the old key and sealed for its place under the new one."""
    table, told = model._meta.table_name, {}
    for name, field in model._meta.fields.items():
        if isinstance(field, SealedField) and (sealed := getattr(record, name)) is not None:
            clear = unseal(old, place_of(table, name, old_thread.seal_subject(), row), sealed)
            told[name] = sealer.seal(place_of(table, name, new_thread.seal_subject(), row), clear)
    return told


def _take_names(source: MailThread, target: MailThread, old: bytes, new: bytes, save: bool = True) -> None:
    """The buyer's name and the address answers go to."""
    names = {
        name: Sealer(new).seal(target._place(name), unseal(old, source._place(name), sealed))
        for name in ("buyer_name", "to_address")
        if (sealed := getattr(source, name)) is not None
    }
    for name, sealed in names.items():
        setattr(target, name, sealed)
    if save and names:
        target.change(**names)


def _refigure(thread: MailThread, **more: Any) -> None:
    """Counts and times as the messages it has now give them."""
    mine = MailMessage.select().where(MailMessage.thread == thread, MailMessage.state != "cancelled")
    count = mine.count()
    last = mine.order_by(MailMessage.at.desc(), MailMessage.id.desc()).first()
    last_in = mine.where(MailMessage.direction == "in").order_by(MailMessage.at.desc(), MailMessage.id.desc()).first()
    files = mine.select(peewee.fn.SUM(MailMessage.attachment_count)).scalar() or 0
    recount(
        thread, message_count=count, has_attachment=bool(files), last_at=last.at if last else thread.last_at,
        last_in_at=last_in.at if last_in else None, kind=last_in.kind if last_in else "", **more,
    )  # fmt: skip
    thread.change(purge_at=keep_until(thread.last_at, thread.order))
