"""Every page of the stores: who may open it, what it costs, and that whatever people write into it stays text."""

from __future__ import annotations

import pytest

from models.people.role import Grant, Role
from models.stores.application import Application
from models.stores.call_log import CallLog
from models.stores.rate_bucket import StoreThrottle
from models.stores.store import Store
from tests.stores.selling import CLIENT_ID, HOSTILE, Counted

T = "/t/lotus/stores"


@pytest.fixture
def rack(lotus, application):
    """`rack(3)`: so many stores of lotus, with marketplaces and calls."""
    from integrations.amazon.client import Call
    from integrations.amazon.mapping.sellers import Participation

    stores = []

    def fill(count):
        while len(stores) < count:
            number = len(stores)
            store = Store.declare(lotus, f"Store {number}", "eu", seller_id=f"A1B2C3D4E5F{number:03}")
            store.authorize(application=application, refresh_token=f"Atzr|token-{number:04}")
            store.change(state="active")
            store.connected(
                [Participation("A1PA6795UKMFR9", "DE", "EUR", "de_DE", "Amazon.de", True)], tried=store.authorization
            )
            CallLog.write(store, Call("searchOrders", "GET", 200, 12, 1, f"request-{number}", 0.0056, ""))
            CallLog.write(store, Call("putListingsItem", "PUT", 503, 12, 2, "", None, "amazon_down"))
            StoreThrottle(str(store.uid)).take("searchOrders", 0.0056, 20)
            stores.append(store)
        return stores

    return fill


def paths(store):
    return {
        "index": f"{T}/", "detail": f"{T}/{store.uid}", "new": f"{T}/new", "applications": f"{T}/applications",
        "calls": f"{T}/calls/", "failed": f"{T}/calls/?failed=1&store={store.uid}", "disconnect": f"{T}/{store.uid}/disconnection",
    }  # fmt: skip


def actions(store):
    return {
        "create": f"{T}/", "authorize": f"{T}/{store.uid}/authorization", "check": f"{T}/{store.uid}/check",
        "disconnect": f"{T}/{store.uid}/disconnection", "application": f"{T}/applications",
    }  # fmt: skip


CONNECTING = {"new", "applications", "disconnect"}


@pytest.mark.parametrize(
    ("role", "closed"),
    [("boss", set()), ("manager", CONNECTING), ("lister", CONNECTING | {"calls", "failed"}), ("auditor", CONNECTING),
     ("shipper", CONNECTING | {"calls", "failed"})],
)  # fmt: skip
def test_each_role_opens_what_it_may(as_, bob, lotus, rack, role, closed):
    [store] = rack(1)
    Grant.get(Grant.person == bob).take(by=None)
    Grant.give(bob, lotus, Role.built_in(role))
    for name, path in paths(store).items():
        assert as_(bob).get(path).status_code == (403 if name in closed else 200), name
    if role != "boss":
        for name, path in actions(store).items():
            assert as_(bob).post(path, data={"name": store.name}).status_code == 403, name
        assert as_(bob).get(f"{T}/{store.uid}/consent").status_code == 403
        page = as_(bob).get(f"{T}/{store.uid}").text
        assert "Disconnect" not in page and "Refresh token" not in page
    assert store.reload().is_active


def test_a_stranger_finds_nothing_at_any_address(as_, charlie, olga, rack, visitor):
    [store] = rack(1)
    for person in (charlie, olga):
        for name, path in {**paths(store), "consent": f"{T}/{store.uid}/consent"}.items():
            assert as_(person).get(path).status_code == 404, name
            assert as_(person).get(path, fragment=True).status_code == 404, name
        for name, path in actions(store).items():
            assert as_(person).post(path, data={"name": store.name}).status_code == 404, name
    for path in paths(store).values():
        assert "/sign-in" in visitor.get(path).location
    assert store.reload().is_active


def test_another_teams_store_is_not_found_under_ones_own_address_either(as_, charlie, olga, rack):
    [store] = rack(1)
    for person, team in ((charlie, "comet"), (olga, "harbor")):
        for path in (f"/{store.uid}", f"/{store.uid}/disconnection", f"/{store.uid}/consent"):
            assert as_(person).get(f"/t/{team}/stores{path}").status_code == 404
        for path in (f"/{store.uid}/authorization", f"/{store.uid}/check", f"/{store.uid}/disconnection"):
            assert as_(person).post(f"/t/{team}/stores{path}", data={"name": store.name}).status_code == 404
        page = (
            as_(person).get(f"/t/{team}/stores/").text
            + as_(person).get(f"/t/{team}/stores/calls/?store={store.uid}").text
        )
        assert "Store 0" not in page and "request-0" not in page
    assert store.reload().is_active


def test_who_has_one_store_only_sees_no_other(as_, bob, lotus, rack):
    first, second = rack(2)
    Grant.get(Grant.person == bob).take(by=None)
    Grant.give(bob, lotus, Role.built_in("manager"), stores=[second.id])
    page = as_(bob).get(f"{T}/").text
    assert "Store 1" in page and "Store 0" not in page
    assert as_(bob).get(f"{T}/{first.uid}").status_code == 404 and as_(bob).get(f"{T}/{second.uid}").status_code == 200
    calls = as_(bob).get(f"{T}/calls/").text
    assert "request-1" in calls and "request-0" not in calls and "Store 0" not in calls


def test_seeing_a_store_is_not_connecting_it(as_, bob, lotus, rack):
    """Bob is the boss of one store and looks at the other: its token, its authorization and its end are not his."""
    first, second = rack(2)
    Grant.get(Grant.person == bob).take(by=None)
    Grant.give(bob, lotus, Role.built_in("auditor"))
    Grant.give(bob, lotus, Role.built_in("boss"), stores=[second.id])
    token = first.authorization.last4
    assert as_(bob).get(f"{T}/{first.uid}").status_code == 200 and as_(bob).get(f"{T}/new").status_code == 200
    for path, data in (
        (f"{T}/{first.uid}/authorization", {"refresh_token": "Atzr|mine", "application": str(Application.get().uid)}),
        (f"{T}/{first.uid}/check", {}),
        (f"{T}/{first.uid}/disconnection", {"name": first.name}),
    ):
        assert as_(bob).post(path, data=data).status_code == 403, path
    assert as_(bob).get(f"{T}/{first.uid}/consent").status_code == 403
    assert as_(bob).get(f"{T}/{first.uid}/disconnection").status_code == 403
    assert first.reload().is_active and first.authorization.last4 == token
    assert "Refresh token" not in as_(bob).get(f"{T}/{first.uid}").text
    assert as_(bob).post(f"{T}/{second.uid}/disconnection", data={"name": second.name}).status_code == 303


def test_only_the_last_four_signs_of_a_token_or_secret_are_ever_shown(as_, alice, rack, application):
    [store] = rack(1)
    pages = "".join(as_(alice).get(path).text for path in paths(store).values())
    assert "••••0000" in pages and "token-0000" not in pages
    assert f"••••{application.secret_last4}" in pages and "sandbox-secret" not in pages


@pytest.mark.parametrize("name", ["index", "detail", "applications", "calls", "failed", "new", "disconnect"])
def test_a_page_costs_few_queries_and_no_more_for_more_stores(as_, alice, rack, name):
    costs = []
    for count in (1, 15):
        path = paths(rack(count)[0])[name]
        for _ in range(2):
            as_(alice).get(path)
        with Counted() as door:
            as_(alice).get("/t/lotus/catalog/import")
        with Counted() as counted:
            assert as_(alice).get(path).status_code == 200
        costs.append(len(counted) - len(door))
    assert costs[0] == costs[1] <= 12, (costs, counted)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_shown_as_text(as_, alice, lotus, application, text):
    from models.stores.sync import Sync
    from models.support.words import say

    text = text.replace("\0", "")
    store = Store.declare(lotus, text[:80], "eu", by=alice)
    store.authorize(application=application, refresh_token="Atzr|x", by=alice)
    store.change(state="active")
    Sync.of(store, "account").fail(say("Amazon says: %(message)s", message=text))
    Application.save_for(lotus, name=text[:80], kind="private", client_id=CLIENT_ID, client_secret="x")
    for path in paths(store).values():
        answer = as_(alice).get(path)
        assert answer.status_code == 200  # The visitor looks for scripts, handlers and broken tags on every page.
        assert "<script>alert" not in answer.text and "<img src=x" not in answer.text
    form = {"name": text, "region": text, "application": text, "seller_id": text, "way": text}
    assert as_(alice).post(f"{T}/", data=form).status_code == 422


# Applications


def test_an_application_is_saved_and_its_secret_never_shown_again(as_, alice, lotus, last_event):
    form = {
        "name": "App",
        "kind": "private",
        "client_id": "amzn1.application-oa2-client.x",
        "client_secret": "amzn1.oa2-cs.v1.SECRET",
    }
    answer = as_(alice).post(f"{T}/applications", data=form)
    assert answer.status_code == 303
    page = as_(alice).get(f"{T}/applications").text
    assert "amzn1.application-oa2-client.x" in page and "••••CRET" in page and "SECRET" not in page
    assert (last_event().name, last_event().details) == (
        "application_saved",
        {"kind": "private", "secret_changed": True},
    )
    changed = form | {"name": "Renamed", "client_secret": ""}
    assert as_(alice).post(f"{T}/applications", data=changed).status_code == 303
    application = Application.get()
    assert application.name == "Renamed" and application.unseal("client_secret") == "amzn1.oa2-cs.v1.SECRET"


@pytest.mark.parametrize(
    ("change", "words"),
    [({"client_id": "x"}, "begins with amzn1.application-oa2-client."), ({"client_secret": ""}, "The client secret is needed."),
     ({"kind": "public"}, "begins with amzn1.sp.solution."), ({"kind": "secret"}, "Choose from the list."),
     ({"name": ""}, "This is needed."), ({"client_secret": "x" * 2001}, "At most 2,000")],
)  # fmt: skip
def test_a_wrong_application_is_said_beside_the_field(as_, alice, change, words):
    form = {"name": "App", "kind": "private", "client_id": "amzn1.application-oa2-client.x", "client_secret": "SECRET"}
    answer = as_(alice).post(f"{T}/applications", data=form | change)
    assert answer.status_code == 422 and words in answer.text and "SECRET" not in answer.text
    assert not Application.select().exists()


def test_a_secret_that_grows_old_is_told(as_, alice, application, clock):
    def page():
        from models.people.session import Session

        Session.update(created_at=clock.now(), last_seen_at=clock.now()).execute()
        return as_(alice).get(f"{T}/applications").text

    assert "otate soon" not in page() and "otate now" not in page()
    clock.move(days=151)
    assert "Rotate soon" in page()
    clock.move(days=30)
    assert "Rotate now" in page()


def test_only_the_operator_shares_its_application(as_, alice, olga, comet, charlie, harbor):
    form = {
        "name": "Shared",
        "kind": "private",
        "client_id": "amzn1.application-oa2-client.x",
        "client_secret": "SECRET",
        "is_shared": "1",
    }
    as_(alice).post(f"{T}/applications", data=form)
    assert not Application.get().is_shared
    assert not Application.usable_by(comet)
    as_(olga).post("/t/harbor/stores/applications", data=form)
    assert [a.team_id for a in Application.usable_by(comet)] == [harbor.id]
    page = as_(charlie).get("/t/comet/stores/new").text
    assert "Shared" in page and "SECRET" not in page
