"""The state of an order, as pills."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from models.orders.marks import words_of_marks
from models.orders.order import AMAZON, Order, tone_of, words_of_status
from models.orders.tag import OrderTag
from views.orders import bp
from views.support.cells import pill
from views.support.format import of_reader
from views.support.language import in_template as _
from views.support.stills import still

TONES = {"grey": "neutral", "blue": "info", "green": "ok", "amber": "warn", "red": "bad"}


@bp.app_template_global()
def state_pills(order: Order) -> Markup:
    return state_pills_of(
        order.status, order.awaits_shipment, order.is_late, order.cancel_requested, order.fulfilled_by, order.is_held
    )


@bp.app_template_global()
@still
def state_pills_of(status: str, awaits: bool, is_late: bool, wants: bool, fulfilled_by: str, is_held: bool) -> Markup:
    """The same of what a row of the list has: nothing but lateness is asked of the clock."""
    tone, is_wanted_back = tone_of(status, awaits, is_late), wants and awaits
    return of_reader().once(_pills, tone, status, is_wanted_back, fulfilled_by == AMAZON, is_held)


def _pills(tone: str, status: str, is_wanted_back: bool, is_by_amazon: bool, is_held: bool) -> Markup:
    pills = pill(tone, words_of_status(status))
    if is_wanted_back:
        pills += " " + pill("bad", _("Cancel requested"))
    if is_by_amazon:
        pills += Markup(f' <span class="soft small">{_("by Amazon")}</span>')
    if is_held:
        pills += " " + pill("bad", _("On hold"))
    return pills


@bp.app_template_global()
@still
def kind_words(marks: str) -> Markup | str:
    """What kinds of order it is, short."""
    return of_reader().once(_kinds, marks) if marks else ""


def _kinds(marks: str) -> Markup:
    return Markup('<span class="soft small">{}</span> ').format(" · ".join(map(str, words_of_marks(marks))))


@bp.app_template_global()
def tag_pills(tags: Sequence[OrderTag]) -> Markup | str:
    """A team's own words; their dots are square, so that nobody takes them for a state."""
    if not tags:
        return ""
    return Markup(" ").join(
        Markup('<span class="pill pill-tag pill-{}"><bdi>{}</bdi></span>').format(TONES[tag.colour], tag.name)
        for tag in tags
    )
