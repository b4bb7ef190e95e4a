"""Amazon's own swagger models as a judge of requests and responses. The models are not part of the project: the folder is
named by PORTOLAN_AMAZON_MODELS. Unset, `models()` gives none; set to a folder without them, it is an error.

`check_request(method, url, body)` and `check_response(method, path, status, body)` raise `NotAmazon` with every violation.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from jsonschema import Draft4Validator, FormatChecker

VARIABLE = "PORTOLAN_AMAZON_MODELS"
FILES = (
    "sellers.json",
    "definitionsProductTypes_2020-09-01.json",
    "listingsItems_2021-08-01.json",
    "orders_2026-01-01.json",
    "ordersV0.json",
    "messaging.json",
    "solicitations.json",
)
# Of the Uploads API (2020-11-01), written down from Amazon's model of it: the folder has none.
OURS = Path(__file__).parent / "uploads_2020-11-01.json"
GREEDY = "x-amazon-spds-greedy-path-parameter"
CALLED = {  # Of models that we use in part. The rest of an old version has the names of new ones.
    "ordersV0.json": {"confirmShipment"},
    "messaging.json": {
        "getMessagingActionsForOrder", "GetAttributes", "confirmCustomizationDetails", "createConfirmDeliveryDetails",
        "createConfirmOrderDetails", "createConfirmServiceDetails", "createDigitalAccessKey", "createUnexpectedProblem", "sendInvoice", "CreateWarranty",
        "createLegalDisclosure",
    },
}  # fmt: skip
WORDS = re.compile(r"[`']([A-Z][A-Z0-9_]+)[`']")
POSSIBLE = re.compile(r"Possible values?\**:(.*?)(?:\*\*Note|\Z)", re.DOTALL)
LAST_SECOND = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")


class NotAmazon(AssertionError):
    """A request or response that Amazon's model does not describe."""

    def __init__(self, about: str, violations: list[str]):
        super().__init__(f"{about}\n" + "\n".join(f"  - {violation}" for violation in violations))
        self.violations = violations


class ModelsMissing(RuntimeError):
    """The variable names a folder that does not hold the models."""


@dataclass(frozen=True)
class OfficialOperation:
    name: str
    method: str
    template: str
    spec: dict[str, Any]
    definitions: dict[str, Any]

    @property
    def rate(self) -> float:
        return float(self._plan["rate"])

    @property
    def burst(self) -> int:
        return int(self._plan["burst"])

    @property
    def _plan(self) -> dict[str, Any]:
        """Of sendInvoice none is stated: it is taken to be that of every other message."""
        plan: dict[str, Any] = self.spec.get("x-usage-plan") or {"sendInvoice": {"rate": 1, "burst": 5}}[self.name]
        return plan

    def parameters(self, place: str) -> dict[str, dict[str, Any]]:
        return {one["name"]: one for one in self.spec.get("parameters", []) if one["in"] == place}


@cache
def models() -> tuple[OfficialOperation, ...] | None:
    """Every operation of the models, or none when no folder is named."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        return None
    missing = [name for name in FILES if not (Path(folder) / name).is_file()]
    if missing:
        raise ModelsMissing(f"{VARIABLE} is {folder}, which has no {', '.join(missing)}.")
    files = [*(Path(folder) / name for name in FILES), OURS]
    return tuple(operation for file in files for operation in _read(file))


def find(method: str, path: str) -> tuple[OfficialOperation, dict[str, str]]:
    """The operation a raw path belongs to, and its path parameters, decoded."""
    for operation in models() or ():
        wanted, have = operation.template.split("/"), path.split("/")
        if any(one.get(GREEDY) for one in operation.parameters("path").values()):
            have = [*have[: len(wanted) - 1], "/".join(have[len(wanted) - 1 :])]
        if operation.method != method.upper() or len(wanted) != len(have):
            continue
        if all(want == part or (want.startswith("{") and part) for want, part in zip(wanted, have, strict=True)):
            pairs = zip(wanted, have, strict=True)
            return operation, {want[1:-1]: unquote(part) for want, part in pairs if want.startswith("{")}
    raise NotAmazon(f"{method} {path}", ["no operation of the models has this method and path"])


def check_request(method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> OfficialOperation:
    """Holds a request against its model: path, query parameters, body, and the headers if they are given."""
    parts = urlsplit(url)
    operation, _ = find(method, parts.path)
    known = operation.parameters("query")
    given = parse_qs(parts.query, keep_blank_values=True)
    violations = [f"query: '{name}' is no parameter of {operation.name}" for name in given if name not in known]
    violations += [
        f"query: '{name}' is required" for name, spec in known.items() if spec["required"] and name not in given
    ]
    for name, values in given.items():
        if name in known:
            violations += [f"query: '{name}' {problem}" for problem in _query_problems(known[name], values)]
    violations += _body_problems(operation, body)
    if headers is not None:
        lower = {name.lower() for name in headers}
        violations += [
            f"header: '{name}' is missing" for name in ("user-agent", "x-amz-access-token") if name not in lower
        ]
    if violations:
        raise NotAmazon(f"{operation.name}: {method} {url}", violations)
    return operation


def check_response(method: str, path: str, status: int, body: Any, *, strict: bool = True) -> OfficialOperation:
    """Holds a response against its model. When strict, fields the model does not name and values outside the lists in its
    descriptions are violations too."""
    operation, _ = find(method, urlsplit(path).path)
    declared = operation.spec["responses"].get(str(status))
    if declared is None:
        raise NotAmazon(f"{operation.name} answered {status}", ["the model declares no such status"])
    schema = declared.get("schema")
    violations = _violations(operation, schema, body, strict) if schema else []
    if violations:
        raise NotAmazon(f"{operation.name} answered {status}", violations)
    return operation


def _read(file: Path) -> Iterator[OfficialOperation]:
    model = json.loads(file.read_text("utf-8"))
    for template, methods in model["paths"].items():
        for method, spec in methods.items():
            wanted = CALLED.get(file.name)
            if method != "parameters" and (wanted is None or spec["operationId"] in wanted):
                yield OfficialOperation(spec["operationId"], method.upper(), template, spec, model["definitions"])


def _query_problems(spec: dict[str, Any], values: list[str]) -> Iterator[str]:
    if spec["type"] != "array":
        if len(values) > 1:
            yield "is given more than once"
        yield from _text_problems(spec, values[0])
        return
    if spec.get("collectionFormat", "csv") == "csv" and len(values) > 1:
        yield "is repeated; lists are comma-separated"
    entries = [entry for value in values for entry in value.split(",")]
    if "maxItems" in spec and len(entries) > spec["maxItems"]:
        yield f"has {len(entries)} values, at most {spec['maxItems']} are allowed"
    for entry in entries:
        yield from _text_problems(spec["items"], entry)


def _text_problems(spec: dict[str, Any], text: str) -> Iterator[str]:
    if not text:
        yield "is empty"
    elif "enum" in spec and text not in spec["enum"]:
        yield f"is '{text}', which is not one of {spec['enum']}"
    elif spec["type"] == "integer":
        if not re.fullmatch(r"-?\d+", text):
            yield f"is '{text}', which is no whole number"
        elif "maximum" in spec and int(text) > spec["maximum"]:
            yield f"is {text}, more than {spec['maximum']}"
    elif spec["type"] == "boolean" and text not in ("true", "false"):
        yield f"is '{text}', which is neither true nor false"
    elif spec.get("format") == "date-time" and not LAST_SECOND.match(text):
        yield f"is '{text}', which is no date-time"


def _body_problems(operation: OfficialOperation, body: Any) -> list[str]:
    declared = operation.parameters("body")
    if not declared:
        return ["body: the operation has none"] if body is not None else []
    spec = next(iter(declared.values()))
    if body is None:
        return ["body: it is required"] if spec.get("required") else []
    return [f"body: {problem}" for problem in _violations(operation, spec["schema"], body, strict=False)]


def _violations(operation: OfficialOperation, schema: dict[str, Any], body: Any, strict: bool) -> list[str]:
    whole = {**_prepared(schema, strict), "definitions": _definitions(operation.name, strict)}
    found = Draft4Validator(whole, format_checker=FORMATS).iter_errors(body)
    return [f"{'/'.join(map(str, error.absolute_path)) or '(whole)'}: {_short(error.message)}" for error in found]


@cache
def _definitions(operation: str, strict: bool) -> dict[str, Any]:
    model = next(one.definitions for one in models() or () if one.name == operation)
    prepared: dict[str, Any] = _prepared(model, strict, named=True)
    return prepared


def _prepared(schema: Any, strict: bool, named: bool = False) -> Any:
    """Swagger 2.0 as JSON Schema draft 4. With `named` the value maps names to schemas."""
    if isinstance(schema, list):
        return [_prepared(one, strict) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if named:
        return {name: _prepared(one, strict) for name, one in schema.items()}
    ready = {
        key: _prepared(value, strict, named=key in ("properties", "definitions"))
        for key, value in schema.items()
        if key not in ("example", "x-enum", "x-nullable")
    }
    if strict and ready.get("type") == "object" and "properties" in ready:
        ready.setdefault("additionalProperties", False)
    texts = ready.get("items", {}) if ready.get("type") == "array" else ready
    if strict and texts.get("type") == "string" and "enum" not in texts:
        words = possible_values(schema.get("description", ""))
        if words:
            texts["enum"] = words
    if schema.get("x-nullable"):
        return {"anyOf": [{"type": "null"}, ready]}
    return ready


def possible_values(description: str) -> list[str]:
    """The values a description lists, for the enumerations Amazon only writes down in prose."""
    found = POSSIBLE.search(description)
    return WORDS.findall(found.group(1)) if found else []


def _short(message: str) -> str:
    return message if len(message) < 300 else message[:297] + "..."


FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def _is_date_time(value: Any) -> bool:
    return not isinstance(value, str) or bool(LAST_SECOND.match(value) and datetime.fromisoformat(value))


@FORMATS.checks("date", raises=ValueError)
def _is_date(value: Any) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


@FORMATS.checks("int32")
def _is_int32(value: Any) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


@FORMATS.checks("int64")
def _is_int64(value: Any) -> bool:
    return not isinstance(value, int) or -(2**63) <= value < 2**63
