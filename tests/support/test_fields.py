"""Typed fields: exact, in UTC, of a few words, sealed; on both databases the same."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import peewee
import pytest

from models.support.db import db, write_txn
from models.support.errors import AlreadyDecided
from models.support.fields import ExactDecimalField, JsonField, SealedField, StatusField, UidField, UtcField
from models.support.record import About, Record
from models.vault.seal import seal

pytestmark = pytest.mark.both


class Barrel(Record):
    uid = UidField()
    state = StatusField("open", "shut", default="open")
    rate = ExactDecimalField(null=True)
    filled_at = UtcField(null=True)
    notes = JsonField(default=dict)
    content = SealedField(null=True)


@pytest.fixture
def barrels(portal):
    db.create_tables([Barrel])
    return Barrel


def test_a_decimal_comes_back_exactly(barrels):
    for text in ("1234567.12345678901234567890", "0.1", "-0.000000000000000001", "100", "0", "1E+2", "9" * 40):
        barrel = Barrel.create(rate=Decimal(text)).reload()
        assert barrel.rate == Decimal(text)
        assert isinstance(barrel.rate, Decimal)


def test_what_is_not_an_exact_number_is_refused(barrels):
    for value in (0.1, 1, "1.5", True):
        with pytest.raises(TypeError, match="wants a Decimal"):
            Barrel.create(rate=value)
    for text in ("NaN", "Infinity", "-Infinity", "sNaN"):
        with pytest.raises(ValueError, match="finite"):
            Barrel.create(rate=Decimal(text))
    with pytest.raises(ValueError, match="at most 40"):
        Barrel.create(rate=Decimal("1E+40"))
    assert Barrel.select().count() == 0


def test_a_status_outside_its_words_is_refused_by_the_database_itself(barrels):
    barrel = Barrel.create()
    for write in (
        lambda: Barrel.create(state="lost"),
        lambda: Barrel.update(state="").where(Barrel.id == barrel.id).execute(),
        lambda: db.execute_sql("UPDATE barrel SET state = 'OPEN'"),
    ):
        with pytest.raises(peewee.IntegrityError), write_txn():
            write()
    assert barrel.reload().state == "open"


def test_clear_text_cannot_be_stored_where_sealed_text_belongs(barrels):
    for clear in ("Jane Doe", b"Jane Doe", bytearray(b"\x01pJane"), b"", "\x01p sealed?"):
        with pytest.raises(TypeError, match="seal the value first"):
            Barrel.create(content=clear)
    sealed = seal(b"k" * 32, "place", "Jane Doe")
    assert Barrel.create(content=sealed).reload().content == sealed
    assert Barrel.create(content=None).reload().content is None


def test_clear_text_cannot_come_in_through_an_update(barrels):
    barrel = Barrel.create()
    with pytest.raises(TypeError):
        Barrel.update(content="Jane Doe").where(Barrel.id == barrel.id).execute()
    with pytest.raises(TypeError):
        Barrel.insert_many([{"content": b"Jane Doe"}]).execute()


def test_a_moment_with_a_zone_is_refused(barrels):
    for moment in (datetime.now(UTC), datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8)))):
        with pytest.raises(ValueError, match="naive UTC"):
            Barrel.create(filled_at=moment)


def test_a_moment_comes_back_to_the_microsecond_and_without_a_zone(barrels):
    moment = datetime(2026, 3, 29, 1, 30, 0, 123456)  # An hour that does not exist in Berlin.
    assert Barrel.create(filled_at=moment).reload().filled_at == moment


def test_moments_compare_in_the_database_as_they_do_here(barrels):
    whole, part = datetime(2026, 1, 1, 12), datetime(2026, 1, 1, 12, 0, 0, 1)
    Barrel.create(filled_at=whole)
    Barrel.create(filled_at=part)
    assert Barrel.select().where(Barrel.filled_at > whole).get().filled_at == part
    assert Barrel.select().where(Barrel.filled_at < part).get().filled_at == whole


def test_json_comes_back_as_it_went(barrels):
    for value in ({"a": [1, None, "中文 “quoted” \u2028"]}, [], {}, "text", 0):
        assert Barrel.create(notes=value).reload().notes == value


def test_a_uid_is_new_each_time_and_found_again(barrels):
    one, two = Barrel.create(), Barrel.create()
    assert one.uid != two.uid
    assert Barrel.get(Barrel.uid == uuid.UUID(str(one.uid))).id == one.id


def test_a_change_saves_the_named_columns_and_nothing_else(barrels):
    barrel = Barrel.create(rate=Decimal(1))
    Barrel.update(rate=Decimal(2)).where(Barrel.id == barrel.id).execute()
    barrel.notes = {"typed": "but not meant"}
    barrel.change(state="shut")
    fresh = barrel.reload()
    assert (fresh.state, fresh.rate, fresh.notes) == ("shut", Decimal(2), {})


def test_a_change_of_what_is_gone_is_refused(barrels):
    barrel = Barrel.create()
    Barrel.delete().execute()
    with pytest.raises(AlreadyDecided):
        barrel.change(state="shut")


def test_only_one_of_many_who_move_a_state_is_first(barrels, in_parallel):
    barrel = Barrel.create()
    outcomes = in_parallel(8, lambda: barrel.reload().move("open", "shut"))
    assert len(outcomes.results) == 1
    assert len(outcomes.errors_of(AlreadyDecided)) == 7


def test_a_field_is_classified_once():
    with pytest.raises(ValueError, match="twice"):
        About(why="", keep="", plain="id name", staff="name")
