"""Publishing: each listing goes from waiting to live, step by step; accepted is not live."""

from __future__ import annotations

import pytest

from models.audit.event import Event
from models.catalog.listing import Listing
from models.catalog.publication import Publication
from models.catalog.variant import Variant
from models.stores.call_log import CallLog
from models.stores.sync import Sync
from models.support.errors import Refused
from models.support.job_run import JobRun, JobWake
from tests.stores.selling import answer


def states():
    return [p.state for p in Publication.select().order_by(Publication.id)]


def test_each_step_is_one_state_and_only_what_amazon_shows_is_live(listing, run_job, time_passes, amazon, store):
    Publication.ask([listing])
    assert states() == ["waiting"] and listing.reload().publication_state == "waiting"
    run_job("catalog.publish", store.uid)
    assert states() == ["accepted"] and listing.reload().publication_state == "accepted"
    publication = Publication.get()
    assert listing.reload().state == "draft", "Accepted is not live."
    assert publication.submission_id and publication.submitted_at and publication.accepted_at
    for _ in range(40):
        time_passes(5)
        run_job("catalog.publish", store.uid)
        there = amazon.listings()[(publication.listing.variant.sku, listing.marketplace_id)]
        from sandbox.amazon import lifecycle

        is_live = lifecycle.is_live(there, amazon.handle.world.clock.now())
        assert is_live or states() == ["accepted"], "Never before Amazon."
        if states() == ["live"]:
            break
    assert states() == ["live"]
    listing = listing.reload()
    assert (listing.state, listing.publication_state, listing.issue_count) == ("live", "live", 0)
    assert len(listing.asin) == 10 and listing.statuses == ["BUYABLE", "DISCOVERABLE"]
    assert (listing.live_price.amount_minor, listing.live_currency, listing.live_quantity) == (1999, "EUR", 25)
    assert listing.watch_at is not None and Sync.of(store, "listings").good_at is not None
    event = Event.get(Event.name == "publication_live")
    assert event.details["asin"] == listing.asin and event.store_id == store.id and event.actor_kind == "job"


def test_amazons_answers_are_kept_as_they_came(listing, publish):
    [publication] = publish(listing)
    assert answer(publication.preview_answer)["status"] == "VALID"
    submitted = answer(publication.submit_answer)
    assert submitted["status"] == "ACCEPTED" and submitted["submissionId"] == publication.submission_id
    read = answer(publication.read_answer)
    assert read["summaries"][0]["asin"] == listing.reload().asin and read["sku"] == "TOY-1"


def test_what_amazon_has_is_what_was_built(listing, publish, amazon):
    [publication] = publish(listing)
    assert amazon.listings()[("TOY-1", listing.marketplace_id)].attributes == publication.attributes


@pytest.mark.parametrize("sku", ["a/b c", "茶杯 (大)", "Ünï/cödé + 50%", "x" * 40, "😀", "#1?&="])
def test_a_sku_with_slashes_spaces_and_any_script_goes_live_under_its_own_name(
    enter, store, offer, publish, amazon, sku
):
    [listing] = offer(enter(1, skus=(sku,)), store, "DE")
    assert publish(listing)[0].state == "live"
    assert (sku, listing.marketplace_id) in amazon.listings()


def test_one_product_goes_to_several_marketplaces_in_their_languages(product, store, connect, offer, publish, amazon):
    japan = connect("fe")
    listings = [*offer(product, store, "DE", "FR", "UK"), *offer(product, japan, "JP")]
    assert [p.state for p in publish(*listings)] == ["live"] * 4
    there = amazon.listings()
    titles = {code: there[("TOY-1", listing.marketplace_id)].attributes["item_name"][0] for code, listing in
              zip(("DE", "FR", "UK", "JP"), listings, strict=True)}  # fmt: skip
    assert titles["DE"]["value"] == "Seilball 1" and titles["JP"]["value"] == "ロープボール 1"
    assert titles["FR"]["value"] == titles["UK"]["value"] == "Rope ball 1" and titles["FR"]["language_tag"] == "fr_FR"
    assert {listing.reload().live_currency for listing in listings} == {"EUR", "GBP", "JPY"}


def test_asking_twice_publishes_once_and_says_so(listing, alice):
    batch = Publication.ask([listing, listing], by=alice)
    assert states() == ["waiting"]
    with pytest.raises(Refused, match="on their way already"):
        Publication.ask([listing])
    assert Publication.get().batch == batch and Publication.get().asked_by_id == alice.id
    event = Event.get(Event.name == "publications_asked")
    assert event.details == {"count": 1, "stores": ["Lotus Trading EU"]} and event.team_id == listing.team_id


@pytest.mark.both
def test_of_people_who_ask_at_once_one_publishes(lotus, enter, application, in_parallel):
    from models.stores.store import Store

    store = Store.declare(lotus, "Europe", "eu", seller_id="A1B2C3D4E5F6G7")
    store.change(state="active")
    listings = [
        Listing.offer(variant, store, "A1PA6795UKMFR9") for variant in Variant.of(enter(1, skus=("A", "B", "C")))
    ]
    outcomes = in_parallel(5, lambda: Publication.ask(listings))
    assert len(outcomes.results) == 1 and len(outcomes.errors_of(Refused)) == 4, outcomes.errors
    assert Publication.select().count() == 3


def test_a_store_that_is_not_connected_publishes_nothing(listing, store):
    store.lose_authorization("x")
    with pytest.raises(Refused, match="not connected"):
        Publication.ask([listing])


@pytest.mark.both
def test_two_workers_at_once_publish_each_once(listing, store, portal, in_parallel, amazon):
    from jobs.runner import Runner
    from jobs.schedule import SCHEDULE
    from models.support import clock

    Publication.ask([listing])
    runs = in_parallel(
        2, lambda n: Runner(SCHEDULE, portal).run("catalog.publish", str(store.uid), clock.ahead(seconds=n))
    )
    assert not runs.errors and sum(run is not None for run in runs.results) >= 1
    assert states() == ["accepted"]
    real = [r for r in amazon.requests("putListingsItem") if "mode" not in r["query"]]
    assert len(real) == 1


def test_a_step_that_is_stopped_while_amazon_answers_is_left_alone(listing, store, run_job, monkeypatch, alice):
    from jobs import publishing

    put = publishing._put

    def overtaken(client, its_store, its_listing, body, language, mode=None):
        found = put(client, its_store, its_listing, body, language, mode)
        if mode:
            Publication.get().stop(by=alice)
        return found

    Publication.ask([listing])
    monkeypatch.setattr(publishing, "_put", overtaken)
    run = run_job("catalog.publish", store.uid)
    assert run.state == "done" and states() == ["stopped"]
    assert Publication.get().preview_answer == "" and listing.reload().publication_state == "stopped"


def test_a_job_that_comes_back_after_the_answer_was_lost_sends_the_same_again(listing, store, run_job, amazon, clock):
    """Killed between Amazon's answer and our note of it: the state says submitted, and a PUT replaces."""
    Publication.ask([listing])
    run_job("catalog.publish", store.uid)
    there = dict(amazon.listings()[("TOY-1", listing.marketplace_id)].attributes)
    Publication.update(
        state="submitted", submit_answer="", submission_id="", accepted_at=None, due_at=clock.now()
    ).execute()
    run_job("catalog.publish", store.uid)
    assert states() == ["accepted"] and len(amazon.listings()) == 1
    assert amazon.listings()[("TOY-1", listing.marketplace_id)].attributes == there


def test_one_that_breaks_does_not_hold_up_the_others(enter, offer, store, run_job, monkeypatch):
    from jobs import publishing

    listings = [offer(enter(n), store, "DE")[0] for n in (1, 2, 3)]
    build = publishing.build

    def broken(content, *args, **kwargs):
        if content.product.code == "P-1":
            raise KeyError("a programming error")
        return build(content, *args, **kwargs)

    monkeypatch.setattr(publishing, "build", broken)
    Publication.ask(listings)
    run = run_job("catalog.publish", store.uid)
    assert run.state == "done" and states() == ["waiting", "accepted", "accepted"]
    first = Publication.select().order_by(Publication.id).get()
    assert "unexpected error" in str(first.problem_words) and first.attempts == 1
    monkeypatch.undo()


@pytest.mark.parametrize("kind", ["html_503", "empty_500", "reset", "truncated", "throttle"])
@pytest.mark.parametrize("operation", ["putListingsItem", "getListingsItem", "getDefinitionsProductType"])
def test_passing_trouble_postpones_and_says_why_and_then_it_goes_on(
    listing, store, run_job, amazon, time_passes, kind, operation
):
    amazon.fault(kind, operation, times=6)
    Publication.ask([listing])
    for _ in range(3):
        run_job("catalog.publish", store.uid)
        time_passes(3)
    publication = Publication.get()
    assert publication.is_open and publication.due_at is not None
    for _ in range(60):
        time_passes(30)
        run_job("catalog.publish", store.uid)
        if states() == ["live"]:
            break
    assert states() == ["live"] and Publication.get().problem_words is None


def test_trouble_is_tried_ever_more_patiently_and_given_up_after_twelve_times(listing, store, run_job, amazon, clock):
    amazon.fault("html_503", "putListingsItem", seconds=600)
    Publication.ask([listing])
    waits = []
    for _ in range(12):
        run_job("catalog.publish", store.uid)
        publication = Publication.get()
        if not publication.is_open:
            break
        waits.append(round((publication.due_at - clock.now()).total_seconds()))
        clock.move(to=publication.due_at)
    assert waits == sorted(waits) and waits[0] == 5 and waits[-1] == 900 and len(waits) == 11
    assert states() == ["failed"] and "Amazon has trouble" in str(publication.problem_words)
    assert listing.reload().publication_state == "failed"


def test_being_throttled_is_no_failure_however_long_it_takes(listing, store, run_job, amazon, clock):
    amazon.fault("throttle", "putListingsItem", seconds=600)
    Publication.ask([listing])
    for _ in range(20):
        run_job("catalog.publish", store.uid)
        clock.move(seconds=1000)
    publication = Publication.get()
    assert publication.state == "waiting" and publication.attempts == 0 and "slower" in str(publication.problem_words)
    assert len(amazon.requests("putListingsItem")) <= 20 * 6


def test_while_the_token_service_is_down_everything_rests_and_nothing_fails(
    enter, offer, store, run_job, amazon, clock
):
    from jobs.amazon import TOKENS

    listings = [offer(enter(n), store, "DE")[0] for n in range(1, 5)]
    Publication.ask(listings)
    TOKENS._held.clear()
    amazon.fault("lwa_down", "token", seconds=600)
    run_job("catalog.publish", store.uid)
    assert states() == ["waiting"] * 4 and all(p.attempts == 0 for p in Publication.select())
    assert "sign-in service" in str(Publication.get().problem_words)
    assert "sign-in service" in str(Sync.of(store, "listings").problem_words)
    assert CallLog.select().where(CallLog.operation == "token", CallLog.status != 200).count() == 6
    assert not Publication.stores_with_work(), "It is not asked again every second."
    amazon.heal()
    clock.move(seconds=61)
    run_job("catalog.publish", store.uid)
    assert states() == ["accepted"] * 4


def test_a_wrong_client_secret_fails_no_publication(listing, store, application, run_job, amazon, clock):
    from jobs.amazon import TOKENS
    from models.stores.application import Application
    from tests.stores.selling import CLIENT_ID, CLIENT_SECRET

    Publication.ask([listing])
    TOKENS._held.clear()
    Application.save_for(application.team, name="x", kind="private", client_id=CLIENT_ID, client_secret="rotated")
    run_job("catalog.publish", store.uid)
    assert states() == ["waiting"] and "client id or secret" in str(Publication.get().problem_words)
    Application.save_for(application.team, name="x", kind="private", client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    clock.move(seconds=61)
    run_job("catalog.publish", store.uid)
    assert states() == ["accepted"]


def test_without_a_seller_id_it_says_what_is_missing(listing, store, run_job):
    store.change(seller_id="")
    Publication.ask([listing])
    run_job("catalog.publish", store.uid)
    assert states() == ["failed"] and "merchant token" in str(Publication.get().problem_words)


def test_progress_is_done_of_total(enter, offer, store, run_job):
    Publication.ask([offer(enter(n), store, "DE")[0] for n in range(1, 4)])
    run = run_job("catalog.publish", store.uid)
    assert (run.state, run.done, run.total) == ("done", 6, 6)


def test_a_cancelled_run_loses_nothing(enter, offer, store, run_job, monkeypatch):
    from jobs import publishing

    step, taken = publishing.step, []

    def step_and_cancel(*args):
        step(*args)
        taken.append(args)
        JobRun.get(JobRun.job == "catalog.publish", JobRun.state == "running").cancel()

    Publication.ask([offer(enter(n), store, "DE")[0] for n in range(1, 4)])
    monkeypatch.setattr(publishing, "step", step_and_cancel)
    run = run_job("catalog.publish", store.uid)
    assert run.state == "cancelled" and len(taken) == 1 and states() == ["previewed", "waiting", "waiting"]
    monkeypatch.undo()
    run_job("catalog.publish", store.uid)
    assert set(states()) == {"accepted"}


# Again, with other values


def test_publishing_again_is_live_only_with_the_new_price(listing, publish, run_job, time_passes, store, alice):
    publish(listing)
    time_passes(3600)
    run_job("catalog.publish", store.uid)
    listing.reload().override({"price_minor": 2500}, by=alice)
    Publication.ask([listing.reload()])
    run_job("catalog.publish", store.uid)
    time_passes(4)
    run_job("catalog.publish", store.uid)
    second = Publication.select().order_by(Publication.id.desc()).get()
    assert second.state == "accepted", "Amazon still shows the old price."
    for _ in range(20):
        time_passes(15)
        run_job("catalog.publish", store.uid)
    assert second.reload().state == "live" and listing.reload().live_price_minor == 2500


def test_an_old_refusal_is_not_taken_for_the_answer_to_a_new_attempt(
    enter, offer, store, connect, publish, run_job, time_passes, alice, lotus, amazon
):
    """A barcode that belongs to another brand is refused minutes later; mended and sent again, the old issue still shows."""
    from models.catalog import saving
    from tests.stores.selling import draft

    assert publish(*offer(enter(1), store, "DE"))[0].state == "live"
    rival = amazon.tell("/accounts", region="eu", name="Rival")
    other = draft(2, skus=("SAME-CODE",), brand="Somebody Else")
    other.variants[0].gtin = draft(1).variants[0].gtin
    product = saving.create(lotus, other)
    store.change(seller_id="", state="disconnected")
    with amazon.handle.world.turn():
        token = amazon.handle.world.grant("amzn1.application-oa2-client.sandbox", rival["seller_id"]).refresh_token
    from models.stores.application import Application
    from models.stores.store import Store

    second = Store.declare(lotus, "Rival store", "eu", seller_id=rival["seller_id"])
    second.authorize(application=Application.get(), refresh_token=token)
    run_job("stores.check", second.uid)
    second = second.reload()
    [listing] = offer(product, second, "DE")
    [refused] = publish(listing)
    assert refused.state == "refused" and refused.issues[0].code == "8541" and refused.issues[0].stage == "read"
    mended = draft(2, skus=("SAME-CODE",), brand="Somebody Else")
    saving.change(product, mended, version=1, by=alice)
    Publication.ask([listing.reload()])
    run_job("catalog.publish", second.uid)
    time_passes(3)
    run_job("catalog.publish", second.uid)
    again = Publication.select().order_by(Publication.id.desc()).get()
    assert again.state == "accepted", "The issue of the first attempt says nothing about the second."
    for _ in range(20):
        time_passes(15)
        run_job("catalog.publish", second.uid)
    assert again.reload().state == "live"


# On the screen


def test_a_person_publishes_and_watches_it_go_live(product, store, as_, bob, run_job, time_passes):
    browser = as_(bob)
    page = browser.get(f"/t/lotus/catalog/publish?product={product.uid}").text
    places = [part.split('"')[0] for part in page.split('name="place" value="')[1:]]
    assert len(places) == 5
    answer = browser.post("/t/lotus/catalog/publish", data={"product": str(product.uid), "place": places[:2]})
    assert answer.status_code == 303 and "/catalog/batches/" in answer.location
    fragment = browser.get(answer.location, fragment=True)
    assert "HX-Request" in fragment.headers["Vary"] and 'hx-trigger="every 2s"' in fragment.text
    assert (
        fragment.text.count("TOY-1") == 2 and "0 of 2" in " ".join(fragment.text.split())
    ) or 'aria-valuenow="0"' in fragment.text
    run_job("catalog.publish", store.uid)
    listing = Listing.select().order_by(Listing.id).get()
    detail = f"/t/lotus/catalog/listings/{listing.uid}"
    halfway = browser.get(detail, fragment=True).text
    assert "Amazon has accepted it. It is read back until it is buyable" in halfway and "hx-trigger" in halfway
    for _ in range(20):
        time_passes(15)
        run_job("catalog.publish", store.uid)
    done = browser.get(answer.location, fragment=True).text
    assert "hx-trigger" not in done and done.count("Live, as read back") == 2
    final = browser.get(detail, fragment=True).text
    assert "hx-trigger" not in final and "answers as they came" in final
    assert listing.reload().asin in browser.get(detail).text


def test_choosing_nothing_is_said_beside_the_field(product, store, as_, bob):
    answer = as_(bob).post("/t/lotus/catalog/publish", data={"product": str(product.uid)})
    assert answer.status_code == 422 and "Choose at least one." in answer.text
    answer = as_(bob).post("/t/lotus/catalog/publish", data={"place": "x:y", "product": str(product.uid)})
    assert answer.status_code == 422 and not Publication.select().exists()


def test_one_listing_is_published_from_its_page(listing, as_, bob):
    assert as_(bob).post(f"/t/lotus/catalog/listings/{listing.uid}/publication").status_code == 303
    assert states() == ["waiting"] and Publication.get().asked_by_id == bob.id
    assert [(wake.job, wake.scope) for wake in JobWake.waiting() if wake.job == "catalog.publish"] == [
        ("catalog.publish", str(listing.store.uid))
    ]
