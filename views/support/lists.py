"""A list on a screen: what the address asks for, the rows, and the address of everything that can be asked for next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from flask import redirect, request, url_for

from models.lists.layout import ListLayout, Placed
from models.lists.list_of import Asked, Bulk, Column, ListOf, Shown
from models.lists.own import own_of
from models.lists.saved_view import SavedView
from models.lists.viewer import Viewer
from models.support.paging import Page, make_key
from views.support.access import current_person, current_team, reach
from views.support.exporting import ExportOffer
from views.support.filter_shown import FilterShown, menu_of, searches_of
from views.support.format import language
from views.support.headings import Tab, heads_of, own_tabs, tab_of
from views.support.language import choose_zone
from views.support.paging import Pager, count_text, here, pager

USUAL = {False: 144, True: 320}  # How wide a column is, and the one that stays in sight.
TOOLS = ("filters", "columns", "export", "view")  # Fetched when somebody opens them (views/lists/tools.py).
IN = "in"  # The parameter of a record's address that holds what its list was asked for.


@dataclass
class ListPage:
    """What `layouts/list.html` shows. Rows are in `page`; `around` is what the list gathered for them."""

    a_list: ListOf
    viewer: Viewer
    asked: Asked
    layout: ListLayout
    shown: Shown
    index: str  # The address of the list itself.
    saved: list[SavedView]  # The views somebody saved that this person may use.

    @property
    def name(self) -> str:
        return self.a_list.name

    @property
    def page(self) -> Page:
        return self.shown.page

    @property
    def around(self) -> Any:
        return self.viewer.around

    @cached_property
    def placed(self) -> list[Placed]:
        """Every column in the person's order, for the chooser."""
        return self.layout.placed(self.a_list)

    @cached_property
    def columns(self) -> list[Column]:
        return [placed.column for placed in self.placed if placed.is_shown]

    @cached_property
    def names(self) -> list[str]:
        """Names of the columns shown: a row writes its cells in this order."""
        return [column.name for column in self.columns]

    @property
    def widths(self) -> list[int]:
        """In pixels; empty when no column has one. Beside those with one, the others get what is usual."""
        shown = [placed for placed in self.placed if placed.is_shown]
        if not any(placed.pixels for placed in shown):
            return []
        return [placed.pixels or USUAL[placed.column.is_fixed] for placed in shown]

    @cached_property
    def pager(self) -> Pager:
        return pager(self.page, self.shown.count)

    @property
    def total(self) -> str:
        return count_text(self.shown.count)

    @property
    def is_empty(self) -> bool:
        """Is there nothing at all, not even without the filters?"""
        return not self.page.rows and not self.asked.are_set

    @property
    def is_filtered(self) -> bool:
        return self.asked.are_set

    @cached_property
    def filters(self) -> list[FilterShown]:
        return [FilterShown(one, self.asked.value(one.name), self.viewer) for one in self.a_list.filters]

    @cached_property
    def bulk(self) -> list[Bulk]:
        """What may be done with selected rows here, by this person."""
        may = self.viewer.reach.may
        return [one for one in self.a_list.bulk if may(one.permission) and one.is_offered(self.asked)]

    @property
    def acts(self) -> list[tuple[str, str, str]]:
        return [(one.name, str(one.label), one.icon) for one in self.bulk]

    @property
    def chooser(self) -> list[dict[str, Any]]:
        """Every column as the chooser shows it."""
        return [
            {"name": column.name, "label": str(column.label), "is_fixed": column.is_fixed, "is_shown": one.is_shown, "pixels": one.pixels}
            for one in self.placed
            for column in [one.column]
        ]  # fmt: skip

    @property
    def asked_address(self) -> str:
        """The query of the address as it came, so that whoever lays the list out comes back to the same page."""
        return request.query_string.decode()

    @property
    def export(self) -> ExportOffer:
        """What is shown, as the export form offers it."""
        return ExportOffer(self.a_list, self.asked.query, self.names, self.a_list.count(self.viewer, self.asked))

    @property
    def walked(self) -> str:
        """What the address of a record carries, so that its page knows the list it was opened from (`steps`)."""
        return f"?{IN}={quote(self.asked.query, safe='')}" if self.asked.query else ""

    @cached_property
    def news_url(self) -> str:
        """The address to ask for what came on top of the first row; "" where the list tells no news, or on a page that is
        not its first or is sorted otherwise. It costs no query."""
        sort = self.a_list.sort_of(self.asked)
        if self.a_list.news is None or sort != self.a_list.sort or self.page.previous_key:
            return ""
        since = make_key(self.page.rows[0], self.a_list.sorts[sort]) if self.page.rows else ""
        return url_for("lists.news", name=self.name) + "?" + kept(self.asked, since=since)

    @property
    def keep(self) -> list[tuple[str, str]]:
        """What is asked for, as hidden fields of a form that does something with it."""
        return [(name, value) for name, values in self.asked.params.items() for value in values]

    @cached_property
    def tabs(self) -> list[Tab]:
        counts, shown = tuple(self.a_list.counts(self.viewer).items()), (self.index, self.asked.view, self.asked.query)
        tabs = own_tabs(self.a_list, language(), counts, *shown)
        return [*tabs, *(tab_of(str(view.uid), view.name, view.query, None, *shown, saved=view) for view in self.saved)]

    @property
    def tab(self) -> Tab | None:
        return next((tab for tab in self.tabs if tab.is_current), None)

    @property
    def has_changed(self) -> bool:
        """Does the current view show something else than what it was saved for?"""
        tab = self.tab
        return bool(tab and tab.saved and self.a_list.asked(tab.saved.query, self.viewer).query != self.asked.query)

    @property
    def opens_with(self) -> str:
        return self.layout.opens_with

    # What stands around the rows, in plain values: `part()` remembers it by these. What differs from page to page fills holes.

    @property
    def frame(self) -> dict[str, Any]:
        """The views, the line of filters, and what can be done with rows."""
        searches = searches_of(self.a_list, language())
        named = [name for name, _label, _help in searches]
        return {
            "title": str(self.a_list.title), "index": self.index, "urls": _urls_of(self.name, current_team.slug),
            "tabs": [tab.plain for tab in self.tabs], "has_changed": str(self.tab.label) if self.tab and self.has_changed else "", "view": self.asked.view,
            "searches": searches,
            "keep": [pair for pair in self.keep if pair[0] not in named],
            "chips": [(str(one.filter.label), [str(word) for word in one.words], one.off) for one in self.filters if one.is_set and one.kind != "search"],
            "menus": [menu_of(self.a_list, one.name, language()) if one.filter.offers_stay else one.menu for one in self._menus], "is_filtered": self.is_filtered, "acts": self.acts,
            "has_rows": bool(self.shown.count), "has_more": self.shown.count > len(self.page),
        }  # fmt: skip

    @property
    def frame_holes(self) -> dict[str, Any]:
        address = request.query_string.decode()
        others = here(**{param: None for one in self._menus for param in one.filter.params})
        return {
            "address": f"?{address}" if address else "", "others": others + ("&" if "?" in others else "?"), "total": self.total,
            "query": self.asked.query, "typed": next((one.typed(0) for one in self.filters if one.kind == "search"), ""),
        }  # fmt: skip

    @cached_property
    def _menus(self) -> list[FilterShown]:
        return [one for one in self.filters if one.is_menu and not one.is_set and len(one.offers) > 1]

    @property
    def table(self) -> dict[str, Any]:
        """The headings, and what stands below the rows."""
        return {
            "name": self.name, "title": str(self.a_list.title), "index": self.index, "heads": self.heads, "selects": bool(self.bulk),
            "is_compact": self.layout.is_compact, "widths": self.widths, "shown": len(self.page),
            "has_previous": bool(self.page.previous_key), "has_next": bool(self.page.next_key),
        }  # fmt: skip

    @property
    def table_holes(self) -> dict[str, Any]:
        rest = here(sort=None).partition("?")[2]
        return {
            "rest": f"?{rest}" if rest else "", "and_rest": f"&{rest}" if rest else "", "total": self.total,
            "previous_url": self.pager.previous_url, "next_url": self.pager.next_url,
        }  # fmt: skip

    @property
    def heads(self) -> list[dict[str, Any]]:
        """The headings, each with the sort its click asks for: "" for the list's own, None where there is none."""
        return heads_of(self.a_list, language(), self.a_list.sort_of(self.asked), tuple(self.names))


@lru_cache(maxsize=1000)
def _urls_of(name: str, team: str) -> dict[str, str]:
    """Where what belongs to a list is fetched from."""
    urls = {endpoint: url_for(f"lists.{endpoint}", team=team, name=name) for endpoint in ("counts", "start")}
    return urls | {tool: url_for("lists.tool", team=team, name=name, tool=tool) for tool in TOOLS}


def viewer() -> Viewer:
    return Viewer(reach._get_current_object(), choose_zone(), current_person.language)  # type: ignore[attr-defined]


def list_page(a_list: ListOf) -> Any:
    """The page the address asks for; or a redirect to the view this person's list opens with.

    An address without a single parameter means "as I like to see it first".
    """
    looking, args = viewer(), request.args
    layout, saved = own_of(looking.reach, a_list)
    if not args and layout.opens_with and (url := _first_view(a_list, layout, saved)):
        return redirect(url, 302)
    asked = a_list.read(args.to_dict(flat=False), looking)
    found = a_list.find(looking, asked, after=args.get("after", ""), before=args.get("before", ""))
    return ListPage(a_list, looking, asked, layout, found, request.path, saved)


def beside_list(a_list: ListOf) -> ListPage:
    """The list as the address asks for it, without its rows: for what is fetched when somebody opens it."""
    looking = viewer()
    asked = a_list.read(request.args.to_dict(flat=False), looking)
    layout, saved = own_of(looking.reach, a_list)
    return ListPage(a_list, looking, asked, layout, Shown(Page(), 0), index_of(a_list), saved)


def _first_view(a_list: ListOf, layout: ListLayout, saved: list[SavedView]) -> str | None:
    views = {view.key: view.query for view in a_list.views} | {str(view.uid): view.query for view in saved}
    if layout.opens_with not in views:
        return None
    return f"{request.path}?view={layout.opens_with}" + (
        f"&{views[layout.opens_with]}" if views[layout.opens_with] else ""
    )


INDEXES: dict[str, str] = {}


def shows(a_list: ListOf, endpoint: str) -> None:
    """Says which page shows a list, so that what was done with it can lead back there."""
    INDEXES[a_list.name] = endpoint


def steps(a_list: ListOf, record: Any) -> dict[str, str | None]:
    """The addresses of the records before and after this one in the list it was opened from, for `layouts/drawer.html`. In the
    drawer itself there are none: there the script walks the list below."""
    if request.headers.get("HX-Target") == "drawer-content":
        return {}
    looking, carried = viewer(), request.args.get(IN, "")[:2000]
    around = a_list.beside(looking, a_list.asked(carried, looking), record)
    kept: dict[str, Any] = {IN: carried} if carried else {}
    urls = [url_for(str(request.endpoint), uid=one.uid, **kept) if one else None for one in around]
    return {"previous_url": urls[0], "next_url": urls[1]}


def counted(a_list: ListOf) -> dict[str, str]:
    """The views whose rows are counted after the page has come: {key: query}; the room counts the others by itself."""
    known = a_list.counts(viewer())
    own = {view.key: view.query for view in a_list.views if view.key not in known}
    return own | {str(view.uid): view.query for view in SavedView.seen_by(reach, a_list)}


def kept(asked: Asked, **more: str) -> str:
    """What is asked for, with its view, as the query of an address."""
    parts = (urlencode({"view": asked.view}) if asked.view else "", asked.query, urlencode(more))
    return "&".join(part for part in parts if part)


def index_of(a_list: ListOf, query: str = "") -> str:
    url = url_for(INDEXES[a_list.name])
    return f"{url}?{query}" if query else url
