"""Refusals: each issue pinned to a field of ours, in the reader's language; what failed is tried again, and only that."""

from __future__ import annotations

import pytest
from markupsafe import escape

from models.audit.event import Event
from models.catalog import saving
from models.catalog.publication import Issue, Publication
from models.support.errors import Refused
from tests.stores.selling import draft


def without(*names: str, **changes):
    made = draft(1, **changes)
    for name in names:
        made.attributes.pop(name)
    return made


@pytest.fixture
def bad(lotus, offer, store):
    """A listing Amazon refuses at the preview: the kind of toy is missing and the type of pet is none."""
    made = without("pet_toy_type")
    made.attributes["supplier_declared_dg_hz_regulation"] = [{"value": "dynamite"}]
    return offer(saving.create(lotus, made), store, "DE")[0]


def test_a_preview_refuses_before_anything_is_sent(bad, publish, amazon):
    [publication] = publish(bad)
    assert publication.state == "refused" and publication.step == 1
    assert not amazon.listings() and "INVALID" in publication.preview_answer and publication.submit_answer == ""
    assert (
        bad.reload().publication_state == "refused" and bad.reload().issue_count == 2 and bad.reload().state == "draft"
    )
    event = Event.get(Event.name == "publication_refused")
    assert event.details == {"codes": ["90220", "90244"], "stage": "preview"}


def test_each_issue_names_our_field_and_speaks_both_languages(bad, publish):
    [publication] = publish(bad)
    by_attribute = {issue.attributes[0]: issue for issue in publication.issues}
    assert set(by_attribute) == {"pet_toy_type", "supplier_declared_dg_hz_regulation"}
    missing = by_attribute["pet_toy_type"]
    assert (missing.stage, missing.severity, missing.field) == ("preview", "ERROR", "attr.pet_toy_type")
    assert set(missing.messages) == {"en_US", "zh_CN"} and missing.message("en") != missing.message("zh_Hans")
    assert "Pet Toy Type" in missing.message("en") and "宠物玩具类型" in missing.message("zh_Hans")


def test_issues_of_fields_of_ours_stand_at_those_fields(lotus, offer, store, publish, as_, alice):
    made = draft(1)
    made.texts["de"].title = "x" * 300
    made.texts["de"].keywords = "ü" * 200
    [publication] = publish(*offer(saving.create(lotus, made), store, "DE"))
    assert {issue.field for issue in publication.issues} == {"title", "keywords"}
    page = as_(alice).get(f"/t/lotus/catalog/listings/{publication.listing.uid}").text
    title_field = page.split('data-field="title"')[1].split('data-field="bullets"')[0]
    assert (
        "90225" in title_field
        and "90225" not in page.split('data-field="bullets"')[1].split('data-field="keywords"')[0]
    )


def test_the_page_shows_them_in_the_readers_language(bad, publish, as_, alice, bob):
    [publication] = publish(bad)
    message = next(issue for issue in publication.issues if issue.attributes == ["pet_toy_type"])
    for path in (f"listings/{bad.uid}", f"batches/{publication.batch}"):
        assert escape(message.message("en")) in as_(alice).get(f"/t/lotus/catalog/{path}").text
    bob.change(language="zh_Hans")
    for path in (f"listings/{bad.uid}", f"batches/{publication.batch}"):
        assert escape(message.message("zh_Hans")) in as_(bob).get(f"/t/lotus/catalog/{path}").text


def test_when_the_second_language_cannot_be_had_the_first_is_shown(bad, run_job, store, amazon, monkeypatch):
    from integrations.errors import IntegrationError
    from jobs import publishing

    call = publishing.GuardedClient.call

    def english_only(self, name, **options):
        if options["query"].get("issueLocale") == "zh_CN":
            raise IntegrationError("amazon_down", "no", permanent=False)
        return call(self, name, **options)

    monkeypatch.setattr(publishing.GuardedClient, "call", english_only)
    Publication.ask([bad])
    run_job("catalog.publish", store.uid)
    publication = Publication.get()
    assert publication.state == "refused" and all(issue.message("zh_Hans") for issue in publication.issues)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"product_type": ""}, "attr.product_type", "no product type"),
        ({"images": []}, "images", "The product has no image."),
        ({"prices": {}}, "price", "There is no price in EUR."),
    ],
)
def test_what_would_surely_be_refused_is_told_without_asking_amazon(
    lotus, offer, store, publish, amazon, as_, alice, change, field, words
):
    made = draft(1)
    for name, value in change.items():
        setattr(made.variants[0] if name == "prices" else made, name, value)
    before = len(amazon.requests("putListingsItem"))
    [publication] = publish(*offer(saving.create(lotus, made), store, "DE"))
    assert publication.state == "refused" and len(amazon.requests("putListingsItem")) == before
    [issue] = publication.issues
    assert (issue.stage, issue.code, issue.field) == ("check", "PORTOLAN", field) and words in issue.message("en")
    assert words in as_(alice).get(f"/t/lotus/catalog/listings/{publication.listing.uid}").text


def test_an_upload_without_a_public_address_is_refused_here_in_production(lotus, offer, store, publish, monkeypatch):
    from dataclasses import replace

    from jobs import publishing
    from models.catalog.draft import ImageDraft

    made = draft(1, images=[ImageDraft(file_name="0" * 64 + ".jpg", width=800, height=800)])
    real = publishing.settings
    monkeypatch.setattr(publishing, "settings", lambda: replace(real(), mode="production"))
    [publication] = publish(*offer(saving.create(lotus, made), store, "DE"))
    assert publication.state == "refused" and "no public address" in publication.issues[0].message("en")


def test_a_type_amazon_does_not_know_says_so(lotus, offer, store, publish):
    [publication] = publish(*offer(saving.create(lotus, draft(1, product_type="UNICORN")), store, "DE"))
    assert publication.state == "failed" and "UNICORN" in str(publication.problem_words)


def test_a_refusal_at_the_submission_is_kept_with_its_issues(
    listing, store, run_job, amazon, monkeypatch, product, alice
):
    """Amazon may validate less in a preview than it does then."""
    from jobs import publishing

    put = publishing._put

    def put_less(client, its_store, its_listing, body, language, mode=None):
        if mode is None:
            body = {**body, "attributes": {k: v for k, v in body["attributes"].items() if k != "pet_type"}}
        return put(client, its_store, its_listing, body, language, mode)

    monkeypatch.setattr(publishing, "_put", put_less)
    Publication.ask([listing])
    run_job("catalog.publish", store.uid)
    publication = Publication.get()
    assert publication.state == "refused" and publication.step == 2 and "INVALID" in publication.submit_answer
    assert [(issue.stage, issue.attributes) for issue in publication.issues] == [("submit", ["pet_type"])]
    assert not amazon.listings()


def test_a_warning_is_kept_and_stops_nothing(lotus, offer, store, publish):
    made = draft(1, product_type="CHARGING_ADAPTER", attributes={
        "supplier_declared_dg_hz_regulation": [{"value": "not_applicable"}], "connector_type": [{"value": "micro_usb"}],
        "total_usb_ports": [{"value": "2"}], "wattage": [{"value": "20", "unit": "watts"}],
        "power_plug_type": [{"value": "type_c_2pin_eu"}], "batteries_required": [{"value": "no"}],
    })  # fmt: skip
    [publication] = publish(*offer(saving.create(lotus, made), store, "DE"))
    assert publication.state in ("live", "refused")
    if publication.state == "live":
        assert [issue.severity for issue in publication.issues] == ["WARNING"]
        assert publication.listing.reload().issue_count == 0


def test_trying_again_tries_only_what_failed(enter, lotus, offer, store, publish, as_, bob, alice, run_job, amazon):
    good = offer(enter(2), store, "DE")[0]
    bad = offer(saving.create(lotus, without("pet_toy_type")), store, "DE")[0]
    first = publish(good, bad)
    assert [p.state for p in first] == ["live", "refused"]
    page = as_(bob).get(f"/t/lotus/catalog/batches/{first[0].batch}").text
    assert "Try the 1 refused one again" in page
    saving.change(bad.product, draft(1), version=1, by=alice)
    answer = as_(bob).post(f"/t/lotus/catalog/batches/{first[0].batch}/retry")
    assert answer.status_code == 303
    again = list(Publication.select().where(Publication.batch != first[0].batch))
    assert [(p.listing_id, p.state, p.asked_by_id) for p in again] == [(bad.id, "waiting", bob.id)]
    assert as_(bob).post(f"/t/lotus/catalog/batches/{first[0].batch}/retry").status_code == 409
    assert Publication.select().count() == 3


def test_a_batch_where_nothing_failed_has_nothing_to_try_again(listing, publish, as_, bob):
    [publication] = publish(listing)
    assert "Try the" not in as_(bob).get(f"/t/lotus/catalog/batches/{publication.batch}").text
    assert as_(bob).post(f"/t/lotus/catalog/batches/{publication.batch}/retry").status_code == 409


def test_a_refused_listing_that_is_mended_goes_live_and_loses_its_issues(bad, publish, alice):
    publish(bad)
    saving.change(bad.product, draft(1), version=1, by=alice)
    assert publish(bad.reload())[0].state == "live"
    assert bad.reload().issue_count == 0 and Issue.select().count() == 2, "The history stays with the first attempt."


# Stopping


def test_what_waits_can_be_stopped_and_is_not_sent(listing, store, run_job, amazon, as_, bob):
    Publication.ask([listing])
    publication = Publication.get()
    assert as_(bob).post(f"/t/lotus/catalog/publications/{publication.uid}/stop").status_code == 303
    run_job("catalog.publish", store.uid)
    assert publication.reload().state == "stopped" and not amazon.requests("putListingsItem")
    assert Event.get(Event.name == "publication_stopped").actor_id == bob.id
    assert listing.reload().publication_state == "stopped"


def test_what_was_sent_cannot_be_stopped(listing, store, run_job, as_, bob):
    Publication.ask([listing])
    run_job("catalog.publish", store.uid)
    publication = Publication.get()
    answer = as_(bob).post(f"/t/lotus/catalog/publications/{publication.uid}/stop")
    assert answer.status_code == 409 and "sent to Amazon already" in answer.text
    assert publication.reload().state == "accepted"


def test_stopping_and_sending_at_once_has_one_outcome(listing, bob):
    Publication.ask([listing])
    stale = Publication.get()
    Publication.get().change(state="submitted")
    with pytest.raises(Refused):
        stale.stop(by=bob)
    assert Publication.get().state == "submitted"


def test_a_stopped_listing_can_be_published_again(listing, publish, bob):
    Publication.ask([listing])
    Publication.get().stop(by=bob)
    assert publish(listing)[0].state == "live"
