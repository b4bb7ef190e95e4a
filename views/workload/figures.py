"""What the pages of work draw and write: hours of a day as bars, days as a chart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from models.workload.person import Course
from models.workload.spans import Bins
from views.support import format as figures
from views.support.charts import Chart, Series, small_bars


def hour_bars(hours: Bins) -> Callable[[Sequence[int]], Any]:
    """Draws counts of these hours as bars of a line's height; the hours are named once for all rows."""
    names = [figures.moment(start, "time") for start in hours.starts]
    nothing = _("By hour: nothing yet")

    def draw(counts: Sequence[int]) -> Any:
        told = [f"{name}: {figures.number(count)}" if count else "" for name, count in zip(names, counts, strict=True)]
        busy = ", ".join(filter(None, told))
        return small_bars(counts, told, _("By hour: %(hours)s", hours=busy) if busy else nothing)

    return draw


def day_chart(course: Course, title: str) -> Chart:
    days = [figures.day(day) for day in course.days]
    words = _("%(total)s in the last %(days)s days.", total=figures.number(sum(course.by_day)), days=len(days))
    return Chart("chart-days", title, words, days, [Series(title, course.by_day)], figures.number)


def hour_chart(course: Course, title: str, day: date) -> Chart:
    hours = [figures.moment(start, "time") for start in course.hours.starts]
    span = _("The hours of %(day)s", day=figures.day(day))
    words = f"{span}: {figures.number(sum(course.by_hour))}"
    return Chart("chart-hours", title, words, hours, [Series(title, course.by_hour)], figures.number, span, _("Hour"))
