"""Words for figures: money, numbers, moments, weights and sizes in the person's language and time zone.

Amounts are integers in minor units, moments are naive UTC. Nothing here computes; it only writes down.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_skeleton, format_timedelta
from babel.numbers import NumberPattern, format_decimal, format_percent, get_currency_symbol, parse_pattern
from flask import Flask, g, has_request_context, url_for
from flask.globals import _cv_app
from flask_babel import get_locale
from flask_babel import get_timezone as chosen_zone
from markupsafe import Markup

from models.audit import telling
from models.support import clock
from models.support.money import Money, exponent
from views.support.language import in_model as _

MINUS = "\u2212"
NO_BREAK = "\u00a0"
LEFT_TO_RIGHT, RIGHT_TO_LEFT = "\u200e", "\u200f"
NOTHING = "—"
MOST_WRITTEN = 20_000  # Things remembered for one kind of reader; then it begins anew.
# From so many seconds on, a span is told in steps of so many.
STEPS = ((60 * 86_400, 86_400), (2 * 86_400, 3600), (2 * 3600, 600), (120, 60))
LEAST_DAYS, MOST_DAYS = 1.2 * 86_400, 60 * 86_400


def register(app: Flask) -> None:
    """Adds the filters, and the two helpers components need."""
    figures = (money, number, decimal, percent, moment, day, ago, until, duration, grams, millimetres, filesize)
    for filter_ in (*figures, iso, attributes, pattern):
        app.add_template_filter(filter_)
    app.add_template_global(icon)
    app.add_template_global(zone_name)
    telling.write_moment, telling.write_day = _told(moment), _told(day)
    telling.write_amount, telling.write_span = _told_amount, _told_span


def money(amount_minor: int | None, currency: str, plus: bool = False) -> str:
    """An amount with its currency, always; minus is U+2212; `plus` marks amounts above zero too."""
    if amount_minor is None:
        return NOTHING
    return _amount(amount_minor, currency, language(), plus and amount_minor > 0)


# Lists write the same few amounts, days and times again and again; the locale's rules cost more than remembering.
@lru_cache(maxsize=20_000)
def _amount(amount_minor: int, currency: str, language: str, plus: bool = False) -> str:
    locale = _LOCALES[language]
    amount = Decimal(amount_minor).scaleb(-exponent(currency))
    text = _currency_pattern(locale, currency).apply(amount, locale, currency=currency, currency_digits=False)
    if locale.text_direction != "rtl":
        return ("+" if plus else "") + _with_minus(text, locale)
    # A sign stays before its number, a currency's like US$ in one piece, and the currency behind the number, with a sign or without.
    text = re.sub(r"(?<=\d)(?=\s)", RIGHT_TO_LEFT, text + LEFT_TO_RIGHT)
    return re.sub(r"(?=\d)", LEFT_TO_RIGHT + "+", text, count=1) if plus else _with_minus(text, locale)


@lru_cache(maxsize=500)
def _currency_pattern(locale: Locale, currency: str) -> NumberPattern:
    """The locale's pattern with our decimals, and a space where the currency's sign is letters (AED 94.67)."""
    places = exponent(currency)
    text = re.sub(r"\.0+", "." + "0" * places if places else "", locale.currency_formats["standard"].pattern)
    symbol = get_currency_symbol(currency, locale=locale)
    if symbol[-1:].isalpha():
        text = re.sub(r"¤(?=[#0])", "¤" + NO_BREAK, text)
    if symbol[:1].isalpha():
        text = re.sub(r"(?<=[#0])¤", NO_BREAK + "¤", text)
    return parse_pattern(text)


def number(value: int | Decimal | None) -> str:
    """A whole number or a decimal with the locale's grouping, at most three decimals."""
    return NOTHING if value is None else _number(value, language())


@lru_cache(maxsize=20_000)
def _number(value: int | Decimal, language: str) -> str:
    locale = _LOCALES[language]
    return _with_minus(format_decimal(value, locale=locale), locale)


def decimal(value: Decimal | None, places: int | None = None) -> str:
    """A decimal: with exactly `places` decimals, or all it has."""
    if value is None:
        return NOTHING
    locale = _locale()
    if places is None:
        return _with_minus(format_decimal(value, locale=locale, decimal_quantization=False), locale)
    return _with_minus(format_decimal(_rounded(value, places), format=_places("#,##0", places), locale=locale), locale)


def percent(share: Decimal | None, places: int = 1) -> str:
    """A share of one as per cent: Decimal("0.248") is 24.8%."""
    return NOTHING if share is None else _percent(share, places, language())


@lru_cache(maxsize=20_000)
def _percent(share: Decimal, places: int, language: str) -> str:
    locale = _LOCALES[language]
    pattern = _places(locale.percent_formats[None].pattern, places)
    return _with_minus(format_percent(_rounded(share, places + 2), format=pattern, locale=locale), locale)


def _places(pattern: str, places: int) -> str:
    return pattern.replace("#,##0", "#,##0." + "0" * places) if places else pattern


def _rounded(value: Decimal, places: int) -> Decimal:
    """Half up, as people round."""
    return Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def moment(at: datetime | None, style: str = "short") -> str:
    """A moment on the person's clock. short: Nov 21 02:05 (with the year when it is another), day, time, full (zone named)."""
    if at is None:
        return NOTHING
    reader = of_reader()
    return _moment(at, style, reader.zone, reader.language, reader.year)


@lru_cache(maxsize=20_000)
def _moment(at: datetime, style: str, zone: tzinfo, language: str, this_year: int) -> str:
    here = _here(at.replace(microsecond=0) if style == "full" else at.replace(second=0, microsecond=0), zone)
    on = _written("yMMMd" if style == "full" or here.year != this_year else "MMMd", here.date(), language)
    if style == "day":
        return on
    clock_time = _written("Hms" if style == "full" else "Hm", here.time(), language)
    if style == "full":
        return f"{on} {clock_time} · {_name_of(zone)}"
    return clock_time if style == "time" else f"{on} {clock_time}"


@lru_cache(maxsize=20_000)
def _written(skeleton: str, part: date | time, language: str) -> str:
    whole = datetime.combine(part, time()) if isinstance(part, date) else datetime.combine(date(2000, 1, 1), part)
    return format_skeleton(skeleton, whole, locale=_LOCALES[language])


def zone_name() -> str:
    """The person's zone by the name of its place: Shanghai, New York."""
    return _name_of(_zone())


def _name_of(zone: tzinfo) -> str:
    return str(zone).rpartition("/")[2].replace("_", " ")


def day(on: date | datetime | None) -> str:
    """A day: 21 Nov, with the year when it is not this year. A datetime is read as a moment."""
    if on is None:
        return NOTHING
    if isinstance(on, datetime):
        return moment(on, "day")
    return _written("MMMd" if on.year == _this_year(_zone()) else "yMMMd", on, language())


def ago(at: datetime | None) -> str:
    """How long ago: 2 minutes ago."""
    return NOTHING if at is None else apart(coarse(at - clock.now()))


def apart(seconds: int) -> str:
    """How long ago, or how far ahead, so many coarse seconds are."""
    return _("just now") if abs(seconds) < 45 else _span(seconds, True, language())


def until(at: datetime | None) -> str:
    """How long still: 11 h; "2 days late" when it has passed."""
    return NOTHING if at is None else still(coarse(at - clock.now()))


def now() -> datetime:
    """The moment a page is written at, the same in all of it."""
    try:
        return _context().now  # type: ignore[no-any-return]
    except (AttributeError, LookupError):
        moment = clock.now()
    if has_request_context():
        g.now = moment
    return moment


def still(seconds: int) -> str:
    late = seconds < 0
    text = _span(abs(seconds), False, language())
    return _("%(time)s late") % {"time": text} if late else text


def duration(span: timedelta | int | None) -> str:
    """A span of time (seconds as int) in its largest unit, short: 11 hr, 2 days."""
    if span is None:
        return NOTHING
    return _span(coarse(span if isinstance(span, timedelta) else timedelta(seconds=span)), False, language())


def coarse(span: timedelta) -> int:
    """Seconds as exact as their text can show, so that few texts are made."""
    seconds = span.days * 86_400 + span.seconds
    size = abs(seconds)
    for least, step in STEPS:
        if size >= least:
            return round(seconds / step) * step
    return seconds


@lru_cache(maxsize=20_000)
def _span(seconds: int, is_directed: bool, language: str) -> str:
    """In its largest unit; days stay days for two months, for nobody can tell 9 days from “1 week”."""
    is_days = LEAST_DAYS <= abs(seconds) < MOST_DAYS
    return format_timedelta(
        seconds,
        granularity="day" if is_days else "second",
        threshold=60 if is_days else 1.2,
        add_direction=is_directed,
        format="long" if is_directed else "short",
        locale=_LOCALES[language],
    )


def grams(weight: int | None) -> str:
    """A weight of integer grams: 850 g, 1.25 kg."""
    if weight is None:
        return NOTHING
    if abs(weight) < 1000:
        return f"{number(weight)}{NO_BREAK}g"
    return f"{number(Decimal(weight) / 1000)}{NO_BREAK}kg"


def millimetres(length: int | None) -> str:
    """A length of integer millimetres, in cm as parcels are measured: 24.5 cm."""
    return NOTHING if length is None else f"{number(Decimal(length) / 10)}{NO_BREAK}cm"


def filesize(size: int | None) -> str:
    """Bytes in the unit a person reads: 640 B, 12 kB, 3.4 MB."""
    if size is None:
        return NOTHING
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            value = Decimal(size) / factor
            return f"{decimal(value, 1 if value < 10 else 0)}{NO_BREAK}{unit}"
    return f"{number(size)}{NO_BREAK}B"


def stamp(at: datetime) -> str:
    """The attributes of a <time>: the moment for machines, and in full on hover."""
    reader = of_reader()
    return _stamp(at, reader.zone, reader.language)


@lru_cache(maxsize=20_000)
def _stamp(at: datetime, zone: tzinfo, language: str) -> str:
    return f'datetime="{iso(at)}" title="{Markup.escape(_moment(at, "full", zone, language, 0))}"'


def iso(at: datetime | date) -> str:
    """For the `datetime` attribute of <time>."""
    return clock.iso(at) if isinstance(at, datetime) else at.isoformat()


def attributes(given: Mapping[str, Any] | str) -> str:
    """More attributes of a tag: a mapping, or markup another macro made (ui.opens_drawer)."""
    if isinstance(given, Mapping):
        pairs = (
            Markup("{}").format(key) if value is True else Markup('{}="{}"').format(key, value)
            for key, value in given.items()
            if value is not None and value is not False
        )
        given = Markup(" ").join(pairs)
    text = Markup(given) if hasattr(given, "__html__") else Markup.escape(given)
    return Markup(" ") + text.lstrip() if text else Markup()


def pattern(word: str) -> str:
    """A `pattern` attribute that only this word satisfies."""
    return re.sub(r"([\^$.*+?()\[\]{}|/\\])", r"\\\1", word)


def icon(name: str, label: str | None = None, size: str = "", flips: bool = False, kind: str = "icon") -> Markup:
    """An icon of the sprite. Decoration is silent; with a label it is read out. size: "", small, large. kind: its class."""
    return _icon(sprite(), name, label, size, flips, kind)


def sprite() -> str:
    """The address of all icons, found once a page."""
    try:
        return _context().sprite  # type: ignore[no-any-return]
    except (AttributeError, LookupError):
        if not has_request_context():
            return "/static/icons/sprite.svg"
    found = g.sprite = url_for("static", filename="icons/sprite.svg")
    return found


def _told(write: Any) -> Any:
    """For details of events: as the reader of a page has it; what a job writes stays as kept, without a zone to guess."""
    return lambda at: write(at) if has_request_context() else f"{at.isoformat()}{'Z' * isinstance(at, datetime)}"


def _told_amount(amount: Money) -> str:
    return (
        money(amount.amount_minor, amount.currency) if has_request_context() else f"{amount.text()} {amount.currency}"
    )


def _told_span(seconds: int) -> str:
    return duration(seconds) if has_request_context() else f"{seconds} s"


@lru_cache(maxsize=2000)
def _icon(sprite: str, name: str, label: str | None, size: str, flips: bool, kind: str) -> Markup:
    classes = [kind, *(["icon-check"] if name == "check" else []), *(f"icon-{part}" for part in size.split())]
    voice = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    tag = Markup('<svg class="{}" {}><use href="{}#{}"/></svg>')
    return tag.format(" ".join([*classes, *(["icon-flips"] * flips)]), voice, sprite, name)


class Reader:
    """Whom a page is written for, as far as figures depend on it; and what was written so for such a reader already."""

    def __init__(self, language: str, zone: tzinfo, year: int):
        self.language, self.zone, self.year = language, zone, year
        self._written: dict[Any, Any] = {}

    def once(self, make: Callable[..., Any], *values: Any) -> Any:
        """What `make` makes of these values, which must depend on nothing but them, the language, the zone and the year."""
        key = (make, *values)
        try:
            return self._written[key]
        except KeyError:
            pass
        if len(self._written) >= MOST_WRITTEN:
            self._written = {}
        made = self._written[key] = make(*values)
        return made


_reader = lru_cache(maxsize=200)(Reader)


def of_reader() -> Reader:
    """The reader of this page, found once a request: the person may have changed language, zone or year before the next."""
    try:
        context = _context()
        kept, (locale, zone, reader) = context._flask_babel, context.reader
        if kept.babel_locale is locale and kept.babel_tzinfo is zone:
            return reader
    except (AttributeError, LookupError):
        pass
    zone = _zone()
    reader = _reader(language(), zone, _this_year(zone))
    if has_request_context():
        g.reader = (get_locale(), zone, reader)
    return reader


# A list asks for the reader's language and zone hundreds of times. Flask-Babel keeps what it has found in `g._flask_babel`;
# past the proxy and by the name of the language it is found several times faster.
_LOCALES = {"en": Locale("en")}


def _context() -> Any:
    return _cv_app.get().g


def language() -> str:
    """The name of the language this page is written in."""
    try:
        kept = _context()._flask_babel
        locale, name = kept.named
        if locale is kept.babel_locale:
            return name
    except (AttributeError, LookupError):
        pass
    return _find_language()


def _find_language() -> str:
    locale = get_locale()
    if locale is None:
        return "en"
    name = str(locale)
    _LOCALES.setdefault(name, locale)
    g._flask_babel.named = (locale, name)
    return name


def _locale() -> Locale:
    return _LOCALES[language()]


def _zone() -> tzinfo:
    try:
        return _context()._flask_babel.babel_tzinfo
    except (AttributeError, LookupError):
        return chosen_zone() or UTC


def _this_year(zone: tzinfo) -> int:
    now = clock.now()
    return _year(zone, now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0))


@lru_cache(maxsize=1000)
def _year(zone: tzinfo, quarter: datetime) -> int:
    return _here(quarter, zone).year


def _here(at: datetime, zone: tzinfo) -> datetime:
    return at.replace(tzinfo=UTC).astimezone(zone)


def _with_minus(text: str, locale: Locale) -> str:
    """The true minus; in right-to-left text it is held before its number."""
    return text.replace("-", LEFT_TO_RIGHT + MINUS if locale.text_direction == "rtl" else MINUS)
