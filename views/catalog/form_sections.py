"""The sections of the product form: a list beside it leads to each and says how much is wrong there."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from models.catalog.declaring import DECLARED
from models.catalog.product import LANGUAGES
from views.support.forms import Form

TEXTS = ("title", "bullets", "description", "keywords")
IMAGES = ("upload", "image_urls")


@dataclass(frozen=True)
class Section:
    id: str
    label: str
    errors: int = 0


def sections(form: Form, languages: list[str], has_attributes: bool) -> list[Section]:
    """In the order of the page. `languages` begins with the master's."""
    wrong = [section_of(name) for name in form.errors]
    named = [
        ("product", _("Product")),
        *((f"text-{language}", LANGUAGES.get(language, language)) for language in languages),
        ("variants", _("Variants")),
        *([("attributes", _("Attributes of the product type"))] if has_attributes else []),
        ("images", _("Images")),
        ("package", _("Package")),
        ("customs", _("Customs")),
    ]
    master = f"text-{languages[0]}" if languages else ""
    return [
        Section(f"section-{name}", label, wrong.count("text-" if name == master else name)) for name, label in named
    ]


def section_of(field: str) -> str:
    """Where a field of the form stands; "text-" alone is the master's text."""
    stem, _dash, language = field.partition("-")
    if stem in TEXTS:
        return f"text-{language}"
    if stem == "variants":
        return "variants"
    if field.startswith("attr."):
        return "attributes"
    if field in IMAGES:
        return "images"
    if field in DECLARED:
        return "customs"
    return "package" if field.startswith(("package_", "item_weight", "carton_", "cargo")) else "product"
