"""A team's rule for channels: the cheapest that arrives in time and is not left out, for all countries or one; never an incomplete one."""

from __future__ import annotations

import pytest

from models.freight.channel import Channel
from models.shipping import offers
from models.shipping.channel_rule import ChannelRule
from models.shipping.making import make_parcel
from models.shipping.parcel import Parcel
from models.support.errors import Refused
from tests.orders.conftest import make_store
from tests.shipping.test_offers import offer
from tests.shipping.test_parcel import order_of

T = "/t/lotus/shipping"


@pytest.fixture
def parcel(lotus, alice, bob) -> Parcel:
    """Goes to Germany: SLOW is the cheapest in 20 days at most, QUICK costs more and DEAR much more in 5; NO-FUEL is incomplete."""
    offer(lotus, alice, bob)
    made = make_parcel([order_of(make_store(lotus))], by=alice)
    made.box(grams=300, sides_mm=(200, 150, 50), by=alice)
    return made.reload()


def channel(code: str) -> Channel:
    return Channel.get(Channel.code == code)


def chosen(parcel: Parcel) -> str:
    offers.choose_by_rule(parcel.reload())
    return parcel.reload().channel.code


@pytest.mark.both
def test_the_cheapest_that_keeps_the_rule_is_chosen_and_a_countrys_own_rule_counts_first(lotus, alice, parcel):
    with pytest.raises(Refused, match="no rule"):
        offers.choose_by_rule(parcel)
    ChannelRule.keep(lotus, "", days=None, by=alice)
    assert chosen(parcel) == "SLOW", "not NO-FUEL, whose price is incomplete"
    ChannelRule.keep(lotus, "", days=10, by=alice)
    assert chosen(parcel) == "QUICK"
    ChannelRule.keep(lotus, "de", days=10, without=[channel("QUICK")], by=alice)
    assert chosen(parcel) == "DEAR" and ChannelRule.select().count() == 2
    ChannelRule.keep(lotus, "DE", days=2, by=alice)
    with pytest.raises(Refused, match="follows your team's rule"):
        offers.choose_by_rule(parcel.reload())
    assert parcel.reload().channel.code == "DEAR"


def test_the_rule_is_kept_and_used_by_one_click_and_for_many(as_, alice, bob, charlie, lotus, parcel):
    browser = as_(alice)
    for sent in ({"days": "0"}, {"days": "soon"}, {"country": "<b>"}, {"without": "no-such"}):
        assert browser.post(f"{T}/rules/", data=sent).status_code == 422, sent
    assert not ChannelRule.select().exists()
    sent = {"country": "DE", "days": "10", "without": [str(channel("DEAR").uid)]}
    assert browser.post(f"{T}/rules/", data=sent).status_code == 303
    page = browser.get(f"{T}/rules/?country=DE").text
    assert "Germany" in page and 'value="10"' in page and "DEAR" in page
    assert browser.post(f"{T}/parcels/{parcel.uid}/quote", data={"pick": "rule"}).status_code == 303
    assert parcel.reload().channel.code == "QUICK"
    rule = ChannelRule.get()
    for person, code in ((charlie, 404), (bob, 403)):
        assert as_(person).get(f"{T}/rules/").status_code == code
        assert as_(person).post(f"{T}/rules/{rule.uid}/removal").status_code == code
    assert as_(charlie).post(f"/t/comet/shipping/rules/{rule.uid}/removal").status_code == 404
    own = as_(charlie).post("/t/comet/shipping/rules/", data={"without": [str(channel("DEAR").uid)]})
    assert own.status_code == 422, "a rival's channel cannot even be named"
    ChannelRule.keep(lotus, "DE", days=30, by=alice)
    bulk = browser.post(
        "/t/lotus/lists/parcels/bulk", data={"bulk": "by_rule", "selected": [str(parcel.uid)]}, follow_redirects=True
    )
    assert bulk.status_code == 200 and parcel.reload().channel.code == "SLOW"
    assert browser.post(f"{T}/rules/{rule.uid}/removal").status_code == 303 and not ChannelRule.select().exists()
    assert "no rule for channels yet" in browser.post(f"{T}/parcels/{parcel.uid}/quote", data={"pick": "rule"}).text
