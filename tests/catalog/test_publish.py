"""Publishing: from waiting to live, step by step."""

from __future__ import annotations


def test_a_listing_goes_from_waiting_to_live(listing, publish, amazon):
    [publication] = publish(listing)
    assert publication.state == "live", (publication.problem_words, [i.message("en") for i in publication.issues])
    listing = listing.reload()
    assert (listing.state, listing.publication_state) == ("live", "live")
