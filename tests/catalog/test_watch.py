"""Reading back, and looking again later: accepted is not live, and live can still be taken down."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

from models.audit.event import Event
from models.catalog.publication import Issue, Publication
from models.catalog.watching import watched_now


@pytest.fixture
def live(listing, publish):
    assert publish(listing)[0].state == "live"
    return listing.reload()


@pytest.fixture
def inject(amazon, live):
    """`inject(actions=["LISTING_SUPPRESSED"])`: Amazon finds something out late."""
    address = f"/listings/{live.store.seller_id}/{quote('TOY-1')}/issues"
    return lambda **issue: amazon.tell(address, **{"attributes": ["brand"], "message": "Found late.", **issue})


@pytest.fixture
def look(run_job, live, time_passes):
    def later(seconds=3600):
        time_passes(seconds)
        run_job("catalog.publish", live.store.uid)
        return live.reload()

    return later


def names():
    return [
        event.name for event in Event.select().order_by(Event.id) if event.name.startswith(("listing_", "publication_"))
    ]


def test_a_late_issue_is_kept_and_a_suppressed_listing_says_so(live, look, inject, as_, alice):
    inject(code="5665", actions=["LISTING_SUPPRESSED"])
    listing = look()
    assert (listing.state, listing.issue_count) == ("suppressed", 1) and listing.statuses == ["DISCOVERABLE"]
    [issue] = Issue.select().where(Issue.stage == "late")
    assert (issue.code, issue.field, issue.enforcements) == ("5665", "brand", ["LISTING_SUPPRESSED"])
    assert names()[-1] == "listing_suppressed" and Event.select().order_by(Event.id.desc()).get().details == {
        "codes": ["5665"]
    }
    assert "Suppressed" in as_(alice).get("/t/lotus/catalog/listings/?standing=suppressed").text
    page = as_(alice).get(f"/t/lotus/catalog/listings/{live.uid}").text
    assert "Found late." in page and "LISTING_SUPPRESSED" in page
    assert "Listings that Amazon refused or suppressed" in as_(alice).get("/t/lotus/").text


def test_a_listing_that_is_buyable_again_has_recovered(live, look, inject, amazon):
    inject(actions=["LISTING_SUPPRESSED"])
    assert look().state == "suppressed"
    amazon.forget(f"/listings/{live.store.seller_id}/{quote('TOY-1')}/issues")
    listing = look()
    assert (listing.state, listing.issue_count) == ("live", 0) and names()[-1] == "listing_recovered"
    assert Issue.select().count() == 0


def test_a_late_warning_takes_nothing_down(live, look, inject):
    inject(severity="WARNING")
    listing = look()
    assert (listing.state, listing.issue_count) == ("live", 0) and Issue.select().where(
        Issue.stage == "late"
    ).count() == 1
    assert "listing_suppressed" not in names()


def test_the_same_suppression_is_told_once(live, look, inject):
    inject(actions=["LISTING_SUPPRESSED"])
    for _ in range(4):
        look()
    assert names().count("listing_suppressed") == 1 and Issue.select().where(Issue.stage == "late").count() == 1


def test_a_listing_somebody_deleted_is_removed_and_may_come_back(live, look, amazon):
    world = amazon.handle.world
    with world.turn():
        kept = next(iter(world.listings))
        world.listings.drop(f"{kept.seller_id}|{kept.marketplace_id}|{kept.sku}")
        for key in list(world.listings._rows):
            world.listings.drop(key)
    listing = look()
    assert listing.state == "removed" and names()[-1] == "listing_removed"
    look(90_000)
    assert names().count("listing_removed") == 1
    with world.turn():
        world.listings.put(kept)
    assert look(90_000).state == "live" and names()[-1] == "listing_recovered"


def test_price_and_stock_are_what_amazon_has(live, look, amazon):
    amazon.tell("/orders", seller_id=live.store.seller_id, count=3, days=0)
    listing = look(200_000)
    assert listing.live_price_minor == 1999 and listing.live_quantity is not None and listing.live_quantity <= 25
    assert listing.read_at is not None


def test_it_is_looked_at_often_at_first_and_once_a_day_later(live, look, clock):
    distances = []
    for _ in range(12):
        listing = live.reload()
        distances.append(listing.watch_at - clock.now())
        look((listing.watch_at - clock.now()).total_seconds() + 1)
    rounded = [round(distance / timedelta(minutes=1)) for distance in distances]
    assert rounded == sorted(rounded) and rounded[0] == 2 and rounded[-1] == 1440


def test_trouble_while_looking_is_tried_again_and_changes_nothing(live, look, amazon, clock):
    amazon.fault("html_503", "getListingsItem", times=6)
    listing = look()
    assert listing.state == "live" and timedelta(0) < listing.watch_at - clock.now() <= timedelta(minutes=15)
    assert not watched_now(live.store)


def test_a_payload_nobody_can_read_does_not_stop_the_others(live, look, monkeypatch, clock):
    from jobs import publishing

    def broken(*_args):
        raise AttributeError("a programming error")

    monkeypatch.setattr(publishing.mapping, "listing", broken)
    listing = look()
    assert listing.state == "live" and listing.watch_at > clock.now()


def test_accepted_but_never_live_is_given_up_after_three_days_in_words(
    listing, store, run_job, time_passes, amazon, alice
):
    listing.override({"quantity": 0}, by=alice)  # Nothing in stock: discoverable, not buyable.
    Publication.ask([listing])
    for _ in range(60):
        run_job("catalog.publish", store.uid)
        time_passes(2 * 3600)
        if not Publication.get().is_open:
            break
    publication = Publication.get()
    assert publication.state == "failed" and "did not make it buyable within three days" in str(
        publication.problem_words
    )
    assert listing.reload().state == "draft" and publication.reads < 60
    assert 70 < (publication.ended_at - publication.accepted_at).total_seconds() / 3600 < 80


def test_an_error_found_after_acceptance_is_a_refusal(listing, store, run_job, time_passes, amazon):
    Publication.ask([listing])
    run_job("catalog.publish", store.uid)
    amazon.tell(
        f"/listings/{store.seller_id}/TOY-1/issues", code="8541", attributes=["externally_assigned_product_identifier"]
    )
    time_passes(3)
    run_job("catalog.publish", store.uid)
    publication = Publication.get()
    assert publication.state == "refused" and publication.step == 3
    assert [(issue.stage, issue.field) for issue in publication.issues] == [("read", "gtin")]


@pytest.mark.parametrize("times", range(1, 5))
def test_answers_that_broke_their_schema_are_read_as_far_as_they_go(
    listing, store, run_job, time_passes, amazon, times
):
    for _ in range(times):
        amazon.fault("schema_break", "getListingsItem", times=1)
        amazon.fault("schema_break", "putListingsItem", times=1)
    Publication.ask([listing])
    for _ in range(40):
        run_job("catalog.publish", store.uid)
        time_passes(20)
    assert Publication.get().state == "live", "A broken answer is neither a good one nor a refusal."


def test_while_a_new_attempt_is_under_way_its_issues_are_counted_not_the_old_ones(live, look, inject, alice, run_job):
    live.override({"price_minor": 2600}, by=alice)
    Publication.ask([live.reload()])
    inject(actions=["LISTING_SUPPRESSED"])
    from integrations.amazon.mapping.listings import IssueSnapshot, ListingSnapshot
    from models.catalog.watching import watch

    found = IssueSnapshot("1", "x", "ERROR", ["brand"], [], [], [])
    seen = ListingSnapshot("TOY-1", live.marketplace_id, live.asin, ["BUYABLE"], "", None, None, None, [found])
    watch(live.reload(), seen, [(found, {"en_US": "x"})])
    assert live.reload().issue_count == 0
