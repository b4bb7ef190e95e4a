"""Every field of every table says what it is; what belongs to buyers is sealed, what is secret is sealed or hashed."""

from __future__ import annotations

import peewee
import pytest

from models.support.fields import SealedField
from models.support.record import Record, TeamRecord
from models.tables import TABLES
from models.vault.data_key import DataKey

EVERY = [*TABLES, DataKey]
NAMES = [model.__name__ for model in EVERY]
# Names under which a buyer's data or a credential would hide.
TELLING = (
    "address",
    "phone",
    "email",
    "buyer",
    "recipient",
    "gift",
    "body",
    "subject_line",
    "token",
    "secret",
    "password",
)
# Classified as secret and yet readable, each for a reason.
SHOWN = {
    ("Application", "client_id"): "an identifier that Amazon itself puts into web addresses",
    ("Application", "secret_last4"): "the last four signs, by which a person knows which secret it is",
    ("Authorization", "last4"): "the last four signs, by which a person knows which token it is",
    ("MailAccount", "client_id"): "an identifier that Google and Microsoft themselves put into web addresses",
    ("TrackingAccount", "code"): "a customer's number with a carrier; it opens nothing without the secret",
    (
        "TrackingAccount",
        "hook",
    ): "the address at which messages are let in, for a person to copy; what comes there has to be signed",
    ("TrackingAccount", "last4"): "the last four signs, by which a person knows which key it is",
    ("TranslatorAccount", "last4"): "the last four signs, by which a person knows which key it is",
    ("TrackingMessage", "sign"): "a hash over what was received and the key",
    ("DataKey", "wrapped"): "wrapped by the root key, which is not in the data folder",
}
HARMLESS = {
    ("JobRun", "token"): "the number that fences off an older owner of the run",
    ("Application", "secret_set_at"): "when it was set",
    ("TrackingAccount", "secret_set_at"): "when it was set",
    ("TranslatorAccount", "secret_set_at"): "when it was set",
    ("MailAccount", "secret_set_at"): "when it was set",
    ("Person", "password_at"): "when it was chosen",
    ("MailThread", "buyer_mark"): "an HMAC under the team's key, by which the buyer's threads are found",
    ("Order", "buyer_state"): "whether data of a buyer is held, not whose",
    ("OrderLine", "is_gift"): "that it is a gift; the message is sealed",
    ("Sync", "page_token"): "where Amazon's list goes on; opens nothing without a store's authorization",
}
# Tables of the whole portal. Any other holds a team's rows and leads to its team.
OF_THE_PORTAL = {
    "Event", "EventSeal", "SealHead", "Checkpoint", "LogAnchor", "WorkMark", "AlarmWatch", "Baseline", "JobRun", "JobWake", "Team", "Person", "RolePermission", "Bucket", "FailedTry", "PastPassword",
    "Session", "Invitation", "DataKey", "Authenticator", "Passkey", "RecoveryCode", "RateBucket", "CallLog", "RateFetch", "Role", "Network", "ProductType",
    "Account", "LedgerKey", "NoticeAddress", "MutedNotice", "Notice", "SummedDay", "CountryBlock",
}  # fmt: skip


@pytest.mark.parametrize("model", EVERY, ids=NAMES)
def test_every_field_is_classified_once(model):
    fields = set(model._meta.fields)
    classified = set(model.about.kinds)
    assert fields - classified == set(), "say in `about` what these fields hold"
    assert classified - fields == set(), "these are in `about` but no fields of the table"


@pytest.mark.parametrize("model", EVERY, ids=NAMES)
def test_every_table_says_why_it_is_held_and_how_long(model):
    assert len(model.about.why) > 8
    assert len(model.about.keep) > 3


def fields_of(*kinds: str) -> list[tuple[str, str, peewee.Field]]:
    return [
        (model.__name__, name, model._meta.fields[name])
        for model in EVERY
        for name, kind in model.about.kinds.items()
        if kind in kinds and name in model._meta.fields
    ]


def test_what_belongs_to_a_buyer_is_sealed():
    assert [(m, name) for m, name, field in fields_of("buyer") if not isinstance(field, SealedField)] == []


def test_what_is_secret_is_sealed_or_hashed():
    """Seal it, store its hash, or say above why it may be read."""
    readable = [
        (model, name)
        for model, name, field in fields_of("secret")
        if not isinstance(field, SealedField) and not name.endswith("_hash") and (model, name) not in SHOWN
    ]
    assert readable == []


def test_what_is_sealed_says_whose_it_is():
    """A sealed field is a buyer's or secret."""
    assert [(m, name) for m, name, field in fields_of("plain", "staff") if isinstance(field, SealedField)] == []


def test_no_plain_field_is_named_like_personal_data():
    """Classify it as staff, buyer or secret, or call it what it is."""
    telling = [
        (model, name)
        for model, name, _field in fields_of("plain")
        if any(word in name for word in TELLING) and (model, name) not in HARMLESS
    ]
    assert telling == []


@pytest.mark.parametrize("model", [m for m in EVERY if m.__name__ not in OF_THE_PORTAL], ids=lambda m: m.__name__)
def test_the_rows_of_a_team_lead_to_their_team(model):
    """By a team of their own, or through the record they belong to."""
    seen, open_models = set(), [model]
    while open_models:
        one = open_models.pop()
        if "team" in one._meta.fields or "team_id" in one._meta.fields:
            return
        seen.add(one)
        parents = [field.rel_model for field in one._meta.refs if not field.null]
        open_models += [parent for parent in parents if parent not in seen]
    pytest.fail(f"{model.__name__} has no team; give it one, or name it among the tables of the portal")


@pytest.mark.parametrize("model", [m for m in TABLES if issubclass(m, TeamRecord)], ids=lambda m: m.__name__)
def test_a_team_record_has_a_team_that_cannot_be_missing(model):
    team = model._meta.fields["team"]
    assert not team.null
    assert isinstance(team, (peewee.ForeignKeyField, peewee.IntegerField))
    assert model.store_column is None or hasattr(model, model.store_column)


def test_every_table_of_the_rooms_is_known():
    """A record that nobody added to `models.tables` would be migrated by nobody and checked by nobody."""
    import importlib
    import pkgutil

    import models

    for module in pkgutil.walk_packages(models.__path__, "models."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)

    def below(kind: type) -> set[type]:
        return {kind} | {deeper for child in kind.__subclasses__() for deeper in below(child)}

    ours = {kind for kind in below(Record) if kind.__module__.startswith("models.") and hasattr(kind, "about")}
    assert {kind.__name__ for kind in ours - set(TABLES)} == set()
    assert len(set(TABLES)) == len(TABLES)
