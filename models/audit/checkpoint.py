"""Signed checkpoints of the chain: kept elsewhere, they show a rewrite that the chain alone could not."""

from __future__ import annotations

import base64
import json
from typing import Any

import peewee
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from models.audit.chain import SealHead, has_unsealed, seal_events
from models.support import clock
from models.support.db import write_txn
from models.support.fields import UtcField
from models.support.record import About, Record
from models.vault.data_key import root_keys


class Checkpoint(Record):
    seq = peewee.BigIntegerField(unique=True)
    hash = peewee.CharField(max_length=64)
    at = UtcField(default=clock.now)
    root_version = peewee.IntegerField()
    signature = peewee.CharField(max_length=100)

    about = About(
        why="fixes the audit log at a moment", keep="as the events", plain="id seq hash at root_version signature"
    )

    def line(self) -> str:
        """One line of JSON to keep elsewhere."""
        return json.dumps(
            {
                "seq": self.seq,
                "hash": self.hash,
                "at": clock.iso(self.at),
                "key": self.root_version,
                "signature": self.signature,
            }
        )


def signer(version: int) -> Ed25519PrivateKey:
    """This portal's key for what fixes the log."""
    return Ed25519PrivateKey.from_private_bytes(root_keys().derive("sign checkpoints", version))


def _message(seq: int, digest: str, at: str) -> bytes:
    return f"portolan checkpoint 1\n{seq}\n{digest}\n{at}".encode()


def make_checkpoint() -> Checkpoint | None:
    """Signs the present end of the chain; None when nothing was sealed since the last one.

    Events that became visible so late that sealing passed them by are sealed first.
    """
    while has_unsealed(from_start=True) and seal_events(from_start=True):
        pass
    with write_txn():
        head = SealHead.get_or_none(SealHead.id == 1)
        if head is None or head.seq == 0 or Checkpoint.select().where(Checkpoint.seq == head.seq).exists():
            return None
        at = clock.now().replace(microsecond=0)
        version = root_keys().current
        signature = signer(version).sign(_message(head.seq, head.hash, clock.iso(at)))
        return Checkpoint.create(
            seq=head.seq, hash=head.hash, at=at, root_version=version, signature=base64.b64encode(signature).decode()
        )


def check_signature(line: dict[str, Any]) -> bool:
    """True when this portal's key signed the checkpoint."""
    try:
        public: Ed25519PublicKey = signer(int(line["key"])).public_key()
        public.verify(base64.b64decode(line["signature"]), _message(int(line["seq"]), line["hash"], line["at"]))
    except (InvalidSignature, KeyError, ValueError, TypeError):
        return False
    return True


def stored_checkpoints() -> list[dict[str, Any]]:
    return [json.loads(checkpoint.line()) for checkpoint in Checkpoint.select().order_by(Checkpoint.seq)]
