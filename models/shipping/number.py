"""A tracking number: as carriers write it, whose it may be, and whether its check digit is right (docs/tracking.md).

Nothing is guessed: O stays O and 0 stays 0. A number of no known form may still be right, one with a bad check digit hardly.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from models.shipping import check_digits as check

OK, BAD, NONE = "ok", "bad", "none"
LONGEST = 64
BETWEEN = re.compile(r"[,;，；、\n\r\t|｜\u2028\u2029\u0085\v\f]")
DROPPED = {"Zs", "Zl", "Zp", "Cc", "Cf", "Pd", "Pc"}  # Blanks, signs without a shape, dashes, underscores.
DROPPED_SIGNS = {".", "·", "•", "\u2212"}
ORDER_ID = re.compile(r"\d{3}-\d{7}-\d{7}")
ISO_COUNTRIES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG "
    "CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL "
    "GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA "
    "LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP "
    "NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(ISO_COUNTRIES.split())


@dataclass(frozen=True)
class Form:
    """A form of numbers. The named groups `body` and `digit` are what the check is made of; a form without them has none."""

    carrier: str
    name: str
    pattern: re.Pattern[str]
    digit: Callable[[str], int] | None = None

    def match(self, number: str) -> Match | None:
        found = self.pattern.fullmatch(number)
        if found is None or ("country" in found.re.groupindex and found["country"] not in COUNTRIES):
            return None
        core = found["core"] if "core" in found.re.groupindex else number
        if self.digit is None:
            return Match(self.carrier, self.name, NONE, core)
        return Match(self.carrier, self.name, OK if self.digit(found["body"]) == int(found["digit"]) else BAD, core)


def _form(carrier: str, name: str, pattern: str, digit: Callable[[str], int] | None = None) -> Form:
    return Form(carrier, name, re.compile(pattern, re.ASCII), digit)


FORMS = (
    _form("upu", "upu_s10", r"[A-Z]{2}(?P<body>\d{8})(?P<digit>\d)(?P<country>[A-Z]{2})", check.s10),
    _form("ups", "ups_1z", r"1Z(?P<body>[0-9A-Z]{15})(?P<digit>\d)", check.ups),
    _form("fedex", "fedex_12", r"(?P<body>\d{11})(?P<digit>\d)", check.modulo_eleven((3, 1, 7))),
    _form("fedex", "fedex_15", r"(?P<body>\d{14})(?P<digit>\d)", check.gs1),
    _form("fedex", "fedex_96", r"96\d{5}(?P<body>\d{14})(?P<digit>\d)", check.gs1),
    _form("fedex", "fedex_34", r"\d{20}(?P<body>\d{13})(?P<digit>\d)", check.modulo_eleven((1, 7, 3))),
    _form("usps", "usps_20", r"(?P<body>\d{19})(?P<digit>\d)", check.gs1),
    _form("usps", "usps_22", r"(?:420\d{5}(?:\d{4})?)?(?P<core>(?P<body>9[1-5]\d{19})(?P<digit>\d))", check.gs1),
    _form("dhl", "dhl_express", r"(?P<body>\d{9,10})(?P<digit>\d)", check.modulo_seven),
    _form("canada_post", "canada_post_16", r"(?P<body>\d{15})(?P<digit>\d)", check.gs1),
    _form("amazon", "amazon_tb", r"TB[ACM]\d{12}"),
    _form("yunexpress", "yunexpress_yt", r"YT\d{16}"),
)


@dataclass(frozen=True)
class Match:
    """A form a number has. `core` is what the carrier calls the number: without the ZIP code in front of a USPS one."""

    carrier: str
    form: str
    check: str
    core: str


@dataclass(frozen=True)
class TrackingNumber:
    """`is_order_id`: somebody pasted an Amazon order id, which no parcel has for its number."""

    input: str
    normalized: str
    matches: tuple[Match, ...]
    is_order_id: bool

    @classmethod
    def read(cls, text: str) -> TrackingNumber:
        number = normalized(text)
        return cls(text, number, classify(number), is_order_id(text))

    @property
    def is_valid(self) -> bool:
        """Some carrier may have given it. Of a form nobody knows nothing can be said, so this is false."""
        return any(match.check != BAD for match in self.matches)

    @property
    def is_doubtful(self) -> bool:
        """It has a known form, and its check digit is wrong in every one."""
        return bool(self.matches) and not self.is_valid

    @property
    def core(self) -> str:
        """What Amazon and carriers are told. Right check digits speak before wrong ones."""
        best = sorted(self.matches, key=lambda match: match.check == BAD)
        return next((match.core for match in best), self.normalized)


def normalized(text: str) -> str:
    """Compatible signs in one form, capitals, without blanks, dashes, dots, underscores and signs without a shape."""
    plain = unicodedata.normalize("NFKC", text[: 4 * LONGEST]).upper()
    return "".join(s for s in plain if s not in DROPPED_SIGNS and unicodedata.category(s) not in DROPPED)


def classify(number: str) -> tuple[Match, ...]:
    """Every form a normalized number has, in a fixed order."""
    if len(number) > LONGEST:
        return ()
    return tuple(match for match in (form.match(number) for form in FORMS) if match is not None)


def is_order_id(text: str) -> bool:
    """An Amazon order id (3-7-7 digits), whatever dashes stand in it."""
    plain = "".join(
        "-" if unicodedata.category(sign) == "Pd" or sign == "\u2212" else sign
        for sign in unicodedata.normalize("NFKC", text[:LONGEST]).strip()
        if unicodedata.category(sign) != "Cf"
    )
    return ORDER_ID.fullmatch(plain) is not None


def numbers_in(text: str) -> list[str]:
    """The numbers of a pasted text, normalized, each once, in their order. Order ids stay as they were, to be refused by name."""
    found = (part.strip() if is_order_id(part) else normalized(part) for part in BETWEEN.split(text))
    return list(dict.fromkeys(number for number in found if number))
