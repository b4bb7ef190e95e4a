"""What a good password is, how strong one is in words, and one to suggest.

The rules look at a password as people read it (full-width letters as their plain forms); it is kept exactly as typed.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from models.people.password import MAX_LENGTH
from models.support.errors import FieldRefused
from models.support.words import Words, say

MIN_LENGTH, LEAST_PART = 12, 3
LEAST_DIFFERENT = 6  # Signs that differ from each other.
LEAST_COMMON = 5  # Of so many letters or more,
REST_OF_PASSWORD, REST_OF_WORD = 6, 4  # a known password is not made good by six others around it, nor a word by four.
CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^\w\s]|_|\s")
# What people of this trade choose, beside the lists: the portal, marketplaces, pinyin and lucky numbers.
OWN_WORDS = frozenset(
    re.findall(
        r"\w+",
        "amazon seller taobao alibaba tmall jingdong pinduoduo shopee lazada shopify temu shein woaini woaiwo wodemima mima "
        "guanliyuan zhongguo beijing shanghai shenzhen guangzhou hangzhou 5201314 1314520 147258369 159357 admin123 "
        "qazwsxedc 1qaz2wsx zaq12wsx asdfghjkl qwertyuiop",
    )
)
LEET = str.maketrans("430157@$!|", "aeoistasil")

TOO_EASY = say("This password is too easy to guess. Use several unrelated words.")
NAME_INSIDE = say("A password must not contain a part of your name, your sign-in name, your team or Portolan.")


def require_good(password: str, names: Iterable[str], field: str = "password") -> None:
    """Raises FieldRefused with the first rule the password breaks. `names` are words it must not contain."""
    if broken := next(_broken(password, names), None):
        raise FieldRefused(field, broken)


def _broken(password: str, names: Iterable[str]) -> Iterator[Words]:
    plain = unicodedata.normalize("NFKC", password)
    if len(unicodedata.normalize("NFC", password)) < MIN_LENGTH:
        yield say("A password has at least %(least)s characters.", least=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        yield say("A password has at most %(most)s characters.", most=MAX_LENGTH)
    if not all(re.search(pattern, plain) for pattern in CLASSES):
        yield say("A password needs a small letter, a capital letter, a digit and another character.")
    if _holds_name(plain.lower(), names):
        yield NAME_INSIDE
    if _is_easy(plain.lower()):
        yield TOO_EASY


def _holds_name(lowered: str, names: Iterable[str]) -> bool:
    known = unicodedata.normalize("NFKC", " ".join([*names, "Portolan"])).lower()
    return any(part in lowered for part in re.split(r"[\W_]+", known) if len(part) >= LEAST_PART)


def _is_easy(lowered: str) -> bool:
    """Few different signs, one piece over and over, or hardly more than a password that everybody guesses."""
    letters = re.sub(r"[\W_]+", "", lowered)
    if len(set(lowered)) < LEAST_DIFFERENT or re.fullmatch(r"(.{1,8}?)\1+.{0,3}", letters):
        return True
    spellings = {letters, letters.translate(LEET), re.sub(r"[\W_]+", "", lowered.translate(LEET))}
    return any(
        _is_mostly(spelling, known, rest)
        for spelling in spellings
        for known, rest in ((common_passwords(), REST_OF_PASSWORD), (common_words(), REST_OF_WORD))
    )


def _is_mostly(letters: str, known: frozenset[str], rest: int) -> bool:
    """Does one known piece make up all but a few of the signs, read forwards or backwards?"""
    return any(
        way[start : start + length] in known
        for way in (letters, letters[::-1])
        for length in range(max(LEAST_COMMON, len(letters) - rest), min(len(way), 24) + 1)
        for start in range(len(way) - length + 1)
    )


@cache
def common_passwords() -> frozenset[str]:
    """The 30,000 passwords that are tried first, as the library zxcvbn collected them, with given names and our own."""
    return _of_lists("passwords", "male_names", "female_names") | OWN_WORDS


@cache
def common_words() -> frozenset[str]:
    """The 60,000 words and family names that are tried next."""
    return _of_lists("english_wikipedia", "us_tv_and_film", "surnames")


def _of_lists(*names: str) -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # Loaded when first needed: it takes 14 MB.

    return frozenset(word for name in names for word in FREQUENCY_LISTS[name] if len(word) >= LEAST_COMMON)


# In words

LOOKED_AT = 40  # Signs of which the strength is estimated: beyond, it is strong anyway and estimating grows slow.
STRENGTHS = (say("Weak"), say("Fair"), say("Good"), say("Strong"))
TONES = ("bad", "warn", "info", "ok")


@dataclass(frozen=True)
class Opinion:
    """What is thought of a password: the rules it still breaks, and its strength from 0 to 3."""

    broken: list[Words]
    strength: int

    @property
    def words(self) -> Words:
        return STRENGTHS[self.strength]

    @property
    def tone(self) -> str:
        return TONES[self.strength]


def opinion_of(password: str, names: Iterable[str]) -> Opinion:
    """What to say while somebody types. The strength is how many guesses it would take, in powers of ten."""
    broken = list(_broken(password, list(names)))
    return Opinion(broken, 0 if broken else sum(_digits_of_guesses(password) >= limit for limit in (10, 13, 16)))


def _digits_of_guesses(password: str) -> float:
    from zxcvbn import zxcvbn

    digits: float = zxcvbn(password[:LOOKED_AT], user_inputs=list(OWN_WORDS))["guesses_log10"]
    return digits


# To suggest

CONSONANTS, VOWELS = "bdfghjkmnprstvz", "aeiou"  # Read and typed alike everywhere; no l, which looks like 1.


def suggestion(names: Iterable[str] = ()) -> str:
    """A random password that is easy to type: “Bodami-Zitufe-Nevako-47”, one of 2⁶² that are as likely."""
    names = list(names)
    while True:
        words = ["".join(secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _ in range(3)) for _ in range(3)]
        password = "-".join([*(word.capitalize() for word in words), f"{secrets.randbelow(90) + 10}"])
        if next(_broken(password, names), None) is None:
            return password
