"""Addresses are built once for the same place and values, and never one team's or page's for another."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask, g, url_for

from views.support.portal import Portal


@pytest.fixture
def small() -> Flask:
    app = Portal(__name__, static_folder=None)
    app.add_url_rule("/t/<team>/things/<uid>", "room.thing", lambda **_given: "")
    app.add_url_rule("/list", "room.list", lambda: "")

    @app.url_defaults
    def _put_team(endpoint, values):
        if "team" not in values and app.url_map.is_endpoint_expecting(endpoint, "team"):
            values["team"] = g.team.slug

    return app


class Team:
    def __init__(self, slug: str):
        self.slug = slug


def test_the_team_at_hand_stands_in_the_address(small):
    uid = uuid.uuid4()
    for slug in ("lotus", "comet", "lotus"):
        with small.test_request_context("/list"):
            g.team = Team(slug)
            assert url_for("room.thing", uid=uid) == url_for("room.thing", uid=str(uid)) == f"/t/{slug}/things/{uid}"


def test_values_that_are_equal_and_read_otherwise_are_told_apart(small):
    with small.test_request_context("/list"):
        told = [url_for("room.list", q=value) for value in (1, True, "1", 1.0, None, ["a", "b"])]
    assert told == ["/list?q=1", "/list?q=True", "/list?q=1", "/list?q=1.0", "/list", "/list?q=a&q=b"]


def test_a_whole_address_names_the_host_it_was_asked_at(small):
    for host in ("http://one.test", "http://two.test"):
        with small.test_request_context("/list", base_url=host):
            assert url_for("room.list", _external=True) == f"{host}/list"


def test_below_another_root_addresses_begin_there(small):
    for root in ("", "/portal"):
        with small.test_request_context("/list", environ_overrides={"SCRIPT_NAME": root}):
            assert url_for("room.list") == f"{root}/list"
