"""Amazon's product types as fetched: per marketplace and language the schema, kept by checksum."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import lru_cache
from typing import Any

import peewee

from models.catalog.schema import Attribute, attributes_of
from models.support import clock
from models.support.db import write_txn
from models.support.fields import JsonField, UtcField
from models.support.record import About, Record

REFRESH_AFTER = timedelta(days=1)
LOCALES = {"en": "en_US", "zh_Hans": "zh_CN"}


def locale_for(language: str) -> str:
    """Amazon's locale for a language of ours (schemas and issues come in it)."""
    return LOCALES.get(language, "en_US")


class ProductType(Record):
    """A product type on one marketplace in one language. Without a schema it is only known by name."""

    name = peewee.CharField(max_length=80)
    marketplace_id = peewee.CharField(max_length=24)
    locale = peewee.CharField(max_length=12)
    display_name = peewee.CharField(max_length=120)
    version = peewee.CharField(max_length=80, default="")
    checksum = peewee.CharField(max_length=80, default="")
    schema = peewee.TextField(default="")
    groups = JsonField(default=list)
    fetched_at = UtcField(null=True)

    about = About(why="which attributes Amazon wants", keep="until Amazon changes it",
                  plain="id name marketplace_id locale display_name version checksum schema groups fetched_at")  # fmt: skip

    class Meta:
        indexes = ((("name", "marketplace_id", "locale"), True), (("marketplace_id", "locale"), False))

    @property
    def is_fresh(self) -> bool:
        return bool(self.schema) and self.fetched_at is not None and self.fetched_at > clock.now() - REFRESH_AFTER

    @property
    def definition(self) -> dict:
        """The schema as JSON (do not change it: it is shared)."""
        return _parsed(self.checksum, self.schema)

    @property
    def attributes(self) -> list[Attribute]:
        return attributes_of(self.definition, [(title, names) for title, names in self.groups])

    @classmethod
    def find(cls, name: str, marketplace_id: str, locale: str) -> ProductType | None:
        return cls.get_or_none(cls.name == name, cls.marketplace_id == marketplace_id, cls.locale == locale)

    @classmethod
    def titles_of(cls, names: set[str], marketplace_id: str, language: str) -> dict[str, dict[str, str]]:
        """Amazon's titles of attributes in the reader's language: product type → attribute → title."""
        rows = cls.select().where(
            cls.name.in_(names or {""}), cls.marketplace_id == marketplace_id, cls.locale == locale_for(language)
        )
        return {row.name: row.titles for row in rows}

    @property
    def titles(self) -> dict[str, str]:
        properties = self.definition.get("properties")
        parts = properties.items() if isinstance(properties, dict) else ()
        return {name: str(part.get("title") or name) for name, part in parts if isinstance(part, dict)}

    @classmethod
    def with_schema(cls, name: str, marketplace_ids: list[str], locale: str) -> ProductType | None:
        """The product type on the first of these marketplaces whose schema was fetched (two queries)."""
        rows = cls.select(cls.id, cls.marketplace_id).where(
            cls.name == name, cls.marketplace_id.in_(marketplace_ids or [""]), cls.locale == locale, cls.schema != ""
        )
        first = min(rows, key=lambda row: marketplace_ids.index(row.marketplace_id), default=None)
        return first.reload() if first else None

    @classmethod
    def keep_names(cls, names: list[Any], marketplace_id: str, locale: str) -> None:
        """Keeps the names Amazon offers; each has name and display_name."""
        rows = [
            {
                "name": n.name[:80],
                "marketplace_id": marketplace_id,
                "locale": locale,
                "display_name": n.display_name[:120],
            }
            for n in names
        ]
        with write_txn():
            for start in range(0, len(rows), 100):
                cls.insert_many(
                    [
                        row | {"version": "", "checksum": "", "schema": "", "groups": []}
                        for row in rows[start : start + 100]
                    ]
                ).on_conflict(
                    conflict_target=[cls.name, cls.marketplace_id, cls.locale],
                    update={cls.display_name: peewee.EXCLUDED.display_name},
                ).execute()

    @classmethod
    def keep(cls, snapshot: Any, marketplace_id: str, locale: str, schema: str) -> ProductType:
        """Keeps a definition and its schema text (empty: the one held is still right)."""
        with write_txn():
            row = cls.find(snapshot.product_type, marketplace_id, locale)
            values = {
                "display_name": snapshot.display_name[:120], "version": snapshot.version[:80], "checksum": snapshot.checksum[:80],
                "groups": [list(group) for group in snapshot.groups], "fetched_at": clock.now(),
            } | ({"schema": schema} if schema else {})  # fmt: skip
            if row is None:
                return cls.create(name=snapshot.product_type, marketplace_id=marketplace_id, locale=locale, **values)
            return row.change(**values)

    @classmethod
    def offered(cls, marketplace_ids: list[str], locale: str) -> list[tuple[str, str]]:
        """Names and titles a form offers for these marketplaces, by title."""
        rows = (
            cls.select(cls.name, cls.display_name)
            .where(cls.marketplace_id.in_(marketplace_ids or [""]), cls.locale == locale)
            .distinct()
        )
        return sorted({row.name: row.display_name for row in rows}.items(), key=lambda pair: pair[1].casefold())


@lru_cache(maxsize=64)
def _parsed(_checksum: str, schema: str) -> dict:
    parsed = json.loads(schema) if schema else {}
    return parsed if isinstance(parsed, dict) else {}
