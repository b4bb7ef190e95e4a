"""Charts drawn on the server: bars by day, the parts of a bar one above the other. Figures in, markup out: nothing here asks
a database or knows a colour (classes do), and every name is escaped. A table with the same figures stands beside each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from markupsafe import Markup, escape

TONES = 5
STEP, BAR, HEIGHT = 10, 8, 100


@dataclass(frozen=True)
class Series:
    """What one part of the bars is called, a figure for each day (never below zero), and which of five colours it has: the
    same thing has the same one in every chart of a page."""

    label: str
    values: Sequence[int]
    tone: int = 1


@dataclass(frozen=True)
class Chart:
    """`days` are words, oldest first; `write` puts a figure into words. All series are as long as the days."""

    id: str
    title: str
    description: str
    days: Sequence[str]
    series: Sequence[Series]
    write: Callable[[int], str]
    span: str = ""  # What the bars are, where they are not the last so many days: "the hours of 21 Nov".
    unit: str = ""  # What one bar is: "Hour"; a day where nothing is said.

    @property
    def totals(self) -> list[int]:
        return [sum(parts) for parts in zip(*(one.values for one in self.series), strict=True)] or [0] * len(self.days)

    @property
    def total(self) -> str:
        return self.write(sum(self.totals))

    @property
    def most(self) -> str:
        """The figure of the highest bar."""
        return self.write(max(self.totals, default=0))

    @property
    def rows(self) -> list[tuple[str, list[str], str]]:
        """The table: each day with its parts and their sum."""
        parts = zip(*(one.values for one in self.series), strict=True) if self.series else iter([()] * len(self.days))
        return [
            (day, [self.write(part) for part in of_day], self.write(total))
            for day, of_day, total in zip(self.days, parts, self.totals, strict=True)
        ]

    @property
    def svg(self) -> Markup:
        """The drawing: a group for each day with its words, which say more to a pointer than the bars do."""
        most = max(self.totals, default=0) or 1
        groups = Markup("").join(self._bar(place, most) for place in range(len(self.days)))
        title, description = f"{self.id}-title", f"{self.id}-description"
        return Markup(
            '<svg class="chart-bars" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img" '
            'aria-labelledby="{title_id} {description_id}"><title id="{title_id}">{title}</title>'
            '<desc id="{description_id}">{description}</desc>{groups}</svg>'
        ).format(
            width=STEP * len(self.days), height=HEIGHT, title_id=title, description_id=description, title=self.title,
            description=self.description, groups=groups,
        )  # fmt: skip

    def _bar(self, place: int, most: int) -> Markup:
        values = [one.values[place] for one in self.series]
        tops = accumulate(values)
        parts = Markup("").join(
            _rectangle(f"chart-{one.tone}", place, top, value, most)
            for one, value, top in zip(self.series, values, tops, strict=True)
            if value
        )
        day = _rectangle("chart-day", place, most, most, most)
        return Markup("<g>{}{}<title>{}</title></g>").format(day, parts, self._words(place, values))

    def _words(self, place: int, values: list[int]) -> str:
        parts = [f"{one.label} {self.write(value)}" for one, value in zip(self.series, values, strict=True) if value]
        told = f"{self.days[place]}: {self.write(sum(values))}"
        return f"{told} ({', '.join(parts)})" if len(self.series) > 1 and parts else told


def small_bars(values: Sequence[int], words: Sequence[str], label: str) -> Markup:
    """Bars as small as a line of text, without a scale: how the hours of a day compare. `words` say each that is not 0.
    A table has one in every row, so they are two paths' worth of markup."""
    most = max(values, default=0) or 1
    ground = "".join(f"M{_left(place)} 0h{BAR}v{HEIGHT}h-{BAR}z" for place in range(len(values)))
    bars = "".join(
        f'<path class="chart-1" d="M{_left(place)} {HEIGHT}h{BAR}v-{round(HEIGHT * value / most, 2):g}h-{BAR}z">'
        f"<title>{escape(told)}</title></path>"
        for place, (value, told) in enumerate(zip(values, words, strict=True))
        if value
    )
    return Markup(
        f'<svg class="chart-bars chart-small" viewBox="0 0 {STEP * len(values)} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(label)}"><path class="chart-day" d="{ground}"/>{bars}</svg>'
    )  # Every word in it is escaped above.


def spark_points(values: Sequence[int]) -> str:
    """The points of a line of figures in a box of 100 × 30, the highest on top (templates: ui.sparkline). Whole numbers alone:
    amounts in minor units are never divided into floats."""
    least, span = min(values, default=0), (max(values, default=0) - min(values, default=0)) or 1
    last = max(len(values) - 1, 1)
    return " ".join(f"{100 * place // last},{28 - 26 * (value - least) // span}" for place, value in enumerate(values))


def _left(place: int) -> int:
    return place * STEP + (STEP - BAR) // 2


def _rectangle(kind: str, place: int, top: int, value: int, most: int) -> Markup:
    """A part of a bar in a box of HEIGHT: its upper edge at `top` of `most`, as high as its value."""
    x = _left(place)
    y, height = (round(HEIGHT * figure / most, 2) for figure in (most - top, value))
    return Markup(f'<rect class="{kind}" x="{x}" y="{y:g}" width="{BAR}" height="{height:g}"/>')
