"""A store is one seller account on Amazon in one region. Its tokens are sealed under its own key.

States: checking (a token waits to be tried) → active; refused (it did not work) or authorize_again (Amazon or the
seller took it back) until authorized anew; disconnected for good, with its tokens destroyed.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.telling import tell
from models.people.names import of_things
from models.people.team import Team
from models.stores.application import Application
from models.stores.marketplace import MARKETPLACES, REGIONS, marketplace_code
from models.stores.problems import PROBLEMS
from models.support import clock
from models.support.db import db, in_write_txn, is_sqlite, write_txn
from models.support.errors import AlreadyDecided, FieldRefused, Refused
from models.support.fields import SealedField, StatusField, UidField, UtcField
from models.support.job_run import wake
from models.support.prepared import Asked, Prepared
from models.support.record import About, Record, TeamRecord, created_at
from models.support.words import Words, say
from models.vault import data_key
from models.vault.seal import Sealed

SELLER_ID = re.compile(r"A[A-Z0-9]{9,20}")
CURRENCY = re.compile(r"[A-Z]{3}")
LONGEST_ID = 24
WORKING_STATES = ("active",)
# What other rooms end with a store, in the same transaction: they add themselves.
ON_DISCONNECTION: list[Callable[[Store], None]] = []

declare("store_declared", say("%(actor)s declared that the team owns or may operate the store %(object)s"), "region")
declare("store_authorized", say("%(actor)s gave a new authorization for the store %(object)s"), "how")
declare("store_connected", say("The store %(object)s is connected: %(marketplaces)s"), "marketplaces")
declare("store_refused", say("Amazon did not accept the authorization of the store %(object)s"), "code")
declare("store_authorization_lost", say("The store %(object)s has to be authorized again"), "code")
declare("store_disconnected", say("%(actor)s disconnected the store %(object)s; its tokens are destroyed"))
tell("store_declared.region", REGIONS)
tell("store_authorized.how", {"token": say("a refresh token was pasted"), "consent": say("on Amazon's own page")})
for _event in ("store_refused", "store_authorization_lost"):
    tell(f"{_event}.code", {**PROBLEMS, "denied": say("Amazon denies it.")})


class Store(TeamRecord):
    store_column = "id"

    uid = UidField()
    team = peewee.ForeignKeyField(Team, backref="stores", on_delete="RESTRICT")
    name = peewee.CharField(max_length=80)
    region = StatusField(*REGIONS)
    seller_id = peewee.CharField(max_length=24, default="")
    state = StatusField("new", "checking", "active", "refused", "authorize_again", "disconnected", default="new")
    problem = peewee.TextField(default="")
    declared_by_id = peewee.IntegerField(null=True)
    declared_at = UtcField(default=clock.now)
    created_at: UtcField = created_at()
    disconnected_at = UtcField(null=True)

    about = About(
        why="the seller account the team works with", keep="18 months after it was disconnected",
        plain="id uid team name region seller_id state problem declared_by_id declared_at created_at disconnected_at",
    )  # fmt: skip

    class Meta:
        indexes = ((("team", "state"), False),)

    @property
    def label(self) -> str:
        return self.name

    @property
    def store_id(self) -> int:
        return self.id

    @property
    def is_active(self) -> bool:
        return self.state == "active"

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @property
    def vault_subject(self) -> str:
        return f"store:{self.uid}"

    @property
    def marketplaces(self) -> list[StoreMarketplace]:
        """Where the account sells, Amazon's own marketplaces first."""
        together: list[Store] | None = self.__dict__.get("_fetched_with")
        if together is None:
            return StoreMarketplace.by_store([self])[self.id]
        if "_marketplaces" not in self.__dict__:
            by_store = StoreMarketplace.by_store(together)
            for store in together:
                store.__dict__["_marketplaces"] = by_store[store.id]
        return self.__dict__["_marketplaces"]

    @property
    def authorization(self) -> Authorization | None:
        return Authorization.get_or_none(Authorization.store == self)

    @classmethod
    def declare(cls, team: Team, name: str, region: str, *, seller_id: str = "", by: Any = None) -> Store:
        """A store the team declares to own or to be authorized to operate. Raises FieldRefused."""
        name, seller_id = name.strip(), _checked_seller_id(seller_id)
        if not name:
            raise FieldRefused("name", "A store needs a name.")
        with _connected_once(), write_txn():
            cls._require_unused(seller_id, region, None)
            if cls.select().where(cls.team == team, cls.name == name, cls.state != "disconnected").exists():
                raise FieldRefused("name", "The team has a store of this name already.")
            store = cls.create(
                team=team, name=name[:80], region=region, seller_id=seller_id, declared_by_id=by.id if by else None
            )
            track("store_declared", store, by=by, region=region)
        return store

    @classmethod
    def unauthorized(cls, team: Team, name: str, region: str) -> Store | None:
        """The team's store of this name and region that waits for an authorization that works."""
        waiting = cls.state.in_(("new", "refused", "authorize_again"))
        return cls.get_or_none(cls.team == team, cls.name == name, cls.region == region, waiting)

    @classmethod
    def _require_unused(cls, seller_id: str, region: str, mine: int | None) -> None:
        taken = cls.select().where(
            cls.seller_id == seller_id, cls.region == region, cls.state != "disconnected", cls.id != (mine or 0)
        )
        if seller_id and taken.exists():
            raise FieldRefused("seller_id", "This seller account is connected already.")

    def authorize(
        self, *, application: Application, refresh_token: str = "", code: str = "", seller_id: str = "", by: Any = None
    ) -> None:
        """Keeps a pasted refresh token, or an authorization code to be exchanged, sealed; a job tries it. Raises Refused."""
        seller_id = _checked_seller_id(seller_id)
        if refresh_token and not refresh_token.startswith("Atzr|"):
            raise FieldRefused("refresh_token", "A refresh token begins with Atzr| – paste the whole of it.")
        if self.seller_id and seller_id and seller_id != self.seller_id:
            raise Refused("Amazon answered for another seller account than this store's. Nothing was changed.")
        with _connected_once(), write_txn():
            if self.reload().state == "disconnected":
                raise Refused("This store was disconnected. Connect it as a new one.")
            self._require_unused(seller_id, self.region, self.id)
            Authorization.delete().where(Authorization.store == self).execute()
            authorization = Authorization(store=self, application=application, last4=refresh_token[-4:])
            authorization.seal(refresh_token=refresh_token or None, code=code or None)
            authorization.save(force_insert=True)
            self.change(state="checking", problem="", seller_id=seller_id or self.seller_id)
            track("store_authorized", self, by=by, how="token" if refresh_token else "consent")
            wake("stores.check", str(self.uid))

    def connected(self, participations: list[Any], *, tried: Authorization) -> None:
        """Amazon accepted the authorization that was tried: keeps the marketplaces it reported, which are all there are.

        A participation has marketplace_id, country, currency, language, name, is_participating. Raises AlreadyDecided
        when another authorization was given meanwhile.
        """
        with write_txn():
            held = self.authorization
            if held is None or held.refresh_token != tried.refresh_token or self.reload().state == "disconnected":
                raise AlreadyDecided()
            was_active = self.state == "active"
            StoreMarketplace.keep_all(self, participations)
            self.move(("checking", "active"), "active", problem="")
            if not was_active:
                track("store_connected", self, marketplaces=[row.code for row in self.marketplaces if row.is_known])
                for job in ("orders.poll", "catalog.definitions"):
                    wake(job, str(self.uid))

    def try_again(self, *, by: Any = None) -> None:
        """Has the authorization tried once more: at once where it works, after a refusal too (the cause may be mended)."""
        with write_txn():
            if self.authorization is None or self.reload().state not in ("checking", "active", "refused"):
                raise Refused("Authorize the store first.")
            if self.state == "refused":
                self.move("refused", "checking", problem="")
            wake("stores.check", str(self.uid))

    def refuse(self, code: str, problem: Words) -> None:
        """The authorization that was tried does not work."""
        with write_txn():
            self.move(("checking",), "refused", problem=problem.to_json())
            track("store_refused", self, code=code)

    def lose_authorization(self, code: str) -> None:
        """Amazon took the authorization back: jobs of this store stop until it is authorized again."""
        with write_txn():
            try:
                self.move(
                    "active",
                    "authorize_again",
                    problem=say("Amazon says the authorization was revoked. Authorize the store again.").to_json(),
                )
            except AlreadyDecided:
                return
            track("store_authorization_lost", self, code=code)

    def disconnect(self, *, by: Any = None) -> None:
        """Stops all work for the store and destroys its tokens. What was fetched stays until its own time is up."""
        with write_txn():
            self.move(
                ("new", "checking", "active", "refused", "authorize_again"),
                "disconnected",
                disconnected_at=clock.now(),
                problem="",
            )
            Authorization.delete().where(Authorization.store == self).execute()
            for end in ON_DISCONNECTION:
                end(self)
            track("store_disconnected", self, by=by)
        data_key.destroy([self.vault_subject])
        if is_sqlite() and not in_write_txn():
            db.obj.checkpoint()  # The log still holds what was deleted; write it back and empty it.

    @classmethod
    def awaiting_check(cls) -> list[Store]:
        return list(cls.select().where(cls.state == "checking").order_by(cls.id))

    @classmethod
    def working(cls) -> list[Store]:
        """Stores for which jobs run."""
        return list(cls.select().where(cls.state.in_(WORKING_STATES)).order_by(cls.id))

    @classmethod
    def working_uids(cls) -> list[str]:
        return [str(row.uid) for row in cls.select(cls.uid).where(cls.state.in_(WORKING_STATES)).order_by(cls.id)]

    @classmethod
    def names(cls, uids: set[str]) -> dict[str, str]:
        """Names by uid, with the team, for the pages of the operator."""
        found = cls.select(cls, Team).join(Team).where(cls.uid.in_([uid for uid in uids if uid] or [uuid.UUID(int=0)]))
        return {str(store.uid): f"{store.team.name} · {store.name}" for store in found}

    @classmethod
    def of_uid(cls, uid: str) -> Store | None:
        return cls.get_or_none(cls.uid == uid)

    @classmethod
    def reached(cls, reach: Any) -> list[Store]:
        """The stores a person may reach, disconnected ones last. Their marketplaces take one query more for all of them."""
        stores = list(cls.reachable(reach).order_by(cls.state == "disconnected", cls.name))
        for store in stores:
            store.__dict__["_fetched_with"] = stores
        return stores

    @classmethod
    def to_authorize(cls, reach: Any) -> Asked:
        """Asks for the id of a store somebody has to authorize again."""
        return _TO_AUTHORIZE.asking(reach.team_id, reach.store_ids)

    @classmethod
    def to_authorize_count(cls, reach: Any) -> int:
        """How many stores wait for an authorization that works: refused, or taken back."""
        return cls.reachable(reach).where(cls.state.in_(("refused", "authorize_again"))).count()

    @classmethod
    def of_team(cls, team: Any) -> list[Store]:
        return _OF_TEAM.all(team.id)


_OF_TEAM = Prepared(
    lambda team: Store.select().where(Store.team == team).order_by(Store.state == "disconnected", Store.name)
)
_TO_AUTHORIZE = Prepared(
    lambda team, stores: (
        Store.reachable(SimpleNamespace(team_id=team, store_ids=stores))
        .select(Store.id)
        .where(Store.state == "authorize_again")
        .order_by(Store.name)
        .limit(1)
    )
)

Store.add_index(
    Store.index(
        Store.seller_id,
        Store.region,
        unique=True,
        where=(Store.state != "disconnected") & (Store.seller_id != ""),
        name="store_connected_once",
    )
)


def _checked_seller_id(text: str) -> str:
    seller_id = text.strip().upper()
    if seller_id and not SELLER_ID.fullmatch(seller_id):
        raise FieldRefused("seller_id", "A seller id (merchant token) looks like A1B2C3D4E5F6G7.")
    return seller_id


@contextmanager
def _connected_once() -> Iterator[None]:
    """Says in words what the database refuses: the same seller account twice, asked for at the same moment."""
    try:
        yield
    except peewee.IntegrityError as error:
        raise FieldRefused("seller_id", "This seller account is connected already.") from error


class Authorization(Sealed, Record):
    """The sealed tokens of a store. Only the last four signs are ever shown."""

    store = peewee.ForeignKeyField(Store, unique=True, on_delete="CASCADE")
    application = peewee.ForeignKeyField(Application, on_delete="RESTRICT")
    refresh_token = SealedField(null=True)
    code = SealedField(null=True)
    last4 = peewee.CharField(max_length=4, default="")
    created_at: UtcField = created_at()

    about = About(why="lets the portal call Amazon for the store", keep="until the store is disconnected",
                  plain="id store application created_at", secret="refresh_token code last4")  # fmt: skip

    def seal_subject(self) -> str:
        return self.store.vault_subject

    def keep_token(self, refresh_token: str) -> None:
        """The token an authorization code was exchanged for; the code is spent."""
        self.seal(refresh_token=refresh_token)
        self.change(refresh_token=self.refresh_token, code=None, last4=refresh_token[-4:])

    def secrets(self) -> tuple[str, str, str | None, str | None]:
        """Client id, client secret, refresh token, authorization code. For the job that calls Amazon, nobody else."""
        secret = self.application.unseal("client_secret")
        return self.application.client_id, secret or "", self.unseal("refresh_token"), self.unseal("code")


class StoreMarketplace(Record):
    store = peewee.ForeignKeyField(Store, backref="rows", on_delete="CASCADE")
    marketplace_id = peewee.CharField(max_length=LONGEST_ID)
    name = peewee.CharField(max_length=80, default="")
    country = peewee.CharField(max_length=4, default="")
    currency = peewee.CharField(max_length=3, default="")
    language = peewee.CharField(max_length=12, default="")
    is_participating = peewee.BooleanField(default=True)

    about = About(why="where the store sells", keep="as the store",
                  plain="id store marketplace_id name country currency language is_participating")  # fmt: skip

    class Meta:
        indexes = ((("store", "marketplace_id"), True),)

    @property
    def code(self) -> str:
        return marketplace_code(self.marketplace_id)

    @property
    def is_known(self) -> bool:
        return self.marketplace_id in MARKETPLACES

    @classmethod
    def by_store(cls, stores: list[Store]) -> dict[int, list[StoreMarketplace]]:
        """Where each store sells, Amazon's own marketplaces first, by store id (one query)."""
        found: dict[int, list[StoreMarketplace]] = {store.id: [] for store in stores}
        for row in cls.select().where(cls.store.in_(stores or [0]), cls.is_participating):
            found[row.store_id].append(row)
        return {store: sorted(rows, key=lambda row: (not row.is_known, row.code)) for store, rows in found.items()}

    @classmethod
    def keep_all(cls, store: Store, parts: list[Any]) -> None:
        """Keeps what Amazon reported; in what it no longer names the store takes no part."""
        for part in parts:
            if len(part.marketplace_id) <= LONGEST_ID:
                cls._keep(store, part)
        cls.update(is_participating=False).where(
            cls.store == store, cls.marketplace_id.not_in([part.marketplace_id for part in parts])
        ).execute()

    @classmethod
    def _keep(cls, store: Store, part: Any) -> None:
        known = MARKETPLACES.get(part.marketplace_id)
        currency = part.currency if CURRENCY.fullmatch(part.currency) else ""
        values = {
            "name": part.name[:80],
            "country": part.country[:4],
            "currency": currency or (known.currency if known else ""),
            "language": part.language[:12] or (known.language if known else ""),
            "is_participating": part.is_participating,
        }
        row = cls.get_or_none(cls.store == store, cls.marketplace_id == part.marketplace_id)
        if row is None:
            cls.create(store=store, marketplace_id=part.marketplace_id, **values)
        else:
            row.change(**values)


@of_things
def _names_of_stores(team: Team) -> list[str]:
    """No person's sign-in name is the name of a store."""
    return [store.name for store in Store.of_team(team)]
