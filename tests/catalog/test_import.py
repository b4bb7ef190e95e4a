"""Products from a CSV file: a dry run tells everything, a bad row costs its product only, a bad file changes nothing."""

from __future__ import annotations

import csv
import hashlib
import io

import pytest

from commands import imports
from models.audit.event import Event
from models.catalog import saving
from models.catalog.draft import ImageDraft, TextDraft, VariantDraft, draft_of
from models.catalog.product import Product
from models.catalog.variant import Variant
from models.imports.entry import ImportEntry, ImportRowError
from models.imports.record import Import
from models.support.errors import Refused
from tests.stores.selling import barcode, draft


def file(*rows: dict[str, str], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A CSV file with the columns of all rows."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


ROW = {"code": "P-1", "title": "Ball", "sku": "TOY-1", "price:EUR": "19.99", "quantity": "5"}


@pytest.fixture
def read(lotus, portal, tmp_path, _jobs_of_this_test):
    """`read(row, …)`: the dry run of a file, as the command does it."""

    def dry_run(*rows, team=lotus, name="x.csv", **options):
        file_of_rows = tmp_path / name
        file_of_rows.write_bytes(rows[0] if isinstance(rows[0], bytes) else file(*rows, **options))
        return imports.look(portal, team, "products", file_of_rows)

    return dry_run


@pytest.fixture
def bring(read, portal, alice):
    """`bring(row, …)`: reads and applies."""
    return lambda *rows, **options: imports.apply(portal, read(*rows, **options), by=alice)


def errors(batch):
    return [(error.row, error.column, error.value) for error in ImportRowError.of(batch)]


def words(batch):
    return [str(error.sentence) for error in ImportRowError.of(batch)]


def count(batch, verb):
    return batch.planned.get(verb, 0)


def test_every_column_finds_its_place(bring, alice):
    number = barcode(1)
    made = bring({
        "code": "P-1", "title": "Ball", "brand": "Harbor", "product_type": "pet_toy", "language": "en",
        "country_of_origin": "vn", "description": "A ball.\nRound.", "bullet1": "One", "bullet2": "", "bullet10": "Ten",
        "keywords": "dog", "title:de": "Kugel", "bullet1:de": "Eins", "description:de": "Rund", "package_length_mm": "120",
        "package_width_mm": "80", "package_height_mm": "70.0", "package_weight_grams": "1,234.0", "item_weight_grams": "300",
        "attr:pet_type": "dog", "attr:feature#10.value": "=1+1", "attr:feature": "a; b", "attr:feature#2": "", "attr:feature#3": "c",
        "attr:item_dimensions.length.value": "5", "attr:item_dimensions.length.unit": "inches",
        "image1": "https://images.example.com/1.jpg", "image2": "", "image3": "https://images.example.com/3.jpg",
        "sku": "TOY-1", "gtin": number, "option:color": "Blue", "quantity": "5", "cost": "5,10", "cost_currency": "usd",
        "price:EUR": "19.99", "price:JPY": "2980", "price:GBP": "",
    })  # fmt: skip
    assert errors(made) == []
    held = draft_of(Product.get())
    assert (held.brand, held.product_type, held.country_of_origin) == ("Harbor", "PET_TOY", "VN")
    assert held.texts == {
        "en": TextDraft("Ball", "A ball.\nRound.", ["One", "Ten"], "dog"), "de": TextDraft("Kugel", "Rund", ["Eins"], "")
    }  # fmt: skip
    assert (held.package_length_mm, held.package_height_mm, held.package_weight_grams) == (120, 70, 1234)
    assert held.attributes == {
        "pet_type": [{"value": "dog"}], "feature": [{"value": "a; b"}, {"value": "c"}, {"value": "=1+1"}],
        "item_dimensions": [{"length": {"value": "5", "unit": "inches"}}]
    }  # fmt: skip
    assert [image.url[-5:] for image in held.images] == ["1.jpg", "3.jpg"]
    assert held.variants == [
        VariantDraft("TOY-1", number, {"color": "Blue"}, 510, "USD", 5, {"EUR": 1999, "JPY": 2980})
    ]
    event = Event.select().where(Event.name == "products_imported").get()
    assert event.details == {"file": "x.csv", "created": 1, "changed": 0, "bad": 0} and event.actor_id == alice.id


def test_rows_of_one_code_are_variants_of_one_product_and_without_a_code_the_sku_is_one(bring):
    bring(ROW, {"code": "P-1", "sku": "TOY-2", "option:size": "L"}, {"sku": "LONE", "title": "Lonely"})
    assert {p.code: [v.sku for v in Variant.of(p)] for p in Product.select()} == {
        "P-1": ["TOY-1", "TOY-2"], "LONE": ["LONE"]
    }  # fmt: skip


def test_a_dry_run_stores_nothing(read):
    batch = read(ROW)
    assert count(batch, "new") == 1 and not Product.select().exists() and batch.state == "looked"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_comma_semicolon_or_tab_with_or_without_a_byte_order_mark(bring, delimiter, mark):
    bring(mark + file({**ROW, "title": "Große, runde; 茶\tball"}, delimiter=delimiter))
    assert Product.get().title == "Große, runde; 茶\tball"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_and_empty_lines_are_fine(bring, end):
    bring(end.join(["code,title,sku", "P-1,Ball,A", "", " , ,", "P-2,Ball,B", ""]).encode())
    assert Product.select().count() == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "file is empty"),
        (b"\n\n", "no rows"),
        (b"title,sku\n\xff\xfe,x", "encoding is not one"),
        (b"title,sku,tytle\nBall,x,y", "columns that are not known: tytle"),
        (b"title,sku,price:euro zone\nBall,x,1", "not known: price:euro zone"),
        (b"title,sku,attr:a..b\nBall,x,1", "not known: attr:a..b"),
        (b"title,sku,attr:a#1\nBall,x,1", "not known: attr:a#1"),
        (b"title,sku,attr:a#2#3\nBall,x,1", "not known: attr:a#2#3"),
        (b"title,sku,attr:a#100\nBall,x,1", "not known: attr:a#100"),
        (b"title,sku,attr:__class__\nBall,x,1", "not known"),
        (b"title,,sku\nBall,x,1", "not known: –"),
        (b"title,sku,sku\nBall,x,y", "sku stands twice"),
        (b"title,code\nBall,x", "column sku is missing"),
        (b"sku,code\nBall,x", "column title is missing"),
        (b"%PDF-1.7 ...", "This is no sheet"),
        (b"x" * (20 * 1024 * 1024 + 1), "larger than 20 MB"),
    ],
    ids=range(16),
)
def test_what_is_no_such_file_is_refused_in_a_sentence(read, content, words):
    with pytest.raises(Refused, match=words):
        read(content)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code": "", "sku": ""}, (2, "code", "")),
        ({"sku": ""}, (2, "sku", "")),
        ({"sku": "a\u200bb"}, (2, "sku", "a\u200bb")),
        ({"sku": "x" * 41}, (2, "sku", "x" * 41)),
        ({"title": ""}, (2, "title", "")),
        ({"title": "x" * 501}, (2, "title", "x" * 80)),
        ({"description": "x" * 20_001}, (2, "description", "x" * 80)),
        ({"code": "x" * 41}, (2, "code", "x" * 41)),
        ({"language": "tlh"}, (2, "language", "tlh")),
        ({"title:xx": "Hmm"}, (2, "title:xx", "Hmm")),
        ({"country_of_origin": "China"}, (2, "country_of_origin", "China")),
        ({"product_type": "no type"}, (2, "product_type", "no type")),
        ({"gtin": "4006381333932"}, (2, "gtin", "4006381333932")),
        ({"quantity": "many"}, (2, "quantity", "many")),
        ({"quantity": "1.5"}, (2, "quantity", "1.5")),
        ({"quantity": "-1"}, (2, "quantity", "-1")),
        ({"quantity": "99999999"}, (2, "quantity", "99999999")),
        ({"quantity": "1e5"}, (2, "quantity", "1e5")),
        ({"quantity": "nan"}, (2, "quantity", "nan")),
        ({"price:EUR": "19.999"}, (2, "price:EUR", "19.999")),
        ({"price:EUR": "1,999"}, (2, "price:EUR", "1,999")),
        ({"price:EUR": "0"}, (2, "price:EUR", "0")),
        ({"price:EUR": "=1+1"}, (2, "price:EUR", "=1+1")),
        ({"price:EUR": "19.99 €"}, (2, "price:EUR", "19.99 €")),
        ({"price:JPY": "10.5"}, (2, "price:JPY", "10.5")),
        ({"cost": "5", "cost_currency": "yuan"}, (2, "cost_currency", "yuan")),
        ({"package_length_mm": "0"}, (2, "package_length_mm", "0")),
        ({"option:color": "x" * 101}, (2, "option:color", "x" * 80)),
        ({"image1": "https://images.example.com/1.jpg", "image2": "http://10.0.0.1/x"}, (2, "image2", "http://10.0.0.1/x")),
        ({"attr:a#2": "1", "attr:a#2.value": "2"}, (2, "attr:a#2.value", "2")),
        ({"attr:a": "1", "attr:a.value": "2"}, (2, "attr:a.value", "2")),
        ({"attr:a": "1", "attr:a.value.b": "2"}, (2, "attr:a.value.b", "2")),
        ({"attr:a.b.c": "1", "attr:a.b": "2"}, (2, "attr:a.b.c", "1")),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_by_row_column_and_value_and_costs_its_product_only(read, bring, change, error):
    made = bring({**ROW, **change}, {"code": "P-2", "title": "Good", "sku": "TOY-2"})
    assert errors(made) == [error]
    assert words(made)[0] and count(made, "refused") in (0, 1)
    assert [p.code for p in Product.select()] == ["P-2"]


def test_rows_are_counted_as_a_spreadsheet_counts_them(read):
    content = b'code,title,sku,quantity,description\r\nP-1,A,A,1,"two\nlines\nhere"\r\n\r\nP-2,B,B,many,\r\n'
    assert errors(read(content)) == [(4, "quantity", "many")]


def test_rows_of_one_product_must_not_contradict_each_other(read):
    made = read(ROW, {"code": "P-1", "sku": "B", "title": "Another"})
    assert errors(made) == [(3, "title", "Another")] and "Differs from row 2" in words(made)[0]


def test_the_dry_run_already_knows_whose_a_sku_is(enter, read):
    enter(7, skus=("TAKEN",))
    made = read(
        {**ROW, "sku": "TAKEN"},
        {"code": "P-2", "title": "B", "sku": "TWICE"},
        {"code": "P-3", "title": "C", "sku": "TWICE"},
    )
    assert errors(made) == [(2, "sku", "TAKEN"), (4, "sku", "TWICE")]
    assert "belongs to the product P-7" in words(made)[0] and "P-2" in words(made)[1]


def test_a_sku_twice_in_one_product_is_told(read):
    made = read(ROW, {"code": "P-1", "sku": "TOY-1"})
    assert [column for _row, column, _value in errors(made)] == ["sku"] and "stands twice" in words(made)[0]


def test_text_that_looks_like_a_formula_is_text(bring):
    bring({**ROW, "title": '=HYPERLINK("http://evil")', "brand": "+1", "description": "@SUM(A1)", "keywords": "-2"})
    held = draft_of(Product.get())
    assert (held.texts["en"].title, held.brand, held.texts["en"].description) == (
        '=HYPERLINK("http://evil")', "+1", "@SUM(A1)"
    )  # fmt: skip


def test_signs_nobody_sees_are_left_out_as_in_a_form(bring):
    bring({**ROW, "title": "Ba\u202ell\x07 \ufeffred\x7f", "description": "a\r\nb\tc\x0b"})
    assert draft_of(Product.get()).texts["en"] == TextDraft("Ball red", "a\nb\tc")


def test_the_very_same_file_is_refused_a_second_time_by_the_same_team_only(bring, read, comet):
    bring(ROW)
    with pytest.raises(Refused, match="very file was imported"):
        read(ROW)
    assert count(read(ROW, team=comet), "new") == 1
    assert count(read({**ROW, "quantity": "6"}), "changed") == 1


def test_the_original_is_kept_under_its_hash(bring, portal):
    made = bring(ROW)
    kept = portal.data / "imports" / f"{made.sha256}.csv"
    assert kept.read_bytes() == file(ROW) and hashlib.sha256(kept.read_bytes()).hexdigest() == made.sha256
    assert Import.get().sha256 == made.sha256


# What is there already


def test_a_dry_run_shows_old_and_new(product, read):
    read({"code": "P-1", "title": "Rope ball 1", "sku": "TOY-1", "price:EUR": "21", "brand": "New"})
    entry = ImportEntry.get()
    assert entry.verb == "changed" and ["brand", "Harbor & Pine", "New"] in entry.differences
    _name, old, new = next(row for row in entry.differences if row[0] == "prices (TOY-1)")
    assert "19.99 EUR" in old and "21.00 EUR" in new


def test_a_column_the_file_does_not_have_changes_nothing(product, bring):
    bring({"code": "P-1", "sku": "TOY-1", "title": "Rope ball 1", "price:EUR": "21.50"})
    expected = draft()
    expected.variants[0].prices["EUR"] = 2150
    assert draft_of(product.reload()) == expected


def test_an_empty_cell_empties_the_field(product, bring):
    bring(
        {
            "code": "P-1",
            "sku": "TOY-1",
            "title": "Rope ball 1",
            "brand": "",
            "price:EUR": "",
            "attr:pet_type": "",
            "gtin": "",
        }
    )
    held = draft_of(product.reload())
    assert held.brand == "" and "EUR" not in held.variants[0].prices and "pet_type" not in held.attributes
    assert held.variants[0].gtin == "" and "pet_toy_type" in held.attributes and held.images == draft().images


def test_variants_the_file_does_not_name_stay_and_new_ones_are_added(enter, bring):
    product = enter(1, skus=("A", "B", "C"))
    bring(
        {"code": "P-1", "title": "Rope ball 1", "sku": "B", "quantity": "7"},
        {"code": "P-1", "sku": "D", "quantity": "1"},
    )
    held = {variant.sku: variant for variant in draft_of(product.reload()).variants}
    assert list(held) == ["A", "B", "C", "D"] and held["B"].quantity == 7 and held["A"].prices


def test_a_file_that_says_what_is_stored_changes_nothing(product, bring, read):
    rows = {"code": "P-1", "title": "Rope ball 1", "sku": "TOY-1", "quantity": "25", "price:EUR": "19.99"}
    assert count(read(rows), "unchanged") == 1
    bring(rows)
    assert product.reload().version == 1


def test_images_and_texts_in_other_languages_stay_unless_named(product, bring):
    bring({"code": "P-1", "title": "Rope ball 1", "sku": "TOY-1", "title:de": "Neuer Titel"})
    held = draft_of(product.reload())
    assert held.texts["de"] == TextDraft(
        "Neuer Titel", "Ein Ball am Seil.", ["Robust", "Waschbar", "Schwimmt"], "hund ball"
    )
    assert held.texts["ja"] == draft().texts["ja"] and held.images == [
        ImageDraft(url="https://images.example.com/rope-ball.jpg")
    ]


def test_the_original_is_kept_once_however_often_it_is_looked_at(read, portal):
    read(ROW)
    read(ROW)
    assert Import.select().count() == 1 and len(list((portal.data / "imports").glob("*.csv"))) == 1


# Many


@pytest.mark.both
def test_one_bad_product_of_a_bundle_leaves_the_others(read, lotus, portal, alice):
    batch = read(*({"code": f"P-{n}", "title": "T", "sku": f"S-{n}"} for n in range(8)))
    saving.create(lotus, draft(99, code="OTHER", skus=("S-3",)), by=alice)  # Taken since the dry run.
    done = imports.apply(portal, batch)
    assert sorted(p.code for p in Product.select()) == sorted(["OTHER", *(f"P-{n}" for n in range(8) if n != 3)])
    assert errors(done) == [(5, "sku", "S-3")] and done.outcome == {"created": 7, "refused": 1}


def test_the_empty_file_to_fill_in_has_only_known_columns(as_, alice, lotus, read):
    text = as_(alice).get("/t/lotus/imports/kinds/products/template.csv").data.decode("utf-8-sig")
    columns = text.strip().split(",")
    row = ",".join({"title": "T", "sku": "S"}.get(column, "") for column in columns)
    batch = read(f"{text}{row}\r\n".encode())
    assert count(batch, "new") == 1 and errors(batch) == []
