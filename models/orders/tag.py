"""A team's own tags on its orders: a word and a colour. What a tag means is the team's business; nothing of Portolan's follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import peewee

from models.audit.changes import changes_of
from models.audit.event import declare, track
from models.audit.telling import tell
from models.lists.filters import Choices, Offer
from models.lists.viewer import Viewer
from models.orders.order import Order
from models.people.team import Team
from models.support.bulk import raw_rows
from models.support.db import db, write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import StatusField, UidField
from models.support.prepared import Prepared
from models.support.record import About, Record, TeamRecord, created_at
from models.support.words import say

COLOURS = {
    "grey": say("Grey"),
    "blue": say("Blue"),
    "green": say("Green"),
    "amber": say("Amber"),
    "red": say("Red"),
}
MOST_TAGS, MOST_NAME, MOST_ON_ONE = 60, 30, 10

declare("tag_made", say("%(actor)s made the tag %(object)s"))
declare("tag_changed", say("%(actor)s changed the tag %(object)s"), "changes")
tell("tag_changed.fields", {"name": say("Name"), "colour": say("Colour")})
tell("tag_changed.colour", COLOURS)
declare("tag_deleted", say("%(actor)s deleted the tag %(object)s, which %(count)s orders had"), "count")
declare("order_tagged", say("%(actor)s put the tag %(tag)s on the order %(object)s"), "tag")
declare("order_untagged", say("%(actor)s took the tag %(tag)s off the order %(object)s"), "tag")


class OrderTag(TeamRecord):
    """`folded` is the name as it is compared: two tags never differ by capitals or blanks alone."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="CASCADE")
    name = peewee.CharField(max_length=MOST_NAME)
    folded = peewee.CharField(max_length=MOST_NAME * 3)
    colour = StatusField(*COLOURS, default="grey")
    created_at = created_at()

    about = About(why="a team's own words for its orders", keep="as long as the team",
                  plain="id uid team name folded colour created_at")  # fmt: skip

    class Meta:
        indexes = ((("team", "folded"), True),)

    @property
    def label(self) -> str:
        return self.name

    @classmethod
    def of_team(cls, team_id: int) -> list[OrderTag]:
        return sorted(_OF_TEAM.all(team_id), key=lambda tag: tag.folded)

    @classmethod
    def make(cls, team: Team, name: str, colour: str, *, by: Any = None) -> OrderTag:
        """Raises FieldRefused for a name that is empty, too long or taken."""
        name = _clean(name)
        with write_txn():
            Team.take_turn(team.id)
            if cls.select().where(cls.team == team).count() >= MOST_TAGS:
                raise FieldRefused("name", "A team has at most %(most)s tags.", most=MOST_TAGS)
            tag = _unless_taken(lambda: cls.create(team=team, name=name, folded=_folded(name), colour=colour))
            track("tag_made", tag, by=by)
        return tag

    def rename(self, name: str, colour: str, *, by: Any = None) -> None:
        """Another word or colour for the same tag; orders keep it. Raises FieldRefused."""
        name = _clean(name)
        changed = changes_of([("name", self.name, name), ("colour", self.colour, colour)])
        if not changed:
            return
        with write_txn():
            _unless_taken(lambda: self.change(name=name, folded=_folded(name), colour=colour))
            track("tag_changed", self, by=by, changes=changed)

    def delete_from_all(self, *, stores: frozenset[int] | None = None, by: Any = None) -> int:
        """The tag is gone, from every order too. Returns how many had it. `stores` are those whose orders this person handles
        (None: all). Raises Refused while orders of others have it."""
        with write_txn():
            others = (
                OrderTagging.select()
                .join(Order)
                .where(OrderTagging.tag == self, Order.store.not_in(sorted(stores or ())))
            )
            if stores is not None and others.exists():
                raise Refused(
                    "Orders of stores that are not yours have this tag. Ask who handles the orders of all stores."
                )
            count = OrderTagging.select().where(OrderTagging.tag == self).count()
            track("tag_deleted", self, by=by, count=count)
            self.delete_instance()
        return count


class OrderTagging(Record):
    """One order has one tag. The row is the whole truth of it."""

    order = peewee.ForeignKeyField(Order, backref="taggings", index=False, on_delete="CASCADE")
    tag = peewee.ForeignKeyField(OrderTag, backref="taggings", index=False, on_delete="CASCADE")

    about = About(why="which orders have which of the team's words", keep="as the order", plain="order tag")

    class Meta:
        primary_key = peewee.CompositeKey("order", "tag")
        indexes = ((("tag", "order"), False),)


def put_on(order: Order, tag: OrderTag, *, by: Any = None) -> None:
    """Raises Refused when it has it, or has too many."""
    _require_same_team(order, tag)
    with write_txn():
        Order.take_turn(order.id)
        if OrderTagging.select().where(OrderTagging.order == order).count() >= MOST_ON_ONE:
            raise Refused("An order has at most %(most)s tags.", most=MOST_ON_ONE)
        added = OrderTagging.insert(order=order, tag=tag).on_conflict_ignore().as_rowcount().execute()
        if not added:
            raise Refused("The order has this tag already.")
        track("order_tagged", order, by=by, tag=tag.name)


def take_off(order: Order, tag: OrderTag, *, by: Any = None) -> None:
    """Raises Refused when it does not have it."""
    _require_same_team(order, tag)
    with write_txn():
        taken = OrderTagging.delete().where(OrderTagging.order == order, OrderTagging.tag == tag).execute()
        if not taken:
            raise Refused("The order does not have this tag.")
        track("order_untagged", order, by=by, tag=tag.name)


def tags_of(order_ids: Iterable[int]) -> dict[int, list[OrderTag]]:
    """The tags of these orders by their ids, in the alphabet's order (one query)."""
    found: dict[int, list[OrderTag]] = {}
    ids = tuple(order_ids)
    for order_id, tag_id, name, folded, colour, uid in _ON_ORDERS.all(ids) if ids else ():
        tag = OrderTag(id=tag_id, name=name, folded=folded, colour=colour, uid=uid)
        found.setdefault(order_id, []).append(tag)
    for tags in found.values():
        tags.sort(key=lambda tag: tag.folded)
    return found


def orders_by_tag(team_id: int) -> dict[int, int]:
    """How many orders have each tag of the team."""
    count = peewee.fn.COUNT(OrderTagging.order)
    query = OrderTagging.select(OrderTagging.tag, count).join(OrderTag).where(OrderTag.team == team_id)
    return dict(raw_rows(query.group_by(OrderTagging.tag)))


class Tagged(Choices):
    """Orders that have one of the chosen tags."""

    def where(self, query: Any, value: Any, viewer: Viewer, walked: str | None) -> Any:
        having = OrderTagging.select(OrderTagging.order).where(OrderTagging.tag.in_([offer.value for offer in value]))
        return query.where(self.column.in_(having))


def tags_on_offer(viewer: Viewer) -> list[Offer]:
    return [Offer(str(tag.uid), tag.id, tag.name) for tag in OrderTag.of_team(viewer.reach.team_id)]


def _require_same_team(order: Order, tag: OrderTag) -> None:
    if order.team_id != tag.team_id:
        raise ValueError("The tag belongs to another team.")


def _clean(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= MOST_NAME:
        raise FieldRefused("name", "A tag has 1 to %(most)s characters.", most=MOST_NAME)
    return name


def _folded(name: str) -> str:
    return name.casefold()[: MOST_NAME * 3]


def _unless_taken(write: Any) -> Any:
    """Two who choose the same word at once: the database lets one."""
    try:
        with db.atomic():
            return write()
    except peewee.IntegrityError:
        raise FieldRefused("name", "There is a tag of this name already.") from None


_OF_TEAM = Prepared(lambda team: OrderTag.select().where(OrderTag.team == team))
_ON_ORDERS = Prepared(
    lambda orders: (
        OrderTagging.select(
            OrderTagging.order, OrderTag.id, OrderTag.name, OrderTag.folded, OrderTag.colour, OrderTag.uid
        )
        .join(OrderTag)
        .where(OrderTagging.order.in_(orders))
        .tuples()
    )
)
