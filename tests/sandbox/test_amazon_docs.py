"""docs/sandbox.md names all there is: product types, issues, faults, control requests, options."""

import re
from pathlib import Path

from sandbox.__main__ import _parser
from sandbox.amazon import content, faults, marketplaces, order_life
from sandbox.amazon.world import World
from sandbox.web import create_app

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "sandbox.md").read_text("utf-8")


def test_every_product_type_stands_with_what_it_requires():
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*) \|$", DOCS, re.MULTILINE))
    for name, own in marketplaces.data("product_types").items():
        needed = [
            *own["required"],
            *own.get("members_only", []),
            *(n for rule in own.get("when", []) for n in rule["need"]),
        ]
        assert all(f"`{attribute}`" in rows[name] for attribute in needed)


def test_every_issue_fault_option_and_trigger_is_named():
    for code in marketplaces.data("issues"):
        assert re.search(rf"\b{code}\b", DOCS)
    for kind in faults.KINDS:
        assert f"`{kind}`" in DOCS
    for option in (text for action in _parser()._actions for text in action.option_strings if text.startswith("--")):
        assert option == "--help" or f"`{option}" in DOCS
    for brand in content.PROTECTED_BRANDS:
        assert brand in DOCS.casefold()
    assert {"DELIVERED", "CANCEL_REQUESTED"} <= set(order_life.FATES)


def test_every_control_request_is_named():
    for rule in create_app(World()).url_map.iter_rules():
        if rule.rule.startswith("/_sandbox/"):
            path = re.sub(r"<(?:int:number)>", "<id>", rule.rule).replace("<path:sku>", "<sku>")
            line = next(line for line in DOCS.splitlines() if path in line)
            assert all(method in line for method in rule.methods - {"HEAD", "OPTIONS"})
