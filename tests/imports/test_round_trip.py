"""What the portal writes it reads back: a file that says what is stored changes nothing, whatever is stored."""

from __future__ import annotations

import io

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from xlsxwriter import Workbook

from models.catalog import saving
from models.catalog.draft import ImageDraft, ProductDraft, TextDraft, VariantDraft, draft_of
from models.catalog.product import Product
from models.catalog.product_importer import ProductPlanner
from models.catalog.product_rows import rows_of
from models.catalog.variant import Variant
from models.imports.cells import bare, clean
from models.imports.reading import Shape, survey
from models.imports.spool import Spool
from models.support.sheets import Sheet, SheetColumn, write_csv
from tests.stores.selling import barcode

text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).map(clean)
stored = text.filter(lambda value: value and not value.startswith("'"))
sku = st.from_regex(r"[A-Za-z0-9=+@-][A-Za-z0-9_./=+-]{0,15}", fullmatch=True).filter(
    lambda value: not value.startswith("'")
)
size = st.none() | st.integers(1, 100_000)


attributes = st.dictionaries(
    st.sampled_from(["material", "special_feature", "capacity2"]),
    st.lists(st.fixed_dictionaries({"value": stored}, optional={"unit": stored, "size": st.fixed_dictionaries({"value": stored})}),
             min_size=1, max_size=12),
    max_size=2,
)  # fmt: skip


@st.composite
def drafts(draw):
    language = draw(st.sampled_from(["en", "zh", "ja"]))
    other = draw(st.sampled_from(["de", "fr"]))
    texts = {language: draw(text_drafts)} | ({other: draw(text_drafts)} if draw(st.booleans()) else {})
    skus = draw(st.lists(sku, min_size=1, max_size=4, unique=True))
    return ProductDraft(
        code=draw(stored)[:40].strip() or "x", language=language, texts=texts, variants=[draw(variants(one)) for one in skus],
        brand=draw(st.just("") | stored), country_of_origin=draw(st.sampled_from(["CN", "VN"])),
        package_length_mm=draw(size), item_weight_grams=draw(size), attributes=draw(attributes),
        images=[ImageDraft(url=f"https://images.example.com/{n}.jpg") for n in range(draw(st.integers(0, 3)))],
    )  # fmt: skip


text_drafts = st.builds(
    TextDraft, title=stored, description=st.just("") | stored, bullets=st.lists(stored, max_size=4), keywords=st.just("") | stored
)  # fmt: skip


@st.composite
def variants(draw, name):
    return VariantDraft(
        name, draw(st.sampled_from(["", barcode(7), barcode(8)])), draw(st.dictionaries(st.sampled_from(["color", "size"]), stored)),
        draw(st.none() | st.integers(0, 10**9)), draw(st.sampled_from(["CNY", "JPY"])), draw(st.integers(0, 10**6)),
        draw(st.dictionaries(st.sampled_from(["EUR", "JPY", "USD"]), st.integers(1, 10**9))),
    )  # fmt: skip


def as_csv(rows, columns):
    sheet = Sheet("x", [SheetColumn(name, lambda row, name=name: row.get(name, "")) for name in columns], "UTC")
    return b"".join(write_csv(sheet, rows))


def as_xlsx(rows, columns):
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate([dict(zip(columns, columns, strict=True)), *rows]):
            for place, name in enumerate(columns):
                page.write_string(number, place, row.get(name, ""))
    return out.getvalue()


def plans_of(team, content, format_, folder):
    path = folder / "file"
    path.write_bytes(content)
    from models.catalog.product_importer import PRODUCTS

    shape = survey(path, Shape(format_), PRODUCTS.fields).shape
    headings = survey(path, shape, PRODUCTS.fields).headings
    with Spool(PRODUCTS, folder).fill(path, shape, headings) as spool:
        assert spool.errors == []
        return [plan for bundle in spool.records(50) for plan in ProductPlanner(team, frozenset(headings)).plan(bundle)]


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(draft=drafts(), format_=st.sampled_from(["csv"] * 7 + ["xlsx"]))
def test_what_is_written_is_read_back_and_changes_nothing(lotus, portal, tmp_path, draft, format_):
    Product.delete().execute()
    saving.create(lotus, draft)
    held = draft_of(Product.get())
    rows = list(rows_of(held))
    columns = list(dict.fromkeys(name for row in rows for name in row))
    content = (as_csv if format_ == "csv" else as_xlsx)(rows, columns)
    (plan,) = plans_of(lotus, content, format_, tmp_path)
    assert (plan.verb, plan.differences, plan.errors) == ("unchanged", {}, [])
    assert Variant.select().count() == len(draft.variants)


@given(st.text())
def test_a_cell_is_clean_and_stays_so(cell):
    once = clean(cell)
    assert clean(once) == once and "\0" not in once and not any(sign in once for sign in "\u202e\u2066\ufeff")
    assert bare(once) in (once, once[1:])
