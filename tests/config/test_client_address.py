"""The true address of a client: forged headers do not move it."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.client_address import allowed, client_address, parse


def networks(*texts: str) -> tuple:
    return tuple(ipaddress.ip_network(text) for text in texts)


NONE = networks()
LOCAL = networks("127.0.0.1/32", "::1/128")
TWO_HOPS = networks("127.0.0.1/32", "10.0.0.0/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "true_address"),
    [
        # Nobody is trusted: the header is only talk.
        ("203.0.113.9", "", NONE, "203.0.113.9"),
        ("203.0.113.9", "10.0.0.1", NONE, "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9", NONE, "127.0.0.1"),
        # A trusted proxy wrote the last hop; what stands before it came from the client.
        ("127.0.0.1", "203.0.113.9", LOCAL, "203.0.113.9"),
        ("127.0.0.1", "10.0.0.1, 203.0.113.9", LOCAL, "203.0.113.9"),
        ("127.0.0.1", "127.0.0.1, 203.0.113.9", LOCAL, "203.0.113.9"),
        ("127.0.0.1", "10.0.0.1,203.0.113.9,127.0.0.1", LOCAL, "203.0.113.9"),
        ("::1", "2001:db8::9", LOCAL, "2001:db8::9"),
        # Two proxies in a row.
        ("127.0.0.1", "198.51.100.7, 203.0.113.9, 10.1.2.3", TWO_HOPS, "203.0.113.9"),
        ("127.0.0.1", "198.51.100.7, 203.0.113.9, 10.1.2.3", LOCAL, "10.1.2.3"),
        # A stranger who reaches the port directly is not believed.
        ("203.0.113.9", "127.0.0.1", LOCAL, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.7, 127.0.0.1", LOCAL, "203.0.113.9"),
        # Forms of one and the same address.
        ("127.0.0.1", "203.0.113.9:51234", LOCAL, "203.0.113.9"),
        ("127.0.0.1", "[2001:db8::9]:51234", LOCAL, "2001:db8::9"),
        ("127.0.0.1", '"[2001:db8::9]"', LOCAL, "2001:db8::9"),
        ("127.0.0.1", "::ffff:203.0.113.9", LOCAL, "203.0.113.9"),
        ("::ffff:127.0.0.1", "203.0.113.9", LOCAL, "203.0.113.9"),
        ("::ffff:203.0.113.9", "127.0.0.1", LOCAL, "203.0.113.9"),
        ("fe80::1%eth0", "", NONE, "fe80::1"),
        # Everything through proxies: the first of them is as far as we can see.
        ("127.0.0.1", "10.0.0.2", TWO_HOPS, "10.0.0.2"),
        ("127.0.0.1", "", LOCAL, "127.0.0.1"),
        # Garbage where the truth should stand: nobody, so nobody gets in.
        ("127.0.0.1", "unknown", LOCAL, None),
        ("127.0.0.1", " , ,", LOCAL, None),
        ("127.0.0.1", "203.0.113.9, unknown", LOCAL, None),
        ("127.0.0.1", "_hidden", LOCAL, None),
        ("127.0.0.1", "203.0.113.9.evil.example", LOCAL, None),
        ("127.0.0.1", "0x7f000001", LOCAL, None),
        ("127.0.0.1", "2130706433", LOCAL, None),
        ("127.0.0.1", "203.0.113.09", LOCAL, None),
        ("127.0.0.1", "１２７.0.0.1", LOCAL, None),
        ("127.0.0.1", "1.2.3.4;5.6.7.8", LOCAL, None),
        ("127.0.0.1", "203.0.113.9:1:2", LOCAL, None),
        ("", "127.0.0.1", LOCAL, None),
        ("unix:", "127.0.0.1", LOCAL, None),
    ],
)
def test_the_address_is_found_through_trusted_hops_and_no_others(peer, forwarded, trusted, true_address):
    found = client_address(peer, forwarded, trusted)
    assert (None if found is None else str(found)) == true_address


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    assert parse(text) is None or parse(text).version in (4, 6)
    client_address("127.0.0.1", text, LOCAL)


ADDRESSES = st.ip_addresses().map(str)


@given(
    st.lists(ADDRESSES | st.sampled_from(["unknown", "", "127.0.0.1"])), st.ip_addresses(v=4, network="203.0.113.0/24")
)
def test_whatever_a_client_writes_before_its_own_address_changes_nothing(forged, address):
    """A proxy appends the true address; nothing to the left of it is looked at."""
    assert client_address("127.0.0.1", ", ".join([*forged, str(address)]), LOCAL) == address


def test_nobody_is_in_no_network():
    everyone = networks("0.0.0.0/0", "::/0")
    assert not allowed(None, everyone)
    assert not allowed(parse("203.0.113.9"), NONE)
    assert allowed(parse("203.0.113.9"), everyone)
    assert allowed(parse("203.0.113.9"), networks("203.0.113.0/24"))
    assert not allowed(parse("203.0.114.9"), networks("203.0.113.0/24"))
    assert not allowed(parse("2001:db8::9"), networks("0.0.0.0/0"))
