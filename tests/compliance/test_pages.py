"""The pages of reviews and alarms, as people of the team meet them."""

from __future__ import annotations

from models.compliance import campaign
from models.compliance.alarm import Alarm, raise_alarm
from models.compliance.line import ReviewLine
from models.compliance.review import AccessReview
from models.compliance.threshold import AlarmThreshold
from models.orders.canary import Canary
from tests.compliance.conftest import line_of
from tests.orders.conftest import make_store

T = "/t/lotus/compliance"


def test_the_room_opens_without_and_with_something_in_it(as_, alice, bob, lotus):
    assert "No alarm waits" in as_(alice).get(f"{T}/").text
    raise_alarm("refusals", team=lotus, person=bob, count=7)
    campaign.begin(lotus)
    page = as_(alice).get(f"{T}/").text
    assert "Bob Stein was refused 7 times" in page
    assert "Deciding" in page
    assert as_(bob).get(f"{T}/").status_code == 403


def test_a_review_is_opened_decided_and_closed_on_its_pages(as_, alice, manager, lotus, work, run):
    make_store(lotus)
    answer = as_(alice).post(f"{T}/reviews/", follow_redirects=True)
    review = AccessReview.open_of(lotus.id)
    assert review is not None
    assert "Bob Stein" in answer.text
    base = f"{T}/reviews/{review.uid}"
    mine, his = line_of(review, alice), line_of(review, manager)
    assert as_(manager).post(f"{base}/lines/{mine.uid}/decision", data={"decision": "keep"}).status_code == 303
    assert "Take the role Lister" in as_(alice).get(f"{base}/lines/{his.uid}").text
    uid = next(g["uid"] for g in his.before["grants"] if g["role"] == "lister")
    sent = {"decision": "reduce", "taken": uid, "reason": "lists nothing"}
    assert as_(alice).post(f"{base}/lines/{his.uid}/decision", data=sent).status_code == 303
    assert "lists nothing" in as_(alice).get(base).text
    assert as_(alice).post(f"{base}/closure").status_code == 303
    assert 'hx-trigger="every 2s"' in as_(alice).get(base).text
    run(work.reviews)
    page = as_(alice).get(base).text
    assert "Signed PDF" in page
    pdf = as_(alice).get(f"{base}/document")
    assert pdf.data.startswith(b"%PDF-")
    assert pdf.headers["Cache-Control"] == "no-store"


def test_a_decision_without_a_reason_says_so_beside_the_field_and_changes_nothing(as_, alice, manager, review):
    line = line_of(review, manager)
    answer = as_(alice).post(f"{T}/reviews/{review.uid}/lines/{line.uid}/decision", data={"decision": "remove"})
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert ReviewLine.get_by_id(line.id).decision == ""


def test_ones_own_line_has_no_form_and_takes_no_decision(as_, alice, review):
    line = line_of(review, alice)
    base = f"{T}/reviews/{review.uid}/lines/{line.uid}"
    assert "Another person has to decide" in as_(alice).get(base).text
    assert as_(alice).post(f"{base}/decision", data={"decision": "keep"}).status_code == 409


def test_a_decision_can_be_taken_back(as_, alice, bob, review):
    line = line_of(review, bob)
    line.decide("keep", by=alice)
    as_(alice).post(f"{T}/reviews/{review.uid}/lines/{line.uid}/withdrawal")
    assert ReviewLine.get_by_id(line.id).decision == ""


def test_a_stranger_finds_no_review_no_line_no_document_and_no_alarm(as_, charlie, review, lotus, bob):
    alarm = raise_alarm("refusals", team=lotus, person=bob, count=7)
    line = line_of(review, bob)
    for path in (
        f"reviews/{review.uid}",
        f"reviews/{review.uid}/document",
        f"reviews/{review.uid}/lines/{line.uid}",
        f"alarms/{alarm.uid}",
    ):
        assert as_(charlie).get(f"/t/lotus/compliance/{path}").status_code == 404
        assert as_(charlie).get(f"/t/comet/compliance/{path}").status_code == 404


def test_an_alarm_is_settled_with_a_note(as_, alice, bob, lotus):
    alarm = raise_alarm("refusals", team=lotus, person=bob, count=7)
    assert "was refused 7 times" in as_(alice).get(f"{T}/alarms/{alarm.uid}").text
    assert as_(alice).post(f"{T}/alarms/{alarm.uid}/settlement", data={"outcome": "explained"}).status_code == 422
    sent = {"outcome": "explained", "note": "An old bookmark, replaced."}
    assert as_(alice).post(f"{T}/alarms/{alarm.uid}/settlement", data=sent).status_code == 303
    assert Alarm.get_by_id(alarm.id).outcome == "explained"
    assert "An old bookmark" in as_(alice).get(f"{T}/alarms/{alarm.uid}").text
    assert "Explained" in as_(alice).get(f"{T}/alarms/?state=settled").text
    assert as_(alice).post(f"{T}/alarms/{alarm.uid}/settlement", data=sent).status_code == 409


def test_nobody_settles_an_alarm_about_themselves(as_, alice, lotus):
    alarm = raise_alarm("refusals", team=lotus, person=alice, count=7)
    assert "about you" in as_(alice).get(f"{T}/alarms/{alarm.uid}").text
    sent = {"outcome": "false_alarm", "note": "Nothing to see here."}
    assert as_(alice).post(f"{T}/alarms/{alarm.uid}/settlement", data=sent).status_code == 409


def test_hostile_names_are_text_on_every_page(as_, alice, bob, lotus):
    bob.change(name="<img src=x onerror=alert(1)>")
    alarm = raise_alarm("refusals", team=lotus, person=bob, count=7)
    review = campaign.begin(lotus)
    for path in (
        "",
        "alarms/",
        f"alarms/{alarm.uid}",
        f"reviews/{review.uid}",
        f"reviews/{review.uid}/lines/{line_of(review, bob).uid}",
    ):
        assert "<img src=x" not in as_(alice).get(f"{T}/{path}").text


def test_thresholds_are_set_within_their_bounds(as_, alice, lotus):
    values = {kind: str(value) for kind, value in AlarmThreshold.of_team(lotus.id).items()}
    assert as_(alice).post(f"{T}/rules/", data=values | {"refusals": "1"}).status_code == 422
    assert as_(alice).post(f"{T}/rules/", data=values | {"refusals": "9"}).status_code == 303
    assert AlarmThreshold.value_of("refusals", lotus.id) == 9
    assert 'value="9"' in as_(alice).get(f"{T}/rules/").text


def test_a_canary_is_put_in_and_taken_away_by_those_who_settle_alarms(as_, alice, bob, lotus):
    store = make_store(lotus)
    assert as_(bob).get(f"{T}/canaries/").status_code == 403
    as_(alice).post(f"{T}/canaries/{store.uid}")
    canary = Canary.of(store)
    assert canary is not None
    assert canary.order.order_id in as_(alice).get(f"{T}/canaries/").text
    as_(alice).post(f"{T}/canaries/{store.uid}/removal")
    assert Canary.of(store) is None


def test_the_first_page_says_what_waits_and_every_page_warns_of_the_gravest(as_, alice, bob, lotus):
    campaign.begin(lotus)
    raise_alarm("drift", team=lotus, key="grant:1", person=bob, what="Bob – Boss")
    page = as_(alice).get("/t/lotus/").text
    assert "Alarms to settle" in page
    assert "Access review: lines to decide" in page
    assert "Nobody gave this" in as_(alice).get("/t/lotus/orders/").text


def test_the_last_week_of_a_review_is_told_above_every_page(as_, alice, lotus, clock):
    campaign.begin(lotus)
    assert "The access review ends in" not in as_(alice).get("/t/lotus/orders/").text
    AccessReview.update(due_at=clock.ahead(days=3, hours=1)).execute()
    assert "The access review ends in 3 days" in as_(alice).get("/t/lotus/orders/").text


def test_the_line_of_the_only_reviewer_goes_to_the_operator(as_, alice, bob, olga, charlie, lotus):
    review = campaign.begin(lotus)
    mine, his = line_of(review, alice), line_of(review, bob)
    assert "Alice Wang" in as_(olga).get("/t/harbor/compliance/").text
    base = f"compliance/reviews/{review.uid}/lines"
    assert as_(olga).post(f"/t/harbor/{base}/{mine.uid}/decision", data={"decision": "keep"}).status_code == 303
    assert line_of(review, alice).decided_by_id == olga.id
    assert as_(olga).get(f"/t/harbor/{base}/{his.uid}").status_code == 404
    assert as_(charlie).get(f"/t/comet/{base}/{mine.uid}").status_code == 404
