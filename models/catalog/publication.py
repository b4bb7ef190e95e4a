"""A publication: one attempt to bring a listing to Amazon. *Accepted is not live.*

waiting → previewed → submitted → accepted → live, or refused (Amazon named what is wrong), failed (it could not be
carried out), stopped (a person withdrew it). The state is stored before each call, so a killed job goes on from there;
sending the same listing twice does no harm.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import peewee

from models.audit.event import declare, track
from models.audit.measure import measure
from models.audit.telling import as_said, tell
from models.catalog.attributes import FIELDS, field_of
from models.catalog.differences import LABELS
from models.catalog.listing import Listing
from models.catalog.product_type import LOCALES
from models.catalog.sight import DISTANCES, observe, shows
from models.catalog.variant import Variant
from models.people.team import Team
from models.stores.store import ON_DISCONNECTION, Store
from models.support import clock
from models.support.db import write_txn
from models.support.errors import Refused
from models.support.fields import JsonField, StatusField, UidField, UtcField
from models.support.job_run import wake
from models.support.record import About, Record, TeamRecord, created_at
from models.support.words import Words, say

OPEN = ("waiting", "previewed", "submitted", "accepted")
ENDED = ("live", "refused", "failed", "stopped")
STEPS = (*OPEN, "live")
MOST_ATTEMPTS = 12
READ_BACK_GIVE_UP = timedelta(hours=72)
# So long Amazon may still show what a listing was before a new submission of it.
SETTLES_WITHIN = timedelta(minutes=15)
MOST_ISSUES = 200
CHUNK = 100

declare("publications_asked", say("%(actor)s asked to publish %(count)s listings"), "count", "stores")
declare("publication_live", say("%(object)s is live on Amazon"), "asin", "seconds")
declare("publication_refused", say("Amazon refused %(object)s: %(codes)s"), "codes", "stage")
declare("publication_failed", say("%(object)s could not be published"), "problem")
tell("publication_failed.problem", as_said)
declare("publication_stopped", say("%(actor)s stopped publishing %(object)s"))
tell("publication_refused.codes", lambda code, beside: LABELS.get(FIELDS.get(code, "")))
tell("publication_refused.stage", {
    "check": say("Our own check"), "preview": say("Amazon's preview"), "submit": say("When it was sent"),
    "read": say("When it was read back"),
})  # fmt: skip
measure("listings_published", say("Listings published"), publications_asked=("count",))


class Publication(TeamRecord):
    store_column = "store"

    uid = UidField()
    team = peewee.ForeignKeyField(Team, on_delete="RESTRICT")
    store = peewee.ForeignKeyField(Store, on_delete="RESTRICT")
    listing = peewee.ForeignKeyField(Listing, backref="publications", on_delete="CASCADE")
    batch = peewee.UUIDField(index=True)
    state = StatusField(*OPEN, *ENDED, default="waiting")
    language = peewee.CharField(max_length=12, default="en")
    product_version = peewee.IntegerField(default=0)
    attributes = JsonField(default=dict)
    submission_id = peewee.CharField(max_length=80, default="")
    preview_answer = peewee.TextField(default="")
    submit_answer = peewee.TextField(default="")
    read_answer = peewee.TextField(default="")
    problem = peewee.TextField(default="")
    attempts = peewee.IntegerField(default=0)
    reads = peewee.IntegerField(default=0)
    due_at = UtcField(default=clock.now)
    asked_by_id = peewee.IntegerField(null=True)
    created_at: UtcField = created_at()
    submitted_at = UtcField(null=True)
    accepted_at = UtcField(null=True)
    ended_at = UtcField(null=True)

    about = About(
        why="what was sent to Amazon, and what Amazon answered", keep="18 months",
        plain="id uid team store listing batch state language product_version attributes submission_id preview_answer submit_answer "
        "read_answer problem attempts reads due_at asked_by_id created_at submitted_at accepted_at ended_at",
    )  # fmt: skip

    class Meta:
        indexes = ((("store", "state", "due_at"), False), (("listing", "id"), False))

    @property
    def label(self) -> str:
        return self.listing.label

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def step(self) -> int:
        """How far it came, 0 to 4; ended ones stand where they ended."""
        if self.state in STEPS:
            return STEPS.index(self.state)
        return 3 if self.accepted_at else 2 if self.submitted_at else 1 if self.preview_answer else 0

    @property
    def problem_words(self) -> Words | None:
        return Words.from_json(self.problem) if self.problem else None

    @property
    def issues(self) -> list[Issue]:
        order = peewee.Case(Issue.severity, (("ERROR", 0), ("WARNING", 1)), 2)
        return list(Issue.select().where(Issue.publication == self).order_by(order, Issue.id))

    @classmethod
    def ask(cls, listings: Iterable[Listing], *, language: str = "en", by: Any = None) -> uuid.UUID:
        """Asks to publish these listings, together as one batch. Those already on their way are left alone.

        Returns the batch. Raises Refused when nothing can be published.
        """
        batch = uuid.uuid4()
        wanted = {listing.id: listing for listing in listings}
        with write_txn():
            places = {listing.store_id for listing in wanted.values()}
            stores = {s.id: s for s in Store.select().where(Store.id.in_(places or [0]), Store.state == "active")}
            rows = [
                {"team": listing.team_id, "store": listing.store_id, "listing": listing.id, "batch": batch,
                 "language": language, "asked_by_id": by.id if by else None}
                for listing in wanted.values() if listing.store_id in stores
            ]  # fmt: skip
            for start in range(0, len(rows), CHUNK):  # One that is under way already is the index's business.
                cls.insert_many(rows[start : start + CHUNK]).on_conflict_ignore().execute()
            asked = list(cls.select(cls.listing, cls.store).where(cls.batch == batch))
            if not asked:
                raise Refused(
                    "Nothing to publish: these listings are on their way already, or their store is not connected."
                )
            mine = cls.select(cls.listing).where(cls.batch == batch)
            Listing.update(publication_state="waiting", issue_count=0).where(Listing.id.in_(mine)).execute()
            involved = [stores[store_id] for store_id in sorted({row.store_id for row in asked})]
            names = sorted(store.name for store in involved)
            one = involved[0] if len(involved) == 1 else None  # Then it is work on that store alone.
            track(
                "publications_asked", None, by=by, team=involved[0].team_id, store=one, count=len(asked), stores=names
            )
            for store in involved:
                wake("catalog.publish", str(store.uid))
        return batch

    @classmethod
    def due(cls, store: Store, limit: int = 200) -> list[Publication]:
        """Open publications of a store that can take a step now, oldest first."""
        query = cls.select().where(cls.store == store, cls.state.in_(OPEN), cls.due_at <= clock.now())
        return list(query.order_by(cls.due_at, cls.id).limit(limit))

    @classmethod
    def stores_with_work(cls) -> list[str]:
        """Uids of stores with a publication or a listing due."""
        due = cls.select(cls.store).where(cls.state.in_(OPEN), cls.due_at <= clock.now())
        watched = Listing.select(Listing.store).where(Listing.watch_at.is_null(False), Listing.watch_at <= clock.now())
        return [
            str(s.uid)
            for s in Store.select(Store.uid).where(Store.state == "active", Store.id.in_(due) | Store.id.in_(watched))
        ]

    @classmethod
    def next_due(cls) -> bool:
        return bool(cls.stores_with_work())

    @classmethod
    def of_batch(cls, reach: Any, batch: uuid.UUID) -> list[Publication]:
        query = cls.reachable(reach).select_extend(Listing, Variant).join(Listing).join(Variant)
        return list(query.where(cls.batch == batch).order_by(cls.id))

    @classmethod
    def of_listing(cls, listing: Listing, limit: int = 10) -> list[Publication]:
        return list(cls.select().where(cls.listing == listing).order_by(cls.id.desc()).limit(limit))

    @classmethod
    def rest(cls, store: Store, problem: Words, seconds: float) -> None:
        """The store has trouble that is nobody's of these: what is due waits a while, and none of it counts as a failure."""
        with write_txn():
            cls.update(due_at=clock.ahead(seconds=seconds), problem=problem.to_json()).where(
                cls.store == store, cls.state.in_(OPEN), cls.due_at <= clock.now()
            ).execute()

    # Steps, each taken by the job with the answer it got

    def refuse_locally(self, problems: list[tuple[str, Words]]) -> None:
        """What would surely be refused is not sent."""
        with write_txn():
            for attribute, words in problems:
                Issue.create(
                    publication=self, stage="check", code="PORTOLAN", severity="ERROR", attributes=[attribute], field=field_of(attribute),
                    words=words.to_json(),
                )  # fmt: skip
            self._end("refused", stage="check", codes=sorted({attribute for attribute, _ in problems}))

    def previewed(self, attributes: dict, product_version: int, answer: str, issues: list[Any]) -> None:
        """Amazon validated and would take it; warnings are kept."""
        with write_txn():
            self.move(
                ("waiting",), "previewed", attributes=attributes, product_version=product_version, preview_answer=answer
            )
            self._keep_issues("preview", issues)
            self._again_now()

    def refused(
        self, stage: str, issues: list[Any], *, attributes: dict | None = None, answer: str = "", seen: Any = None
    ) -> None:
        """Amazon refuses. `issues` are (issue, messages by locale); `seen` is the listing when it was read back."""
        column = {"preview": "preview_answer", "submit": "submit_answer", "read": "read_answer"}[stage]
        with write_txn():
            self.change(**{column: answer}, **({"attributes": attributes} if attributes is not None else {}))
            self._keep_issues(stage, issues)
            codes = sorted({issue.code for issue, _ in issues if issue.severity == "ERROR"}) or ["?"]
            if seen is not None:
                observe(self.listing, seen, is_live=False)
            self._end("refused", stage=stage, codes=codes)

    def submitting(self) -> None:
        """Noted before sending, so that a killed job knows the answer may have been lost."""
        with write_txn():
            self.move(("previewed", "submitted"), "submitted", submitted_at=self.submitted_at or clock.now())
            self.listing.change(publication_state="submitted")

    def accepted(self, submission_id: str, answer: str) -> None:
        with write_txn():
            self.move(
                "submitted", "accepted", submission_id=submission_id[:80], submit_answer=answer, accepted_at=clock.now(), attempts=0,
                problem="", due_at=clock.ahead(seconds=2),
            )  # fmt: skip
            self.listing.change(publication_state="accepted")

    def not_yet(self, answer: str) -> None:
        """Read back, and not buyable yet: look again, ever more patiently."""
        if clock.now() - (self.accepted_at or clock.now()) > READ_BACK_GIVE_UP:
            self.fail(
                say("Amazon accepted it but did not make it buyable within three days. Look at it in Seller Central.")
            )
            return
        wait = min(5 * 2 ** min(self.reads, 8), 900)
        self.change(read_answer=answer, reads=self.reads + 1, due_at=clock.ahead(seconds=wait), problem="", attempts=0)

    def live(self, seen: Any, answer: str, issues: list[Any]) -> None:
        """Buyable on Amazon, as read back."""
        with write_txn():
            self.change(read_answer=answer)
            self.move("accepted", "live", ended_at=clock.now(), problem="")
            self._keep_issues("read", issues)
            observe(self.listing, seen, is_live=True)
            self.listing.change(publication_state="live", watch_at=clock.now() + DISTANCES[0])
            seconds = round((clock.now() - self.created_at).total_seconds())
            track("publication_live", self.listing, asin=seen.asin, seconds=seconds)

    def may_see_the_old(self, seen: Any, errors: list[Any]) -> bool:
        """True while what Amazon shows may be from before this submission: it takes a while to work on a new one.

        That is the case for a price or title other than the one sent, and for the very errors an earlier attempt met.
        """
        if clock.now() - (self.accepted_at or clock.now()) > SETTLES_WITHIN:
            return False
        if "BUYABLE" in seen.statuses:
            return self.listing.live_at is not None and not shows(seen, self.attributes)
        before = Publication.select().where(Publication.listing == self.listing_id, Publication.id < self.id)
        earlier = before.order_by(Publication.id.desc()).first()
        if earlier is None or not errors:
            return False
        met = Issue.select().where(Issue.publication == earlier, Issue.stage.in_(("read", "late")))
        known = {(issue.code, *issue.attributes) for issue in met if issue.severity == "ERROR"}
        return {(issue.code[:40], *issue.attributes[:20]) for issue in errors} <= known

    def postpone(self, problem: Words, seconds: float, *, is_failure: bool = True) -> None:
        """A step failed for a passing reason: try again later, at most twelve times in a row."""
        attempts = self.attempts + (1 if is_failure else 0)
        if attempts >= MOST_ATTEMPTS:
            self.fail(problem)
            return
        wait = max(seconds, min(5 * 2**self.attempts, 900))
        self.change(attempts=attempts, problem=problem.to_json(), due_at=clock.ahead(seconds=wait))

    def fail(self, problem: Words) -> None:
        with write_txn():
            self.move(OPEN, "failed", problem=problem.to_json(), ended_at=clock.now())
            self.listing.change(publication_state="failed")
            track("publication_failed", self.listing, problem=problem)

    def stop(self, *, by: Any) -> None:
        """Withdraws it before it is sent. Raises Refused once Amazon has it."""
        if self.state not in ("waiting", "previewed"):
            raise Refused("It was sent to Amazon already and cannot be stopped any more.")
        with write_txn():
            self.move(("waiting", "previewed"), "stopped", ended_at=clock.now())
            self.listing.change(publication_state="stopped")
            track("publication_stopped", self.listing, by=by)

    def _again_now(self) -> None:
        self.change(due_at=clock.now(), attempts=0, problem="")
        self.listing.change(publication_state=self.state)

    def _end(self, state: str, *, stage: str, codes: list[str]) -> None:
        self.move(OPEN, state, ended_at=clock.now(), problem="")
        self.listing.change(publication_state=state, issue_count=Issue.errors_of(self))
        track("publication_refused", self.listing, codes=codes, stage=stage)

    def _keep_issues(self, stage: str, issues: list[Any]) -> None:
        Issue.delete().where(Issue.publication == self, Issue.stage == stage).execute()
        for issue, messages in issues[:MOST_ISSUES]:
            Issue.keep(self, stage, issue, messages)
        self.listing.change(issue_count=Issue.errors_of(self))


Publication.add_index(
    Publication.index(Publication.listing, unique=True, where=Publication.state.in_(OPEN), name="publication_under_way")
)


def end_with_store(store: Store) -> None:
    """Nothing is published for a disconnected store: what was open stops."""
    Listing.update(publication_state="stopped").where(
        Listing.id.in_(
            Publication.select(Publication.listing).where(Publication.store == store, Publication.state.in_(OPEN))
        )
    ).execute()
    Publication.update(
        state="stopped", ended_at=clock.now(), problem=say("The store was disconnected.").to_json()
    ).where(Publication.store == store, Publication.state.in_(OPEN)).execute()


ON_DISCONNECTION.append(end_with_store)


class Issue(Record):
    """One thing Amazon (or our own check) says about a publication, pinned to a field, in the languages we asked for."""

    publication = peewee.ForeignKeyField(Publication, backref="rows", on_delete="CASCADE")
    stage = StatusField("check", "preview", "submit", "read", "late")
    code = peewee.CharField(max_length=40, default="")
    severity = peewee.CharField(max_length=16, default="ERROR")
    attributes = JsonField(default=list)
    field = peewee.CharField(max_length=120, default="")
    messages = JsonField(default=dict)
    words = peewee.TextField(default="")
    enforcements = JsonField(default=list)
    seen_at = UtcField(default=clock.now)

    about = About(why="what to mend in a listing", keep="as the publication",
                  plain="id publication stage code severity attributes field messages words enforcements seen_at")  # fmt: skip

    class Meta:
        indexes = ((("publication", "severity"), False),)

    @classmethod
    def keep(cls, publication: Publication, stage: str, issue: Any, messages: dict[str, str]) -> None:
        name = issue.attributes[0] if issue.attributes else ""
        cls.create(
            publication=publication, stage=stage, code=issue.code[:40], severity=issue.severity[:16], attributes=issue.attributes[:20],
            field=field_of(name)[:120] if name else "", messages=messages, enforcements=issue.enforcements[:20],
        )  # fmt: skip

    @classmethod
    def errors_of(cls, publication: Publication) -> int:
        return cls.select().where(cls.publication == publication, cls.severity == "ERROR").count()

    def message(self, language: str) -> str:
        """The sentence in the reader's language, else in whatever language there is."""
        if self.words:
            return str(Words.from_json(self.words))
        messages = self.messages
        return (
            messages.get(LOCALES.get(language, "en_US"))
            or messages.get("en_US")
            or next(iter(messages.values()), self.code)
        )


def issues_of(publications: list[Publication]) -> dict[int, list[Issue]]:
    """The issues of several publications by publication id, worst first (one query)."""
    found: dict[int, list[Issue]] = {}
    order = peewee.Case(Issue.severity, (("ERROR", 0), ("WARNING", 1)), 2)
    for issue in Issue.select().where(Issue.publication.in_(publications or [0])).order_by(order, Issue.id):
        found.setdefault(issue.publication_id, []).append(issue)
    return found
