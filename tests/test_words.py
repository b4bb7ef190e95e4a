"""Sentences of the portal in other languages: all of them, with the same placeholders, and on the page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from commands.words import LANGUAGES, collected, updated
from models.catalog.draft import ProductDraft, TextDraft, VariantDraft
from models.catalog.saving import create
from models.people.person import LANGUAGES as OFFERED
from models.stores.store import Store

# Names and signs that are written the same everywhere.
ALIKE = {
    "%(amount)s %(every)s", "%(done)s of %(amount)s", "%(done)s of %(total)s", "%(range)s %(currency)s", "%(what)s (%(count)s)",
    "%(what)s: %(done)s of %(amount)s", "%(what)s: %(value)s", "?", "ASIN", "PDF", "Portolan", "SHA-256", "SKU",
    "%(code)s: %(terms)s", "%(percent)s %%", "%(percent)s%%", "%(weight)s %(unit)s × %(rate)s", "× %(discount)s", "SKU %(number)s",
    "Prime", "Premium", "Easy Ship", "Ship Plus", "Bazaar", "Haul", "17TRACK", "CSV", "%(main)s (%(told)s)", "%(parcel)s: %(news)s", "A-to-z",
    "OAuth 2 (Google, Microsoft)", "STARTTLS (587)",
}  # fmt: skip
SAYS = ("title", "placeholder", "alt", "aria-label")  # Attributes that people read or hear.
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module", params=LANGUAGES)
def sentences(request):
    """Pairs of a message and its translations, as the code is now."""
    return [(forms_of(message.id), forms_of(message.string)) for message in updated(request.param) if message.id]


@pytest.fixture(scope="module")
def translated(sentences):
    return [(english, text) for english, theirs in sentences for text in theirs if text]


def forms_of(text):
    """The singular and the plurals of a message; most have one form."""
    return list(text) if isinstance(text, (tuple, list)) else [text or ""]


def test_each_language_a_person_may_choose_has_its_sentences():
    assert set(LANGUAGES) == set(OFFERED) - {"en"}


def test_every_sentence_of_the_code_is_translated(sentences):
    lacking = [english[0] for english, theirs in sentences if not all(theirs)]
    assert not lacking, "Translate these: ./portolan words lists them."


def test_a_translation_has_the_placeholders_of_its_sentence(translated):
    assert not {
        text for english, text in translated if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(english[-1]))
    }


def test_a_translation_can_be_filled_in(translated):
    """A stray per cent sign would break the page; one that is meant stands twice."""
    for english, text in translated:
        params = dict.fromkeys(PLACEHOLDER.findall(english[-1]), "7")
        assert not params or text % params == PLACEHOLDER.sub("7", text).replace("%%", "%")


def test_a_translation_is_chinese(translated):
    assert not {text for english, text in translated if english[0] not in ALIKE and not CHINESE.search(text)}


def test_a_translation_has_chinese_punctuation(translated):
    strange = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]|\.\.\.|\"")
    assert not {text for _english, text in translated if strange.search(PLACEHOLDER.sub("一", text))}


def test_a_sentence_stays_a_sentence(translated):
    """What ends with a full stop in English does in Chinese, and a word stays a word."""
    assert not {
        text
        for (english, *_plural), text in translated
        if not english.endswith("-client.") and english.rstrip("”").endswith(".") != text.rstrip("”").endswith("。")
    }


# On the page


class Reading(HTMLParser):
    """What a person reads on a page, piece by piece."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: set[str] = set()
        self.quiet = 0

    def handle_starttag(self, tag, attrs):
        self.quiet += tag in ("script", "style")
        for name, value in attrs:
            if name in SAYS or (name.startswith("data-") and " " in (value or "")):
                self.add(value or "")

    def handle_endtag(self, tag):
        self.quiet -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.quiet:
            self.add(data)

    def add(self, text):
        text = " ".join(text.split())
        if text:
            self.pieces.add(text)


def read(html: str) -> set[str]:
    page = Reading()
    page.feed(html)
    page.close()
    return page.pieces


@pytest.fixture(scope="module")
def english():
    """Finds the English sentences of the catalogue in a piece of text: whole, or three words and more inside it."""
    known = (
        {form for message in collected() if message.id for form in forms_of(message.id)} - ALIKE - set(OFFERED.values())
    )
    patterns = [
        re.compile("(?<!\\w)" + "(.+?)".join(map(re.escape, re.split(r"%\(\w+\)[sd]", text))))
        for text in known
        if re.search(r"[A-Za-z]{2}", PLACEHOLDER.sub("", text))
    ]
    long = [pattern for pattern in patterns if len(re.findall(r"[A-Za-z]{2,}", pattern.pattern)) > 2]

    def found(pieces: set[str]) -> set[str]:
        return {
            piece
            for piece in pieces
            if re.search(r"[A-Za-z]{2}", piece)
            and (any(p.fullmatch(piece) for p in patterns) or any(p.search(piece) for p in long))
        }

    return found


def pages_of(app, team):
    """Every page whose address needs no more than the team."""
    for rule in app.url_map.iter_rules():
        if (
            "GET" in rule.methods
            and rule.arguments <= {"team"}
            and rule.endpoint.split(".")[0] not in ("static", "patterns")
        ):
            with app.test_request_context():
                yield app.url_for(rule.endpoint, **{name: team.slug for name in rule.arguments})


def speaks_chinese(person):
    person.language = "zh_Hans"
    person.save()
    return person


@pytest.mark.parametrize("login, slug", [("olga", "harbor"), ("alice", "lotus")])
def test_no_page_says_an_english_sentence(app, as_, cast, english, login, slug):
    browser = as_(speaks_chinese(cast[login]))
    strange, seen = {}, 0
    for url in pages_of(app, cast[slug]):
        answer = browser.get(url)
        if answer.mimetype != "text/html" or answer.status_code >= 300:
            continue
        seen += 1
        assert 'lang="zh-Hans"' in answer.text or "<html" not in answer.text, (
            url
        )  # A fragment has no language of its own.
        if found := english(read(answer.text)):
            strange[url] = found
    assert seen > 5
    assert not strange


def test_the_door_speaks_the_browsers_language(visitor, english):
    answer = visitor.get("/sign-in", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})
    assert 'lang="zh-Hans"' in answer.text
    assert "登录名" in answer.text
    assert not english(read(answer.text))
    assert "登录名" not in visitor.get("/sign-in", headers={"Accept-Language": "de-DE,de;q=0.9"}).text


def test_a_refusal_is_in_the_readers_language(visitor, english, alice):
    answer = visitor.post("/sign-in", data={"login": "alice", "password": "no"}, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 422
    assert "登录名或密码错误" in answer.text
    assert not english(read(answer.text))


def test_an_error_page_is_in_the_readers_language(as_, alice, english):
    answer = as_(speaks_chinese(alice)).get("/t/lotus/nowhere")
    assert answer.status_code == 404
    assert "页面不存在" in answer.text
    assert not english(read(answer.text))


def test_a_store_and_a_product_are_shown_in_the_readers_language(as_, alice, lotus, english):
    store = Store.declare(lotus, "莲花欧洲", "eu", by=alice)
    texts = {"zh": TextDraft("保温杯", bullets=["不锈钢"])}
    product = create(lotus, ProductDraft("CUP", "zh", texts, [VariantDraft("CUP-BK", quantity=5)]), by=alice)
    browser = as_(speaks_chinese(alice))
    for path in (f"stores/{store.uid}", f"stores/{store.uid}/disconnection", f"catalog/products/{product.uid}",
                 f"catalog/products/{product.uid}/edit", f"catalog/publish?product={product.uid}"):  # fmt: skip
        answer = browser.get(f"/t/lotus/{path}")
        assert answer.status_code == 200
        assert not english(read(answer.text)), path


def test_what_happened_is_told_in_the_readers_language(as_, alice, lotus, english):
    Store.declare(lotus, "莲花欧洲", "eu", by=alice)
    pieces = read(as_(speaks_chinese(alice)).get("/t/lotus/audit/").text)
    assert "Alice Wang 声明团队拥有或有权运营店铺 莲花欧洲" in pieces
    assert not english(pieces)


def test_english_is_found_where_it_stands(english):
    """The tests above can fail."""
    assert english({"The disk is full", "3 of 7 listings", "Save"}) >= {"The disk is full", "Save"}
    assert english({"亚马逊：Amazon did not answer in time. Portolan tries again by itself."})
    assert not english({"保存", "SKU", "Alice Wang", "Asia/Shanghai"})
