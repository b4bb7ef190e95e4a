"""A whole product type schema, as bytes with their checksum. The same question always gives the same bytes: clients cache
schemas by checksum."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sandbox.amazon import marketplaces
from sandbox.amazon.marketplaces import Marketplace, data
from sandbox.amazon.schema import rules, shapes, words
from sandbox.amazon.schema.meta import META_SCHEMA, META_SCHEMA_ID, SCHEMA_ID

VERSION = "UAUTDXNwwyRXvSKV4Ir5vzLsqQQ="


@dataclass(frozen=True)
class Question:
    """What a schema depends on."""

    product_type: str
    marketplace_id: str
    requirements: str = "LISTING"
    enforced: bool = True
    locale: str = "en_US"
    parentage: str | None = None

    @property
    def marketplace(self) -> Marketplace:
        return marketplaces.by_id()[self.marketplace_id]


@dataclass(frozen=True)
class Document:
    text: bytes
    checksum: str

    @classmethod
    def of(cls, schema: dict[str, Any]) -> Document:
        text = json.dumps(schema, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(text, base64.b64encode(hashlib.md5(text, usedforsecurity=False).digest()).decode())


@lru_cache(maxsize=512)
def schema(question: Question) -> dict[str, Any]:
    """The schema as an object. Shared: nobody may change it."""
    marketplace, own = question.marketplace, data("product_types")[question.product_type]
    context = shapes.Context(marketplace, question.locale, tuple(own["themes"]))
    names = rules.attributes(question.product_type, marketplace, question.requirements, question.parentage)
    required, conditions = (
        rules.required(question.product_type, marketplace, question.requirements, question.parentage)
        if question.enforced
        else ([], [])
    )
    whole: dict[str, Any] = {
        "$schema": META_SCHEMA_ID,
        "$id": SCHEMA_ID.format(question.product_type),
        "$comment": f"Product type schema of the sandbox for {question.product_type}.",
        "$defs": _definitions(marketplace, question.locale),
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": {name: shapes.attribute(name, context) for name in names},
    }
    if conditions:
        whole["allOf"] = conditions
    return whole


@lru_cache(maxsize=512)
def document(question: Question) -> Document:
    return Document.of(schema(question))


@lru_cache(maxsize=1)
def meta_document() -> Document:
    return Document.of(META_SCHEMA)


def groups(question: Question) -> dict[str, Any]:
    """The schema's attributes by the group they are shown in."""
    position, found = words.index(question.locale), schema(question)["properties"]
    shown: dict[str, Any] = {}
    for group, title in data("groups").items():
        names = [name for name in found if (words.find(name)[0] or {}).get("group") == group]
        if names:
            shown[group] = {"title": title[position], "description": title[position], "propertyNames": names}
    return shown


def title(product_type: str, locale: str) -> str:
    return str(data("product_types")[product_type]["title"][words.index(locale)])


def _definitions(marketplace: Marketplace, locale: str) -> dict[str, Any]:
    return {
        "marketplace_id": {
            "title": words.field("marketplace_id", locale),
            "type": "string",
            "enum": [marketplace.id],
            "enumNames": [marketplace.name],
            "default": marketplace.id,
            "editable": False,
            "hidden": True,
        },
        "language_tag": {
            "title": words.field("language_tag", locale),
            "type": "string",
            "enum": list(marketplace.languages),
            "enumNames": list(marketplace.languages),
            "default": marketplace.language,
            "editable": False,
            "hidden": True,
        },
    }
