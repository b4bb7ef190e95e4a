"""What waits for somebody leads to the page where it is worked off."""

from __future__ import annotations

from views.support.access import reach
from views.workload.queues import PLACES


def test_every_queue_leads_to_a_page_that_opens(app, as_, alice):
    browser = as_(alice)
    with browser:
        browser.get("/t/lotus/")
        addresses = {key: url() for key, (url, permission) in PLACES.items() if not permission or reach.may(permission)}
    assert len(addresses) == len(PLACES), "the boss may open them all"
    assert {key: browser.get(url).status_code for key, url in addresses.items()} == dict.fromkeys(PLACES, 200)
