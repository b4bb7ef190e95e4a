"""Translating in a thread: over real HTTP, with nothing personal leaving, asked once, and gone with its thread."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
from sandbox_seller import Control

import sandbox
from integrations import line
from jobs import amazon as jobs_amazon
from jobs import translators as jobs_translators
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.audit.event import Event
from models.mailbox import drafting, moving, purge
from models.mailbox.lint.folded import folded
from models.mailbox.thread import MailThread
from models.mailbox.translating import asking
from models.mailbox.translating.known import known_of
from models.mailbox.translating.masking import MARK, is_true, mask
from models.mailbox.translating.translation import MailTranslation
from models.support.errors import Refused
from models.support.job_run import JobWake
from models.translation.account import JOB, TranslatorAccount
from models.translation.call import TranslatorCall
from models.translation.connecting import connect, edit
from models.vault.data_key import living
from sandbox.translators.microsoft import KEY
from tests.shipping.test_parcel import order_of

BOX = "/t/lotus/mailbox"
TRACKING = "RR123456785CN"
# Spellings of what must stay: as a buyer in a hurry, a signature, and somebody who tries to get past the mask would write them.
PERSONAL = [
    "Katharina Musterfrau", "KATHARINA", "katharinas", "Musterfrau's", "K a t h a r i n a", "M.u.s.t.e.r.f.r.a.u", "Ka\u200btharina", "Ka\u00adtharina",
    "Ｋａｔｈａｒｉｎａ", "Kаthаrinа", "𝐊𝐚𝐭𝐡𝐚𝐫𝐢𝐧𝐚", "xxkatharina85", "Katharina_Musterfrau", "Frau-Musterfrau-Schmidt", "Lange Straße 17", "LANGE STRASSE",
    "90210", "Hamburg", "hamburg-altona", "+49 40 5550123", "040/5550123", "0 4 0 5 5 5 0 1 2 3", "０４０－５５５０１２３", "٠٤٠٥٥٥٠١٢٣", "kat.muster@web.de",
    "kat.muster＠web．de", "kat muster (at) web (punkt) de", "k7m2p9@marketplace.amazon.example", "a1b2c3d4e5f6g7h@marketplace.amazon.de",
    "a1b2c3d4e5f6g7h", "302-0000001-7654321", "302–0000001–7654321", "３０２－０００００００１－７６５４３２１", TRACKING, "RR 123 456 785 CN", "rr123456785cn",
    "https://evil.example/?n=Katharina", "www.katharina.example/x", "mailto:kat@web.de", "javascript://x/Musterfrau", "evil.example/Musterfrau",
    "<b>Katharina</b>", "⟦0⟧Katharina⟦", "⟦1⟧", "Kathárìna", "Musterfrau\u202e", "katharina@", "@musterfrau",
]  # fmt: skip
CANARIES = ["katharina", "musterfrau", "hamburg", "lange", "90210", "5550123", "kat.m", "k7m2p9", "a1b2c3d4", "0000001", "7654321", "123456785",
            "evil.example", "web.de"]  # fmt: skip


# Masking


def test_whatever_is_masked_comes_back_and_nothing_of_it_is_left():
    chance = random.Random(8)
    fillers = [
        "Wo ist mein Paket?",
        "Danke\n\n",
        "2 Stück",
        "am 3. Mai",
        "12,5 cm",
        "„Sehr“ gut",
        "注文は",
        "مرحبا",
        "\r\n",
        "  ",
    ]
    for _round in range(120):
        parts = [chance.choice(PERSONAL + fillers) for _one in range(12)]
        text = chance.choice([" ", ", ", "\n"]).join(parts)
        masked = mask(
            text,
            ["Katharina Musterfrau"],
            ["Lange Straße 17", "90210", "Hamburg", "a1b2c3d4e5f6g7h", TRACKING, "k7m2p9"],
        )
        assert masked.whole()[0] == text
        assert masked.whole(dict(enumerate(masked.passages)))[0] == text
        leaves = bare("".join(masked.passages))
        assert not [one for one in CANARIES if one in leaves], text


def bare(text: str) -> str:
    """As somebody sees it who looks for names: marks, blanks and signs without a shape do not hide them."""
    return "".join(folded(MARK.sub("|", text)).latin.split())


def test_names_without_blanks_are_masked_alone_and_with_what_people_call_them():
    masked = mask("山田太郎です。山田 太郎、山田様、太郎さん、山様。山の上の店", ["山田 太郎"])
    assert MARK.sub("_", masked.passages[0]) == "_です。_、_様、_さん、_様。山の上の店"


def test_what_is_not_personal_is_left_to_be_translated():
    text = "Die 2 Lampen (12,5 cm, 5 V) kamen am 3. Mai kaputt an, ich will 19,90 € zurück."
    assert (
        mask(text, ["An Will"], ["Berlin"]).passages[0].count("⟦") == 2
    )  # Both are names here, whatever else they mean.
    assert mask(text, ["Maria de la Cruz"], ["Berlin"]).passages == (text,)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "⟦0⟧",
        "⟦0⟧ ⟦0⟧ ⟦1⟧",
        "⟦0⟧ ⟦1⟧ ⟦2⟧",
        "⟦0⟧ ⟦1⟧ ⟧",
        "⟦1⟧ ⟦０⟧ ⟦",
        "⟦0⟧⟦1⟧" + "x" * 5000,
        "⟦0⟧⟦1⟧\ud800",
        "⟦0⟧⟦1⟧\x00",
    ],
)
def test_an_answer_that_lost_or_made_up_marks_is_not_used(answer):
    assert not is_true("Hallo ⟦0⟧ und ⟦1⟧", answer)
    assert is_true("Hallo ⟦0⟧ und ⟦1⟧", "⟦ 1 ⟧ and ⟦0⟧")


def test_long_texts_are_cut_between_sentences_and_no_text_takes_long():
    text = "Ein Satz mit Katharina. " * 700 + "x" * 9000
    masked = mask(text, ["Katharina"])
    assert masked.whole()[0] == text and max(map(len, masked.passages)) <= 4000


# With a translator


@pytest.fixture(scope="module")
def stand_in():
    with sandbox.start(0, seed=5, rate_scale=1e6) as handle:
        control = Control(handle.url)
        control.url = handle.url
        yield control
        control.close()


@pytest.fixture
def control(stand_in, portal, monkeypatch, clock):
    monkeypatch.setattr(line, "BACKOFF_MOST", 0.01)
    monkeypatch.setattr(jobs_translators, "sleep", lambda seconds: clock.move(seconds=seconds))
    jobs_amazon.use_settings(replace(portal, translators_url=stand_in.url))
    stand_in.delete("/faults")
    stand_in.delete("/translators")
    yield stand_in
    stand_in.delete("/faults")


@pytest.fixture
def translator(lotus, alice, control, run) -> TranslatorAccount:
    made = connect(lotus, kind="microsoft", secret=KEY, region="westeurope", by=alice)
    run(made)
    control.delete("/translators")
    return made.reload()


@pytest.fixture
def run(portal, control, clock):
    def once(account: TranslatorAccount) -> None:
        clock.move(seconds=1)  # A moment has one run.
        Runner(SCHEDULE, jobs_amazon.settings()).run(JOB, str(account.uid))

    return once


def heard(control) -> list[str]:
    """Every text the translator ever got."""
    return [one["Text"] for body in control.get("/translators")["heard"] for one in json.loads(body)]


@pytest.fixture
def message(arrive, store):
    order = order_of(store)
    text = "Guten Tag,\n\nhier ist Katharina Musterfrau. Wo ist mein Paket?\n"
    return arrive(text, order=order.order_id)


def test_no_byte_of_a_buyer_reaches_the_translator_and_all_of_it_is_put_back(
    arrive, store, dora, translator, run, control
):
    order = order_of(store)
    text = "Hallo!\n" + "\n".join(f"Bitte {one} beachten." for one in PERSONAL)
    message = arrive(text, order=order.order_id)
    sealed = message.unseal("text")
    assert "katharina" in bare(sealed)
    found = asking.translate_message(message, "en", by=dora)
    run(translator)
    found = found.reload()
    assert found.state == "done", found.problem
    bodies = control.get("/translators")["heard"]
    assert bodies
    for body in (*bodies, *(bare(one) for one in heard(control))):
        assert not [one for one in CANARIES if one in body.casefold()]
    assert "Bitte" in "".join(heard(control))
    got = found.unseal("text")
    assert found.unsure_count == 0 and got.replace("«en» ", "") == sealed
    told = known_of(MailThread.get_by_id(message.thread_id), message)
    assert "Katharina Musterfrau" in told.names and {"Hamburg", "90210", order.order_id} <= told.words


def test_the_translation_stands_below_the_original_and_is_asked_for_once(
    as_, dora, alice, message, translator, run, control
):
    page = f"{BOX}/threads/{message.thread.uid}"
    assert "Translate" in as_(dora).get(page).text
    url = f"{BOX}/messages/{message.uid}/translation"
    answer = as_(dora).post(url, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "every 1s" in answer.text
    as_(alice).post(url)
    run(translator)
    shown = as_(dora).get(page).text
    assert (
        "«en» Guten Tag," in shown and "Translated by a machine" in shown and "hier ist Katharina Musterfrau" in shown
    )
    assert "every 1s" not in as_(dora).get(url, headers={"HX-Request": "true"}).text
    as_(dora).post(url)
    run(translator)
    assert len(control.get("/translators")["heard"]) == 1 and MailTranslation.select().count() == 1
    assert Event.select().where(Event.name == "message_translated").count() == 1
    assert TranslatorCall.select().count() == 2 and translator.reload().used_this_month > 40


@pytest.mark.both
def test_of_many_at_once_one_asks_and_one_is_claimed(message, dora, alice, translator, in_parallel):
    in_parallel(4, lambda: asking.translate_message(message, "en", by=dora))
    [found] = MailTranslation.select()
    outcomes = in_parallel(4, lambda: MailTranslation.get_by_id(found.id).claim())
    assert sorted(outcomes.results) == [False, False, False, True] and not outcomes.errors
    assert Event.select().where(Event.name == "message_translated").count() == 1


@pytest.mark.parametrize("fault", ["throttle", "html_503", "empty_500", "reset", "truncated", "short_answer"])
def test_after_trouble_that_passes_it_is_asked_again_by_itself(fault, message, dora, translator, run, control, clock):
    control.post("/faults", kind=fault, operation="microsoft/translate", times=4)
    found = asking.translate_message(message, "en", by=dora)
    run(translator)
    account = translator.reload()
    assert (
        (found.reload().state, account.state) == ("waiting", "active") and account.is_resting and found.reload().problem
    )
    assert str(translator.uid) not in MailTranslation.accounts_with_work()
    control.delete("/faults")
    clock.move(hours=1)
    run(translator)
    assert found.reload().state == "done" and not translator.reload().problem


def test_what_a_killed_job_had_in_hand_is_taken_over_and_the_late_one_changes_nothing(
    message, dora, translator, run, clock
):
    found = asking.translate_message(message, "en", by=dora)
    assert found.claim()
    run(translator)
    assert found.reload().state == "working"
    clock.move(minutes=6)
    run(translator)
    assert found.reload().state == "done" and not found.settle(state="failed")


def test_marks_that_a_translator_loses_leave_the_passage_as_it_was(message, dora, translator, run, control):
    control.post("/faults", kind="lost_mark", operation="microsoft/translate")
    found = asking.translate_message(message, "en", by=dora)
    run(translator)
    found = found.reload()
    assert found.unsure_count == 1
    assert found.unseal("text").split("\n\n") == [
        "«en» Guten Tag,",
        "hier ist Katharina Musterfrau. Wo ist mein Paket?",
    ]


def test_it_gives_up_in_words_and_a_person_has_it_tried_again(as_, message, dora, translator, run, control, clock):
    control.post("/faults", kind="html_503", operation="microsoft/translate", times=100)
    found = asking.translate_message(message, "en", by=dora)
    for _try in range(4):
        clock.move(hours=1)
        run(translator)
    assert found.reload().state == "failed"
    assert "trouble on its side" in as_(dora).get(f"{BOX}/threads/{message.thread.uid}").text
    control.delete("/faults")
    clock.move(hours=1)
    asking.translate_message(message, "en", by=dora)
    run(translator)
    assert found.reload().state == "done"


def test_a_wrong_key_stops_the_translator_and_says_so(as_, alice, dora, message, translator, run, clock):
    waiting = asking.translate_message(message, "en", by=dora)
    edit(translator, secret="wrong-key-0000", by=alice)
    run(translator)
    assert translator.reload().state == "refused" and waiting.reload().state == "waiting"
    assert "does not accept the key" in as_(alice).get(f"{BOX}/translator").text
    assert "It waits for the translator" in as_(dora).get(f"{BOX}/threads/{message.thread.uid}").text
    with pytest.raises(Refused):
        asking.translate_message(message, "de", by=dora)
    edit(translator, secret=KEY, by=alice)
    run(translator)
    assert waiting.reload().state == "done"


def test_the_months_characters_are_a_hard_end(message, dora, translator, run, control, alice, clock):
    edit(translator, most_a_month=30, by=alice)
    found = asking.translate_message(message, "en", by=dora)
    run(translator)
    assert found.reload().state == "failed" and "this month" in str(found.reload().problem_words)
    assert heard(control) == ["Good morning"]
    clock.move(days=40)
    assert translator.reload().used_this_month == 0


# Answers


def test_an_answer_is_translated_shown_back_and_becomes_the_draft(as_, dora, message, translator, run, control):
    thread = message.thread
    page, url = f"{BOX}/threads/{thread.uid}", f"{BOX}/threads/{thread.uid}/reply/translation"
    text = "Dear Ms. Musterfrau,\nyour parcel 302-0000001-7654321 is on its way.\n\nDora Klein"
    told = {"reply": text, "translate_from": "en", "translate_to": "de"}
    assert "every 1s" in as_(dora).post(url, data=told, headers={"HX-Request": "true"}).text
    run(translator)
    shown = as_(dora).get(url, headers={"HX-Request": "true"}).text
    assert "«de» Dear Ms. Musterfrau," in shown and "«en» Dear Ms. Musterfrau," in shown
    assert not [one for one in (*CANARIES, "dora", "klein") if one in "".join(map(bare, heard(control)))]
    assert drafting.text_of(drafting.draft_of(thread, dora)) == text
    assert as_(dora).post(f"{url}/use").status_code == 303
    assert drafting.text_of(drafting.draft_of(thread, dora)).startswith(
        "«de» Dear Ms. Musterfrau,\n«de» your parcel 302-0000001"
    )
    assert "What you wrote yourself:" in as_(dora).get(page).text


def test_what_cannot_be_translated_is_said_beside_it(as_, dora, message, translator):
    url = f"{BOX}/threads/{message.thread.uid}/reply/translation"
    for told, words in (
        ({"reply": "", "translate_from": "en", "translate_to": "de"}, "Write your answer first."),
        ({"reply": "Hello", "translate_from": "en", "translate_to": "en"}, "Both languages are the same."),
        ({"reply": "Hello", "translate_from": "en", "translate_to": "xx"}, ""),
    ):
        answer = as_(dora).post(url, data=told)
        assert answer.status_code == 422 and words in answer.text
    assert not MailTranslation.select().exists()
    assert as_(dora).post(f"{url}/use").status_code == 409


# Who may, and when it goes


def test_strangers_find_nothing_and_whoever_may_not_answer_asks_for_nothing(
    as_, bob, charlie, dora, message, translator
):
    url = f"{BOX}/messages/{message.uid}/translation"
    assert as_(charlie).post(url).status_code == as_(charlie).get(url).status_code == 404
    assert as_(charlie).post(url.replace("lotus", "comet")).status_code == 404
    assert as_(bob).post(url).status_code == 403
    assert (
        as_(dora).get(f"{BOX}/translator").status_code == as_(dora).post(f"{BOX}/translator/pause").status_code == 403
    )
    assert not MailTranslation.select().exists()


def test_without_a_translator_there_is_no_button(as_, dora, message):
    assert "translation" not in as_(dora).get(f"{BOX}/threads/{message.thread.uid}").text
    assert as_(dora).post(f"{BOX}/messages/{message.uid}/translation").status_code == 409


def test_translations_go_with_their_thread_and_with_a_move_to_another(
    arrive, alice, dora, message, translator, run, clock
):
    second = arrive("Noch etwas anderes", answers="", order=message.thread.order_no)
    thread = MailThread.get_by_id(message.thread_id)
    for one in (message, second):
        asking.translate_message(one, "en", by=dora)
    asking.translate_answer(thread, "Hello", "en", "de", by=dora)
    run(translator)
    assert MailTranslation.select().where(MailTranslation.state == "done").count() == 3
    moving.split(thread, [second], by=alice)
    assert MailTranslation.select().where(MailTranslation.message == second).count() == 0
    again = asking.translate_message(second.reload(), "en", by=dora)
    run(translator)
    assert again.reload().unseal("text") == "«en» Noch etwas anderes"
    waiting = asking.translate_message(message, "fr", by=dora)
    MailThread.update(order=None, purge_at=clock.now()).where(MailThread.id == thread.id).execute()
    assert waiting.claim()
    assert purge.purge(approve=True) == 1
    assert not waiting.settle(state="done") and [one.message_id for one in MailTranslation.select()] == [second.id]
    assert not living([thread.seal_subject()])
    with pytest.raises(Refused):
        asking.translate_message(message, "de", by=dora)


def test_the_boss_connects_tries_pauses_and_removes_a_translator(as_, alice, control, run, lotus):
    page = as_(alice)
    assert "No translator yet" in page.get(f"{BOX}/translator").text
    for told in (
        {},
        {"secret": "short"},
        {"secret": KEY, "region": "West Europe!"},
        {"secret": KEY, "most_a_month": "-1"},
    ):
        assert page.post(f"{BOX}/translator", data=told).status_code == 422, told
    assert (
        page.post(f"{BOX}/translator", data={"secret": KEY, "region": "westeurope", "most_a_month": "1000"}).status_code
        == 303
    )
    account = TranslatorAccount.of_team(lotus)
    assert JobWake.select().where(JobWake.job == JOB).exists() and account.state == "checking"
    run(account)
    shown = page.get(f"{BOX}/translator").text
    assert "Works" in shown and KEY not in shown and KEY[-4:] in shown and "microsoft.translate" in shown
    page.post(f"{BOX}/translator/pause", data={"is_paused": "1"})
    assert account.reload().state == "paused"
    page.post(f"{BOX}/translator/pause")
    page.post(f"{BOX}/translator/trial")
    assert account.reload().state == "checking"
    with pytest.raises(Refused):
        connect(lotus, kind="microsoft", secret=KEY, by=alice)
    page.post(f"{BOX}/translator/removal")
    assert TranslatorAccount.of_team(lotus) is None and not living([account.seal_subject()])
    assert page.post(f"{BOX}/translator/trial").status_code == 404
