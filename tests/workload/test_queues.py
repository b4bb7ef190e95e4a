"""What waits for somebody leads to the page where it is worked off."""

from __future__ import annotations

from views.support.access import reach
from views.workload.queues import PLACES


def test_every_queue_leads_to_a_page_that_opens(app, as_, alice, olga):
    opened: dict[str, int] = {}
    for person, team in ((alice, "lotus"), (olga, "harbor")):
        browser = as_(person)
        with browser:
            browser.get(f"/t/{team}/")
            mine = {key: url() for key, (url, permission) in PLACES.items() if not permission or reach.may(permission)}
        opened |= {key: browser.get(url).status_code for key, url in mine.items()}
    assert opened == dict.fromkeys(PLACES, 200), "the boss and the operator may open them all"
