"""What a list is, declared once beside the questions of its model: columns, filters, sorts, views, bulk actions.

    ORDERS = declare(ListOf("orders", say("Orders"), Order, "orders.view", columns=(…), filters=(…), sorts={…}))

Screens, exports, saved views and bulk actions all read this. Every bit of what is asked for stands in the address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlencode

import peewee

from models.lists import many
from models.lists.filters import BY_ID, FEW, Args, Cases, Choices, Filter, Offer
from models.lists.viewer import Viewer
from models.support.bulk import raw_rows
from models.support.known import NEVER
from models.support.matching import beside_index
from models.support.narrowed import Narrowed
from models.support.paging import COUNT_LIMIT, Page, before_key, beside, capped_count, page_of
from models.support.paging import Order as Sorting
from models.support.words import Words

AT_ONCE = 1000


@dataclass(frozen=True)
class Column:
    """One column. value: the plain value of a record for exports (text, number, Decimal, datetime, Money or None).

    `sort` names the sort of its first click, such as "-date"; its opposite, "date", is the second. A fixed column cannot be
    hidden or moved; it is the one that stays in sight when the rest scrolls. `kind` says what an export puts into it (text,
    number, money, moment) where the first rows may all be empty.
    """

    name: str
    label: Words
    value: Callable[[Any, Viewer], Any]
    sort: str = ""
    is_end: bool = False
    is_shown: bool = True
    is_fixed: bool = False
    kind: str = ""


@dataclass(frozen=True)
class View:
    """A view every team has from the start: a name and the parameters of an address."""

    key: str
    label: Words
    query: str = ""


@dataclass(frozen=True)
class Bulk:
    """What can be done with many records at once. do: the verb of one record, `do(record, by=person)`; it may refuse.

    `undo` names the bulk action that takes it back. Without `do` it leads to a page that asks more. `asks` names what is asked once
    for all records before (views/lists/asking.py) and given to the verb; taking back gives it to the undoing verb, too, with what the
    verb answered of a record in a dictionary. Who does what `is_sensitive` has proved who they are within the last minutes.
    """

    name: str
    label: Words
    permission: str
    do: Callable[..., Any] | None = None
    undo: str = ""
    icon: str = ""
    asks: str = ""
    is_sensitive: bool = False
    is_offered: Callable[[Asked], bool] = lambda asked: True
    called: Callable[[Any], str] = lambda record: str(getattr(record, "label", record.id))


@dataclass(frozen=True)
class News:
    """What a list says when one record, or several, came on top since it was shown; `many` has a %(count)s."""

    one: Words
    many: Words

    def words(self, count: int, shown: str) -> Words:
        return self.one if count == 1 else Words(self.many.message, count=shown)


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see of a list. `query` is the same as parameters of an address, always in the same order."""

    values: tuple[tuple[Filter, Any], ...] = ()
    sort: str = ""
    view: str = ""

    @property
    def are_set(self) -> bool:
        """Is anything left out that the whole list would show?"""
        return any(one.written(value) for one, value in self.values)

    def value(self, name: str) -> Any:
        return next((value for one, value in self.values if one.name == name), None)

    @cached_property
    def params(self) -> dict[str, list[str]]:
        written: dict[str, list[str]] = {}
        for one, value in self.values:
            written |= one.written(value)
        return {**written, **({"sort": [self.sort]} if self.sort else {})}

    @cached_property
    def query(self) -> str:
        return urlencode(self.params, doseq=True)


@dataclass(frozen=True)
class Shown:
    """A page of the list, and how many match (at most 10,001)."""

    page: Page
    count: int


@dataclass(frozen=True, eq=False)
class ListOf:
    """`shown` are the columns of the table a row needs; `joined` may add others to the query of rows. `around` gathers for a
    page of rows what they need from elsewhere. `sort_needs` names a filter and the values without which a sort makes no sense.
    With `news`, whoever looks at the list's first page is told what comes on top of it meanwhile. `seen` gives the condition of what
    a person may see where that is more than their team's own, such as what the operator offers to everybody; `only` a condition without
    which a record is in no list, which a search keeps by itself. Rows of a list with `is_remembered` stay in memory as they were written until
    anything they show is different: nothing of a buyer may stand in them, nor in what `around` gathers."""

    name: str
    title: Words
    model: Any
    permission: str
    columns: tuple[Column, ...]
    sorts: dict[str, Sorting]
    sort: str
    filters: tuple[Filter, ...] = ()
    views: tuple[View, ...] = ()
    bulk: tuple[Bulk, ...] = ()
    shown: tuple[Any, ...] = ()
    joined: Callable[[Any], Any] | None = None
    counts: Callable[[Viewer], dict[str, int]] = lambda viewer: {}
    around: Callable[[Viewer, list[Any]], Any] = lambda viewer, rows: None
    sort_needs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    news: News | None = None
    seen: Callable[[Viewer], Any] | None = None
    only: Any = None
    is_remembered: bool = False

    # What is asked for

    def read(self, args: Args, viewer: Viewer) -> Asked:
        """What an address asks for."""
        values = tuple((one, value) for one in self.filters if (value := one.read(args, viewer)) is not None)
        sort = (args.get("sort") or [""])[0]
        asked = Asked(values, "", (args.get("view") or [""])[0][:40])
        name, *needed = self.sort_needs.get(sort, ("",))
        makes_sense = sort in self.sorts and (not name or asked.value(name) in needed)
        return replace(asked, sort=sort) if makes_sense else asked

    def asked(self, query: str, viewer: Viewer) -> Asked:
        """What a kept query (of a view, an export, a bulk run) asks for."""
        return self.read(parse_qs(query[:2000]), viewer)

    def sort_of(self, asked: Asked) -> str:
        return asked.sort or self.sort

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def filter(self, name: str) -> Filter | None:
        return next((one for one in self.filters if one.name == name), None)

    # What is found

    def find(self, viewer: Viewer, asked: Asked, *, after: str = "", before: str = "", size: int = 50) -> Shown:
        """A page of what this person may see of it."""
        query, sorting = self._walked(viewer, asked), self.sorts[self.sort_of(asked)]
        page = page_of(query, sorting, after=after, before=before, size=size)
        viewer.around = self.around(viewer, page.rows)
        return Shown(page, self.count(viewer, asked))

    def count(self, viewer: Viewer, asked: Asked, most: int = COUNT_LIMIT) -> int:
        """How many match, at most so many."""
        whose = (self.name, viewer.reach.team_id, viewer.reach.by_permission.get(self.permission))
        return many.count((whose, asked.query, viewer.zone), most, lambda: self._counted(viewer, asked, most))

    def _counted(self, viewer: Viewer, asked: Asked, most: int) -> int:
        known = self._known(viewer, asked)
        if known is not None:
            return min(len(known), most)
        if len(asked.values) == 1:
            [(one, value)] = asked.values
            if (count := one.counted(value, viewer, most)) is not None:
                return count
        return capped_count(self._narrow(viewer, asked, self._ids), most)

    def _known(self, viewer: Viewer, asked: Asked) -> set[int] | None:
        """The ids a search found, where nothing narrows them further; a search knows the team."""
        by_store = self.model.store_column and viewer.reach.by_permission.get(self.permission, frozenset()) is not None
        if self.seen or by_store or len(asked.values) != 1:
            return None
        [(one, value)] = asked.values
        ids = one.ids(value, viewer)
        return None if ids is None else set(ids)

    def beside(self, viewer: Viewer, asked: Asked, record: Any) -> tuple[Any | None, Any | None]:
        """The records before and after this one, as the list is asked for; None at its ends. They know their uid."""
        sort = self.sort_of(asked)
        query = self.narrowed(viewer, asked, self.model.select(self.model.id, self.model.uid), sort)
        return beside(query, self.sorts[sort], record)

    def newer(self, viewer: Viewer, asked: Asked, key: str, most: int) -> int:
        """How many stand before the row of this key now, at most one more than `most`; without a key that can be read, all."""
        sort = self.sort_of(asked)
        query = self._narrow(viewer, asked, self._ids, sort)
        return capped_count(before_key(query, self.sorts[sort], key), most + 1)

    def rows(self, viewer: Viewer, asked: Asked) -> Iterator[Any]:
        """All of it in its order, a thousand at a time."""
        query, sorting, after = self._walked(viewer, asked), self.sorts[self.sort_of(asked)], ""
        while True:
            page = page_of(query, sorting, after=after, size=AT_ONCE)
            if after and page.previous_key is None:  # The rest has vanished meanwhile, and this is the top again.
                return
            viewer.around = self.around(viewer, page.rows)
            yield from page
            if not page.next_key:
                return
            after = page.next_key

    def ids(self, viewer: Viewer, asked: Asked, most: int) -> list[int]:
        """The ids of what matches, at most so many."""
        query = self._narrow(viewer, asked, self._ids).whole()
        return [row[0] for row in raw_rows(query.order_by(self.model.id).limit(most))]

    def ids_of(self, viewer: Viewer, uids: list[Any]) -> list[int]:
        """The ids of records by their uids, those this person may see."""
        query = self._mine(viewer, self._ids, None).where(self.model.uid.in_(uids))
        return [row[0] for row in raw_rows(query.whole())]

    def of_ids(self, viewer: Viewer, ids: list[int]) -> list[Any]:
        """Whole records of these ids, those this person may see."""
        return list(self._mine(viewer, self.model.select(), None).where(self.model.id.in_(ids)))

    def walk(self, viewer: Viewer, asked: Asked) -> Any:
        """The query of the rows, ready to be paged along the asked sort."""
        return self._walked(viewer, asked).whole()

    def narrowed(self, viewer: Viewer, asked: Asked, query: Any, walked: str | None = None) -> Any:
        """The query with every condition. walked: the sort in whose order rows come, so that its index should lead."""
        return self._narrow(viewer, asked, Narrowed(query, None), walked).whole()

    # Queries nothing is asked of yet.

    @cached_property
    def _rows(self) -> Narrowed:
        query = self.model.select(*self.shown)
        return Narrowed.of(self.joined(query) if self.joined else query, is_remembered=self.is_remembered)

    @cached_property
    def _ids(self) -> Narrowed:
        return Narrowed.of(self.model.select(self.model.id))

    def _walked(self, viewer: Viewer, asked: Asked) -> Narrowed:
        return self._narrow(viewer, asked, self._rows, self.sort_of(asked))

    def _narrow(self, viewer: Viewer, asked: Asked, query: Narrowed, walked: str | None = None) -> Narrowed:
        known = [(ids, one.few) for one, value in asked.values if (ids := one.ids(value, viewer)) is not None]
        if known and (walked is None or any(len(ids) <= (few or FEW) for ids, few in known)):
            walked = BY_ID
        query = self._mine(viewer, query, walked)
        for one, value in asked.values:
            query = one.where(query, value, viewer, walked)
        return query

    def _mine(self, viewer: Viewer, query: Any, walked: str | None) -> Any:
        """What the person's grants let them see: the team's, of the stores their permission was given for."""
        team = beside_index(self.model.team, walked == BY_ID)
        query = query.where(self.seen(viewer) if self.seen else team == viewer.reach.team_id)
        query = query if self.only is None else query.where(self.only)
        if not self.model.store_column:
            return query
        stores = viewer.reach.by_permission.get(self.permission, frozenset())
        if stores is None:
            return query
        column = getattr(self.model, self.model.store_column)
        by_store = next((one for one in self.filters if one.column is column), Choices("store", self.title, column))
        return by_store.where(query, [Offer("", store, "") for store in sorted(stores)], viewer, walked)


LISTS: dict[str, ListOf] = {}


def declare(a_list: ListOf) -> ListOf:
    """Makes the list known by its name to saved views, exports and bulk runs. Raises ValueError for a broken declaration."""
    if a_list.sort not in a_list.sorts:
        raise ValueError(f"{a_list.name}: the sort {a_list.sort} is not declared.")
    if a_list.news and not a_list.sorts[a_list.sort].descending:
        raise ValueError(f"{a_list.name}: what is new has to come on top.")
    if a_list.is_remembered and NEVER & set(a_list.model.about.kinds.values()):
        raise ValueError(f"{a_list.name}: what belongs to a buyer or is a credential is never remembered.")
    for column in a_list.columns:
        if column.sort and not {column.sort, opposite(column.sort)} <= a_list.sorts.keys():
            raise ValueError(f"{a_list.name}.{column.name}: both directions of {column.sort} have to be sorts.")
    params = [param for one in a_list.filters for param in one.params]
    if len(set(params)) != len(params) or {"sort", "view", "after", "before"} & set(params):
        raise ValueError(f"{a_list.name}: two filters read the same parameter.")
    LISTS[a_list.name] = a_list
    return a_list


def title_of(name: str, beside: Any = None) -> Words | None:
    """How an event tells of a list, by its name."""
    return LISTS[name].title if name in LISTS else None


def opposite(sort: str) -> str:
    return sort[1:] if sort.startswith("-") else f"-{sort}"


def both(name: str, *columns: peewee.Field) -> dict[str, Sorting]:
    """A sort in both directions: `both("date", Order.ordered_at, Order.id)` gives "-date" and "date"."""
    return {f"-{name}": Sorting(columns), name: Sorting(columns, descending=False)}


def add_bulk(a_list: ListOf, *bulk: Bulk) -> None:
    """What a later room can do with the records of an earlier room's list. Called once, where that room declares its own."""
    object.__setattr__(a_list, "bulk", (*a_list.bulk, *bulk))


def add_case(
    a_list: ListOf, name: str, key: str, words: Words, conditions: Callable[[Viewer], tuple[Any, ...]], sort: str = ""
) -> None:
    """Another case of a filter that a later room knows about; `sort` may then be asked for with it."""
    one = a_list.filter(name)
    if not isinstance(one, Cases) or key in one.cases:
        raise ValueError(f"{a_list.name}.{name}: {key} cannot be a case.")
    object.__setattr__(one, "cases", {**one.cases, key: (words, conditions)})
    if sort:
        a_list.sort_needs[sort] = (*a_list.sort_needs[sort], key)


def add_filter(a_list: ListOf, *filters: Filter) -> None:
    """Filters by what only a later room knows."""
    params = {param for one in a_list.filters for param in one.params}
    if taken := params & {param for one in filters for param in one.params}:
        raise ValueError(f"{a_list.name}: {sorted(taken)} is read by another filter.")
    object.__setattr__(a_list, "filters", (*a_list.filters, *filters))


def add_view(a_list: ListOf, view: View, *, after: str) -> None:
    """Another view every team has, behind the named one."""
    place = next(number for number, one in enumerate(a_list.views, start=1) if one.key == after)
    object.__setattr__(a_list, "views", (*a_list.views[:place], view, *a_list.views[place:]))
