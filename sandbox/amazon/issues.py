"""What is wrong with a listing, in Amazon's shape. An issue is kept as code, attributes and facts, and put into words when
somebody reads it, in the language they ask for."""

from __future__ import annotations

from typing import Any

from sandbox.amazon.marketplaces import data
from sandbox.amazon.schema import words

Issue = dict[str, Any]  # {"code", "attributes", "facts", "actions"}, JSON all the way down.


def issue(code: str, *attributes: str, actions: tuple[str, ...] = (), **facts: Any) -> Issue:
    return {"code": code, "attributes": list(attributes), "facts": facts, "actions": list(actions)}


def severity(found: Issue) -> str:
    return str(found.get("severity") or data("issues")[found["code"]]["severity"])


def stops(found: list[Issue]) -> bool:
    """Whether a submission with these issues is refused."""
    return any(severity(one) == "ERROR" for one in found)


def worded(found: Issue, locale: str, marketplace_id: str) -> dict[str, Any]:
    """An issue as the Listings Items API shows it."""
    told: dict[str, Any] = {
        "code": found["code"],
        "message": found.get("message") or _sentence(found, locale),
        "severity": severity(found),
        "categories": found["categories"] if "categories" in found else data("issues")[found["code"]]["categories"],
        "marketplaceIds": [marketplace_id],
    }
    if found["attributes"]:
        told["attributeNames"] = found["attributes"]
    if found["actions"]:
        told["enforcements"] = {
            "actions": [{"action": action} for action in found["actions"]],
            "exemption": {"status": "NOT_EXEMPT"},
        }
    return told


def _sentence(found: Issue, locale: str) -> str:
    facts = dict(found["facts"])
    if found["attributes"]:
        facts["title"] = words.attribute(found["attributes"][0], locale)
    for name in ("field", "expected", "counted"):
        if name in facts:
            facts[name] = words.field(facts[name], locale)
    return str(data("issues")[found["code"]]["words"][words.index(locale)]).format(**facts)


def together(by_marketplace: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The worded issues of several marketplaces as one list: the same issue names all its marketplaces."""
    merged: dict[tuple[Any, ...], dict[str, Any]] = {}
    for told in (one for many in by_marketplace.values() for one in many):
        same = merged.get((told["code"], told["message"], tuple(told.get("attributeNames", ()))))
        if same is None:
            merged[(told["code"], told["message"], tuple(told.get("attributeNames", ())))] = told
        else:
            same["marketplaceIds"] = [*same["marketplaceIds"], *told["marketplaceIds"]]
    return list(merged.values())
