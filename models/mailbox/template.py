"""A ready answer in several languages, kept by versions: whoever changes a text makes a new version, and the old ones stay to be read.

A template is a whole answer; a snippet is a sentence that goes into one. `{{order_id}}` and its like are filled in for the thread
(models/mailbox/filling.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import peewee

from models.audit.event import declare, track
from models.mailbox.filling import VARIABLES, variables_of
from models.mailbox.lint import lint
from models.people.person import Person
from models.people.team import Team
from models.support.bulk import among
from models.support.db import db, write_txn
from models.support.errors import FieldRefused, Refused
from models.support.fields import StatusField, UidField
from models.support.record import About, Record, TeamRecord, created_at
from models.support.words import Words, say

KINDS = {"template": say("Whole answer"), "snippet": say("Snippet")}
LANGUAGES = ("en", "de", "fr", "es", "it", "ja", "zh", "nl", "pl", "pt", "sv", "tr", "ar")
FALLBACK = "en"
MOST_NAME, MOST_TEXT, MOST_OF_A_TEAM = 80, 4000, 300

declare("template_made", say("%(actor)s made the template %(object)s"))
declare("template_changed", say("%(actor)s changed the template %(object)s in %(language)s"), "language", "version")
declare("template_renamed", say("%(actor)s renamed the template %(object)s"), "was")
declare("template_retired", say("%(actor)s took the template %(object)s away"))


class MailTemplate(TeamRecord):
    """`uses` counts answers that were begun with it. One that was taken away keeps its texts, for those who look back."""

    uid = UidField()
    team = peewee.ForeignKeyField(Team, index=False, on_delete="CASCADE")
    name = peewee.CharField(max_length=MOST_NAME)
    folded = peewee.CharField(max_length=MOST_NAME * 3)
    kind = StatusField(*KINDS, default="template")
    uses = peewee.IntegerField(default=0)
    is_retired = peewee.BooleanField(default=False)
    created_at = created_at()

    about = About(
        why="ready answers to buyers",
        keep="as long as the team",
        plain="id uid team name folded kind uses is_retired created_at",
    )

    @property
    def label(self) -> str:
        return self.name

    @property
    def kind_words(self) -> Words:
        return KINDS[self.kind]

    # Asking

    @classmethod
    def of_team(cls, team_id: int) -> list[MailTemplate]:
        mine = cls.select().where(cls.team == team_id, cls.is_retired == False)  # noqa: E712
        return list(mine.order_by(cls.kind.desc(), cls.folded))

    def texts(self) -> dict[str, TemplateText]:
        """The text that holds now, in each language it has."""
        return newest([self]).get(self.id, {})

    def text_for(self, language: str) -> TemplateText | None:
        """In this language, else in English, else in any it has."""
        texts = self.texts()
        return texts.get(language[:2]) or texts.get(FALLBACK) or next(iter(texts.values()), None)

    def versions(self, language: str) -> list[TemplateText]:
        """All there were, the newest first, with who wrote them."""
        query = TemplateText.select(TemplateText, Person).join(Person, peewee.JOIN.LEFT_OUTER)
        return list(
            query.where(TemplateText.template == self, TemplateText.language == language).order_by(
                TemplateText.version.desc()
            )
        )

    # Changing

    @classmethod
    def make(cls, team: Team, name: str, kind: str, texts: dict[str, str], *, by: Any = None) -> MailTemplate:
        """Raises FieldRefused for a name that is empty or taken, and for a text that may not be sent."""
        name, texts = _name(name), {language: text for language, text in texts.items() if text.strip()}
        if kind not in KINDS:
            raise FieldRefused("kind", "Choose what it is.")
        if not texts:
            raise FieldRefused("text", "Write the text in one language at least.")
        for text in texts.values():
            require_sendable(text)
        with write_txn():
            Team.take_turn(team.id)
            if cls.select().where(cls.team == team).count() >= MOST_OF_A_TEAM:
                raise Refused("A team has at most %(most)s templates.", most=MOST_OF_A_TEAM)
            made = _unless_taken(lambda: cls.create(team=team, name=name, folded=name.casefold(), kind=kind))
            for language, text in texts.items():
                TemplateText.create(
                    template=made, language=_language(language), version=1, text=text.strip(), written_by=by
                )
            track("template_made", made, by=by)
        return made

    def rename(self, name: str, *, by: Any) -> None:
        name = _name(name)
        if name == self.name:
            return
        was = self.name
        with write_txn():
            _unless_taken(lambda: self.change(name=name, folded=name.casefold()))
            track("template_renamed", self, by=by, was=was)

    def write(self, language: str, text: str, *, seen: int, by: Any) -> TemplateText | None:
        """A new version in this language; None when nothing changed. `seen` is the version the person saw (0 for none): who was
        overtaken is told so. Raises FieldRefused, Refused."""
        language, text = _language(language), text.strip()
        require_sendable(text)
        with write_txn():
            type(self).take_turn(self.id)
            last = self.texts().get(language)
            if (last.version if last else 0) != seen:
                raise Refused("Somebody changed this text meanwhile. Look at it again before you change it.")
            if last is not None and last.text == text:
                return None
            version = seen + 1
            made = TemplateText.create(template=self, language=language, version=version, text=text, written_by=by)
            track("template_changed", self, by=by, language=language, version=version)
        return made

    def retire(self, *, by: Any) -> None:
        with write_txn():
            self.change(is_retired=True, folded=f"{self.folded[: MOST_NAME * 2]} #{self.id}")
            track("template_retired", self, by=by)

    def count_use(self) -> None:
        with write_txn():
            type(self).update(uses=MailTemplate.uses + 1).where(MailTemplate.id == self.id).execute()


class TemplateText(Record):
    template = peewee.ForeignKeyField(MailTemplate, index=False, backref="all_texts", on_delete="CASCADE")
    language = peewee.CharField(max_length=8)
    version = peewee.IntegerField()
    text = peewee.TextField()
    written_by = peewee.ForeignKeyField(Person, null=True, index=False, on_delete="SET NULL", backref="+")
    written_at = created_at()

    about = About(why="what a ready answer says, in each version", keep="as its template", plain="id template language version text written_at",
                  staff="written_by")  # fmt: skip

    class Meta:
        indexes = ((("template", "language", "version"), True),)


MailTemplate.add_index(MailTemplate.team, MailTemplate.folded, unique=True)


def newest(templates: Iterable[MailTemplate]) -> dict[int, dict[str, TemplateText]]:
    """The texts that hold now, by template and language."""
    found: dict[int, dict[str, TemplateText]] = {}
    query = TemplateText.select().where(among(TemplateText.template, [one.id for one in templates]))
    for text in query.order_by(TemplateText.version):
        found.setdefault(text.template_id, {})[text.language] = text
    return found


def require_sendable(text: str) -> None:
    """Raises FieldRefused for what could not be sent, whatever is filled in."""
    if len(text) > MOST_TEXT:
        raise FieldRefused("text", "A text has at most %(most)s characters.", most=MOST_TEXT)
    if unknown := [name for name in variables_of(text) if name not in VARIABLES]:
        raise FieldRefused("text", "Nobody knows what to put in for %(name)s.", name="{{" + unknown[0] + "}}")
    blocking = [one for one in lint(text) if one.blocks and one.code != "PLACEHOLDER_LEFT"]
    if blocking:
        raise FieldRefused("text", blocking[0].words)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= MOST_NAME:
        raise FieldRefused("name", "A name has 1 to %(most)s characters.", most=MOST_NAME)
    return name


def _language(language: str) -> str:
    if language not in LANGUAGES:
        raise FieldRefused("language", "Choose a language from the list.")
    return language


def _unless_taken(act: Any) -> Any:
    try:
        with db.atomic():
            return act()
    except peewee.IntegrityError:
        raise FieldRefused("name", "Another template has this name.") from None
