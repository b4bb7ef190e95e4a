"""The pages about oneself belong together and are on the clock of one's team."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest


@pytest.mark.parametrize("page", ["/preferences", "/password", "/factors/", "/sessions/", "/tries"])
def test_each_page_about_oneself_leads_to_the_others_and_back_to_the_team(as_, alice, page):
    text = as_(alice).get(page).text
    assert 'aria-label="About you"' in text and text.count('aria-current="page"') >= 1
    assert 'href="/t/lotus/"' in text


def test_without_a_zone_of_ones_own_the_team_s_counts(as_, alice, lotus):
    lotus.timezone = "America/New_York"
    lotus.save(only=["timezone"])
    browser = as_(alice)
    signed_in = browser.get("/sessions/") and browser.session.created_at.replace(tzinfo=UTC)
    assert f"{signed_in.astimezone(ZoneInfo('America/New_York')):%H:%M}" in browser.get("/sessions/").text
