"""How Amazon spells carriers. It takes its own spelling only; every other carrier is told as Other with its name.

A carrier's own "How Amazon spells it" comes first, then what its name or code says, then the form of the number where that is one
carrier's alone; what is left is Other with the carrier's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.shipping.number import OK, TrackingNumber

SPELLINGS = (
    "4PX", "Australia Post", "BPOST", "Canada Post", "China Post", "Chronopost", "Colissimo", "Correos", "DHL",
    "DHL eCommerce", "DHL Express", "DPD", "Deutsche Post", "Evri", "FedEx", "GLS", "Hermes", "Japan Post", "La Poste",
    "OnTrac", "Parcelforce", "Poste Italiane", "Royal Mail", "SEUR", "SF Express", "Sagawa", "TNT", "UPS", "USPS", "YAMATO",
    "Yanwen", "Yodel", "Yun Express",
)  # fmt: skip
OTHER = "Other"
LONGEST = 80
ALSO = {
    "bpostgroup": "BPOST", "chinapostgroup": "China Post", "dhlpaket": "DHL", "dhlparcel": "DHL", "ems": "China Post", "fedexexpress":
    "FedEx", "fedexground": "FedEx", "hermesuk": "Evri", "japanpostco": "Japan Post", "sagawaexpress": "Sagawa", "sf": "SF Express",
    "shunfeng": "SF Express", "yamatotransport": "YAMATO", "yanwenlogistics": "Yanwen", "yun": "Yun Express", "yunexpress": "Yun Express",
    "yw": "Yanwen", "云途": "Yun Express", "云途物流": "Yun Express", "燕文": "Yanwen", "燕文物流": "Yanwen", "顺丰": "SF Express",
    "顺丰速运": "SF Express", "递四方": "4PX", "中国邮政": "China Post",
}  # fmt: skip
OF_FORM = {
    "ups": "UPS", "fedex": "FedEx", "usps": "USPS", "dhl": "DHL", "canada_post": "Canada Post", "yunexpress": "Yun Express",
}  # fmt: skip
OF_COUNTRY = {
    "AU": "Australia Post", "BE": "BPOST", "CA": "Canada Post", "CN": "China Post", "DE": "Deutsche Post", "ES": "Correos",
    "FR": "La Poste", "GB": "Royal Mail", "IT": "Poste Italiane", "JP": "Japan Post", "US": "USPS",
}  # fmt: skip


@dataclass(frozen=True)
class ToldAs:
    """`code` is Amazon's spelling, empty where it has none and the name alone is told."""

    code: str
    name: str

    @property
    def words(self) -> str:
        return self.code or f"{OTHER}: {self.name}"


def key(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


KNOWN = {key(spelling): spelling for spelling in SPELLINGS} | ALSO


def spelling_of(text: str) -> str:
    """Amazon's spelling of a carrier's name or code; empty where Amazon has none."""
    return KNOWN.get(key(text), "")


def of_carrier(carrier: Any) -> ToldAs:
    own = carrier.amazon_name
    code = "" if own == OTHER else own or spelling_of(carrier.name) or spelling_of(carrier.code)
    return ToldAs(code, carrier.name)


def told_as(parcel: Any) -> ToldAs | None:
    """What Amazon is told of the parcel's carrier; None when nobody knows who has it. Who moves parcels under another's numbers, and
    is unknown to Amazon, is told as the one whose number it is."""
    by_form = of_number(parcel.tracking_number)
    if parcel.carrier is None and parcel.carrier_name:
        return ToldAs(spelling_of(parcel.carrier_name), parcel.carrier_name)
    carrier = parcel.carrier or (parcel.channel.carrier if parcel.channel else None)
    if carrier is not None:
        told = of_carrier(carrier)
        if told.code or carrier.amazon_name or not by_form:
            return told
    return ToldAs(by_form, by_form) if by_form else None


def of_number(text: str) -> str:
    """The one carrier whose form and check digit the number has."""
    found = {
        OF_COUNTRY.get(match.core[-2:], "") if match.carrier == "upu" else OF_FORM.get(match.carrier, "")
        for match in TrackingNumber.read(text).matches
        if match.check == OK or match.carrier == "yunexpress"
    }
    return found.pop() if len(found) == 1 else ""
