"""Passkeys (WebAuthn): a key in the person's device or stick signs a challenge for this portal's address alone.

A challenge lives in the session, works once and for five minutes. A sign counter that does not rise is a copied key: refused.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import peewee
import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, structs
from webauthn.helpers.exceptions import WebAuthnException

from models.audit.event import declare, track
from models.people.person import Person
from models.support import clock
from models.support.db import write_txn
from models.support.errors import FieldRefused
from models.support.fields import UidField, UtcField
from models.support.record import About, Record, created_at
from models.support.words import say

MOST, CHALLENGE_FOR, MOST_BYTES = 10, timedelta(minutes=5), 20_000

if TYPE_CHECKING:  # Sessions ask how far a password leads, so they come after.
    from models.people.session import Session

declare(
    "passkey_copied", say("A passkey of %(object)s counted backwards: it may have been copied (%(passkey)s)"), "passkey"
)


@dataclass(frozen=True)
class Site:
    """What a passkey is bound to: the portal's host and its whole origin, as browsers see them."""

    host: str
    origin: str
    name: str


class Passkey(Record):
    uid = UidField()
    person = peewee.ForeignKeyField(Person, backref="passkeys", on_delete="CASCADE")
    name = peewee.CharField(max_length=60)
    credential_id = peewee.CharField(max_length=1400, unique=True)
    public_key = peewee.BlobField()
    sign_count = peewee.BigIntegerField(default=0)
    is_verifying = peewee.BooleanField(default=False)
    created_at: UtcField = created_at()
    last_used_at = UtcField(null=True)

    about = About(why="the second step of signing in", keep="until its person removes it",
                  plain="id uid person credential_id public_key sign_count is_verifying created_at last_used_at",
                  staff="name")  # fmt: skip

    @property
    def label(self) -> str:
        return self.name

    @classmethod
    def of(cls, person: Person) -> list[Passkey]:
        return list(cls.select().where(cls.person == person).order_by(cls.id))

    @property
    def descriptor(self) -> structs.PublicKeyCredentialDescriptor:
        return structs.PublicKeyCredentialDescriptor(id=base64url_to_bytes(self.credential_id))


def _verification(is_needed: bool) -> structs.UserVerificationRequirement:
    kinds = structs.UserVerificationRequirement
    return kinds.REQUIRED if is_needed else kinds.PREFERRED


def ask_new(session: Session, site: Site, *, must_verify: bool) -> str:
    """What the browser needs to make a passkey, as JSON."""
    person = session.person
    options = webauthn.generate_registration_options(
        rp_id=site.host, rp_name=site.name, user_name=person.login, user_display_name=person.name, user_id=person.uid.bytes,
        challenge=_challenge(session), exclude_credentials=[key.descriptor for key in Passkey.of(person)],
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.DISCOURAGED, user_verification=_verification(must_verify)
        ),
    )  # fmt: skip
    return webauthn.options_to_json(options)


def ask_known(session: Session, site: Site, *, must_verify: bool) -> str:
    """What the browser needs to sign with one of the person's passkeys, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, challenge=_challenge(session), user_verification=_verification(must_verify),
        allow_credentials=[key.descriptor for key in Passkey.of(session.person)],
    )  # fmt: skip
    return webauthn.options_to_json(options)


def register(session: Session, site: Site, answer: str, name: str, *, must_verify: bool) -> Passkey:
    """Keeps the passkey that the browser made. Raises FieldRefused."""
    challenge, person = _spend(session), session.person
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer), expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
            require_user_verification=must_verify,
        )  # fmt: skip
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise FieldRefused("passkey", "This passkey could not be read. Try again, or use another device.") from error
    values = {
        "credential_id": bytes_to_base64url(made.credential_id), "public_key": made.credential_public_key,
        "sign_count": made.sign_count, "is_verifying": made.user_verified,
    }  # fmt: skip
    with write_txn():
        if Passkey.select().where(Passkey.person == person).count() >= MOST:
            raise FieldRefused("passkey", "At most %(most)s passkeys. Remove one first.", most=MOST)
        if Passkey.select().where(Passkey.credential_id == values["credential_id"]).exists():
            raise FieldRefused("passkey", "This passkey is in use already.")
        return Passkey.create(person=person, name=name.strip()[:60], last_used_at=clock.now(), **values)


def take_passkey(session: Session, site: Site, answer: str, *, must_verify: bool) -> bool:
    """Did one of the person's own passkeys sign the challenge of this session?"""
    try:
        challenge, said = _spend(session), _read(answer)
        wanted = said.get("id")
        key = next((key for key in Passkey.of(session.person) if key.credential_id == wanted), None)
        if key is None:
            return False
        signed = webauthn.verify_authentication_response(
            credential=said, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin,
            credential_public_key=bytes(key.public_key), credential_current_sign_count=0,
            require_user_verification=must_verify,
        )  # fmt: skip
    except (WebAuthnException, FieldRefused, ValueError, KeyError, TypeError):
        return False
    return _counted(key, signed.new_sign_count)


def _counted(key: Passkey, count: int) -> bool:
    """Moves the counter on; keys that do not count always say zero."""
    with write_txn():
        rises = (Passkey.sign_count < count) | ((Passkey.sign_count == 0) & (count == 0))
        changes = Passkey.update(sign_count=count, last_used_at=clock.now()).where(Passkey.id == key.id, rises)
        if changes.execute():
            return True
        track("passkey_copied", key.person, passkey=key.name)
    return False


def _challenge(session: Session) -> bytes:
    challenge = secrets.token_bytes(32)
    session.change(challenge=bytes_to_base64url(challenge), challenge_until=clock.now() + CHALLENGE_FOR)
    return challenge


def _spend(session: Session) -> bytes:
    """The open challenge of the session, used up. Raises FieldRefused."""
    fresh = session.reload()
    challenge, until = fresh.challenge, fresh.challenge_until
    with write_txn():
        cls = type(session)
        same = (cls.id == session.id) & (cls.challenge == challenge)
        is_mine = cls.update(challenge="").where(same).execute() if challenge else 0
    if not is_mine or until is None or until < clock.now():
        raise FieldRefused("passkey", "That took too long. Try again.")
    return base64url_to_bytes(challenge)


def _read(answer: str) -> dict[str, Any]:
    said = json.loads(answer) if len(answer) <= MOST_BYTES else None
    if not isinstance(said, dict):
        raise ValueError
    return said
