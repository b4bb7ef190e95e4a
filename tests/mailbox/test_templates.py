"""Ready answers: by language and version, filled in for a thread, and never able to say what Amazon minds."""

from __future__ import annotations

import pytest

from models.mailbox.filling import fill, variables_of
from models.mailbox.lint import lint
from models.mailbox.ready_made import add_ready_made, ready_made
from models.mailbox.template import LANGUAGES, MailTemplate
from models.people.role import Grant, Role
from models.support.errors import FieldRefused, Refused


@pytest.fixture
def template(lotus, alice) -> MailTemplate:
    texts = {"en": "Hello {{buyer_name}}, about {{order_id}}.", "de": "Hallo {{buyer_name}}, zu {{order_id}}."}
    return MailTemplate.make(lotus, "Greeting", "template", texts, by=alice)


def test_what_is_known_is_filled_in_and_what_is_not_stays_a_hole():
    text, missing = fill("{{ order_id }} by {{eta}}, {{nonsense}}", {"order_id": "302-1234567-1234567", "eta": ""})
    assert text == "302-1234567-1234567 by {{eta}}, {{nonsense}}"
    assert missing == ["eta", "nonsense"]
    assert "PLACEHOLDER_LEFT" in [one.code for one in lint(text)]


def test_what_a_buyer_is_called_is_not_filled_in_again():
    text, _missing = fill("Hello {{buyer_name}}", {"buyer_name": "{{order_id}}", "order_id": "x"})
    assert text == "Hello {{order_id}}"


def test_each_change_is_a_version_and_who_was_overtaken_is_told(template, alice):
    template.write("de", "Guten Tag {{buyer_name}}.", seen=1, by=alice)
    assert [one.version for one in template.versions("de")] == [2, 1]
    assert template.text_for("de").text == "Guten Tag {{buyer_name}}."
    with pytest.raises(Refused, match="meanwhile"):
        template.write("de", "Anderes", seen=1, by=alice)
    assert template.write("de", "Guten Tag {{buyer_name}}.", seen=2, by=alice) is None


def test_a_language_without_a_text_falls_back_to_english(template):
    assert template.text_for("ja").language == "en"
    assert template.text_for("de").language == "de"


def test_what_could_not_be_sent_is_no_template(lotus, alice, template):
    for text in (
        "Write to me@example.com",
        "10 % off your next order",
        "See www.example.com",
        "Hello {{firstname}}",
        "x" * 5000,
    ):
        with pytest.raises(FieldRefused):
            template.write("en", text, seen=1, by=alice)
    with pytest.raises(FieldRefused, match="has this name"):
        MailTemplate.make(lotus, " greeting ", "template", {"en": "Hello"}, by=alice)
    with pytest.raises(FieldRefused, match="one language"):
        MailTemplate.make(lotus, "Empty", "template", {"en": "  "}, by=alice)


def test_one_that_was_taken_away_leaves_its_name_free(lotus, alice, template):
    template.retire(by=alice)
    assert not MailTemplate.of_team(lotus.id)
    assert MailTemplate.make(lotus, "Greeting", "template", {"en": "Hello"}, by=alice).name == "Greeting"


@pytest.mark.parametrize("name", ready_made())
def test_ready_made_answers_break_no_rule_in_any_language(name):
    texts = ready_made()[name]
    assert set(texts) <= set(LANGUAGES) and {"en", "de", "ja", "zh"} <= set(texts)
    wanted = set(variables_of(texts["en"]))
    for language, text in texts.items():
        assert set(variables_of(text)) == wanted, language
        assert [one.code for one in lint(text, buyer_language=language) if one.code != "PLACEHOLDER_LEFT"] == []


def test_ready_made_answers_come_once(lotus, alice):
    assert add_ready_made(lotus, by=alice) == len(ready_made())
    assert add_ready_made(lotus, by=alice) == 0


@pytest.mark.both
def test_two_who_change_a_text_at_once_make_one_version(template, alice, in_parallel):
    outcomes = []

    def change(number: int = 0) -> None:
        try:
            MailTemplate.get_by_id(template.id).write("en", f"Hello {len(outcomes)} {number}", seen=1, by=alice)
            outcomes.append("kept")
        except Refused:
            outcomes.append("refused")

    in_parallel(3, change)
    assert len(template.versions("en")) == 2


def test_a_template_is_put_into_the_answer_in_the_buyers_language(as_, dora, alice, lotus, thread):
    MailTemplate.make(
        lotus,
        "Soon",
        "template",
        {"en": "Hello", "de": "Guten Tag {{buyer_name}}, zu {{order_id}} bis {{eta}}."},
        by=alice,
    )
    snippet = MailTemplate.make(lotus, "Bye", "snippet", {"de": "Viele Grüße, {{store_name}}"}, by=alice)
    one = MailTemplate.of_team(lotus.id)[0]
    url = f"/t/lotus/mailbox/threads/{thread.uid}"
    page = as_(dora).get(url)
    assert page.status_code == 200 and "Put it in" in page.text
    filled = as_(dora).post(
        f"{url}/filled", data={"template": str(one.uid), "reply": "x"}, headers={"HX-Request": "true"}
    )
    assert f"Guten Tag Katharina Musterfrau, zu {thread.order_no} bis {{{{eta}}}}." in filled.text
    assert "The day by which it arrives" in filled.text and one.reload().uses == 1
    behind = as_(dora).post(
        f"{url}/filled", data={"template": str(snippet.uid), "reply": "Hallo"}, headers={"HX-Request": "true"}
    )
    assert "Hallo\n\nViele Grüße, " in behind.text
    assert as_(dora).post(f"{url}/filled", data={"template": "none"}).status_code in (303, 409)


def test_only_managers_change_templates(as_, dora, charlie, template):
    url = f"/t/lotus/mailbox/templates/{template.uid}"
    assert as_(dora).get(url).status_code == 200
    assert as_(dora).post(f"{url}/texts", data={"language": "en", "text": "Hi", "seen": "1"}).status_code == 403
    assert as_(charlie).get(url).status_code == 404
    assert as_(charlie).get(f"/t/comet/mailbox/templates/{template.uid}").status_code == 404


def test_who_manages_one_store_changes_nothing_of_the_whole_team(as_, bob, lotus, store, template):
    Grant.give(bob, lotus, Role.built_in("manager"), stores=[store.id])
    browser, url = as_(bob), f"/t/lotus/mailbox/templates/{template.uid}"
    assert browser.get(url).status_code == browser.get("/t/lotus/mailbox/translator").status_code == 200
    assert "Keep as a new version" not in browser.get(url).text
    for path, told in (
        (f"{url}/texts", {"language": "en", "text": "Hi", "seen": "1"}), (f"{url}/name", {"name": "Other"}), (f"{url}/deletion", {}),
        ("/t/lotus/mailbox/templates", {"name": "Mine", "kind": "template", "language": "en", "text": "Hi"}),
        ("/t/lotus/mailbox/templates/ready-made", {}), ("/t/lotus/mailbox/translator/trial", {}), ("/t/lotus/mailbox/translator/pause", {}),
    ):  # fmt: skip
        assert browser.post(path, data=told).status_code == 403, path
    assert template.text_for("en").version == 1 and len(MailTemplate.of_team(lotus.id)) == 1
