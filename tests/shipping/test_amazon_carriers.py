"""How Amazon is told a carrier: in its own spelling where it has one, else as Other with the name."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from models.shipping.amazon_carriers import SPELLINGS, spelling_of, told_as
from sandbox.amazon.confirmation import CARRIERS

UPS = "1Z999AA10123456784"


def parcel(
    number: str = "WHATEVER", carrier: tuple[str, str] | None = None, name: str = "", channel: str = ""
) -> SimpleNamespace:
    def of(called: str, spelled: str = "") -> SimpleNamespace:
        return SimpleNamespace(code=called[:3], name=called, amazon_name=spelled)

    return SimpleNamespace(
        tracking_number=number, carrier=of(*carrier) if carrier else None, carrier_name=name,
        channel=SimpleNamespace(carrier=of(channel)) if channel else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"carrier": ("yunexpress", "")}, "Yun Express"),
        ({"carrier": ("DHL Paket", "DHL eCommerce")}, "DHL eCommerce"),
        ({"carrier": ("UPS", "Other")}, "Other: UPS"),
        ({"carrier": ("Haiyun Lines", "")}, "Other: Haiyun Lines"),
        ({"carrier": ("Haiyun Lines", ""), "number": UPS}, "UPS"),
        ({"carrier": ("Haiyun Lines", "Other"), "number": UPS}, "Other: Haiyun Lines"),
        ({"name": "云途物流", "channel": "Haiyun Lines"}, "Yun Express"),
        ({"name": "Somebody", "number": UPS}, "Other: Somebody"),
        ({"channel": "Haiyun Lines", "number": "RR123456785CN"}, "China Post"),
        ({"number": "1234567890"}, ""),
    ],
)
def test_the_carrier_is_told_as_amazon_spells_it(told, words):
    found = told_as(parcel(**told))
    assert (found.words if found else "") == words


def test_every_spelling_is_found_by_itself_and_the_stand_in_takes_it():
    assert [spelling_of(one) for one in SPELLINGS] == list(SPELLINGS)
    assert set(SPELLINGS) == set(CARRIERS) - {"Other", "YunExpress"}
