"""The Product Type Definitions API. A definition links to its schema; the link works without a token and for seven days."""

from __future__ import annotations

import re
from dataclasses import asdict

from sandbox.amazon import seal
from sandbox.amazon.call import Call
from sandbox.amazon.clock import DAY
from sandbox.amazon.errors import InvalidInput, NotFound
from sandbox.amazon.marketplaces import data
from sandbox.amazon.operations import Answer, operation
from sandbox.amazon.schema import build, rules, words
from sandbox.amazon.schema.build import Document, Question
from sandbox.amazon.world import World

DOCUMENTS = "/documents/"
LINK_LIFE = 7 * DAY


@operation("searchDefinitionsProductTypes", "GET", "/definitions/2020-09-01/productTypes", rate=5, burst=10)
def search_definitions_product_types(call: Call) -> Answer:
    wanted = call.marketplaces()
    keywords, item_name = call.csv("keywords"), call.text("itemName")
    if keywords and item_name:
        raise InvalidInput("'keywords' and 'itemName' cannot be used together.")
    locale = words.spoken(_locale(call), wanted[0])
    asked = keywords or (re.findall(r"\w+", item_name) if item_name else [])
    names = [name for name in data("product_types") if not asked or _fits(name, asked)]
    return 200, {
        "productTypes": [
            {"name": name, "displayName": build.title(name, locale), "marketplaceIds": [m.id for m in wanted]}
            for name in names
        ],
        "productTypeVersion": build.VERSION,
    }


@operation("getDefinitionsProductType", "GET", "/definitions/2020-09-01/productTypes/{productType}", rate=5, burst=10)
def get_definitions_product_type(call: Call) -> Answer:
    name, marketplace = call.path["productType"], call.marketplaces(most=1)[0]
    if name not in data("product_types"):
        raise NotFound(f"Product type '{name}' does not exist or is not available in {marketplace.id}.")
    call.choice("productTypeVersion", ("LATEST", "RELEASE_CANDIDATE", build.VERSION))
    question = Question(
        name,
        marketplace.id,
        call.choice("requirements", rules.SETS, "LISTING") or "",
        call.choice("requirementsEnforced", ("ENFORCED", "NOT_ENFORCED")) != "NOT_ENFORCED",
        words.spoken(_locale(call), marketplace),
        call.choice("parentageLevel", ("NONE", "CHILD", "PARENT")),
    )
    return 200, {
        "metaSchema": _link(call, build.meta_document(), {}),
        "schema": _link(call, build.document(question), asdict(question)),
        "requirements": question.requirements,
        "requirementsEnforced": "ENFORCED" if question.enforced else "NOT_ENFORCED",
        "propertyGroups": build.groups(question),
        "locale": question.locale,
        "marketplaceIds": [marketplace.id],
        "productType": name,
        "displayName": build.title(name, question.locale),
        "productTypeVersion": {"version": build.VERSION, "latest": True, "releaseCandidate": False},
    }


def document(world: World, link: str, now: int) -> Document | None:
    """The schema behind a link, or none when the link is not ours or too old."""
    content = seal.unseal(world.seed, "document", link)
    if content is None or content.pop("until") <= now:
        return None
    return build.document(Question(**content)) if content else build.meta_document()


def _link(call: Call, target: Document, content: dict[str, object]) -> dict[str, object]:
    link = seal.seal(call.world.seed, "document", {**content, "until": call.now + LINK_LIFE})
    return {"link": {"resource": f"{call.base_url}{DOCUMENTS}{link}", "verb": "GET"}, "checksum": target.checksum}


def _locale(call: Call) -> str | None:
    return call.choice("locale", ("DEFAULT", *words.LOCALES))


def _fits(product_type: str, asked: list[str]) -> bool:
    row = data("product_types")[product_type]
    known = " ".join([product_type.replace("_", " "), *row["title"], *row["keywords"]]).casefold()
    return any(len(word) > 1 and word.casefold() in known for word in asked)
