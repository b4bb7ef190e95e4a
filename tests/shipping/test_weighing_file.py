"""Weighing in by file: a dry run says what each parcel would cost, and what is wrong is named row by row."""

from __future__ import annotations

import pytest

from commands import imports
from models.imports.entry import ImportRowError
from models.people.employees import invite
from models.people.invitation import Invitation
from models.shipping.making import make_parcel
from models.shipping.weighing import Weighing
from models.support.errors import Refused
from tests.catalog.test_import import file
from tests.conftest import PASSWORD
from tests.shipping.conftest import labelled
from tests.shipping.test_parcel import NUMBER, order_of


@pytest.fixture
def read(harbor, portal, tmp_path, olga):
    def dry_run(*rows, team=harbor, by=olga):
        path = tmp_path / "scale.csv"
        path.write_bytes(file(*rows))
        return imports.look(portal, team, "weighings", path, by=by)

    return dry_run


def row(number, weight, length="20", width="15", height="5"):
    return {"跟踪号": number, "重量": weight, "长(cm)": length, "宽(cm)": width, "高(cm)": height}


def told(batch) -> str:
    return "\n".join(str(error.sentence) for error in ImportRowError.of(batch))


def test_a_scales_file_is_looked_at_and_then_weighs_in_each_parcel_once(portal, read, olga, alice, entrusted):
    other = labelled(make_parcel([order_of(entrusted.store, 2)], by=alice), alice, "YT1234567890123456")
    twice = read(row(NUMBER, "800"), row("rr 1234 56785 cn", "900"))
    assert twice.planned == {"refused": 1} and "stands in row 2 already" in told(twice)
    batch = read(row(NUMBER, "0.8 kg"), row(other.tracking_number, "2300"), row("NOBODY", "500"), row("<b>", "=x"))
    assert batch.planned == {"new": 2, "refused": 2} and Weighing.select().count() == 0
    assert "No parcel with a label of your channels" in told(batch) and "Write a number" in told(batch)
    imports.apply(portal, batch, by=olga)
    assert Weighing.get(Weighing.parcel == entrusted).difference_minor == 4500
    assert Weighing.get(Weighing.parcel == other).quote is None, "kept without a price, for a person"
    again = read(row(NUMBER, "800"), row(other.tracking_number, "2200"))
    assert again.planned == {"unchanged": 1, "refused": 1} and "weighed in already, with 2300 g" in told(again)


def test_kilograms_read_as_grams_and_strangers_files_are_refused(read, harbor, lotus, alice, entrusted):
    assert "far from the 300 g" in told(read(row(NUMBER, "3")))
    person, token = invite(harbor, "sam", "Sam", role="security")
    Invitation.of_token(token).use(PASSWORD)
    for team, by in ((lotus, alice), (harbor, person.reload())):
        with pytest.raises(Refused):
            read(row(NUMBER, "300"), team=team, by=by)
    assert Weighing.select().count() == 0
