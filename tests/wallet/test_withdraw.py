"""A team takes its own recharge back while nobody has decided on it; a cashier's open work stands on the operator's board."""

from __future__ import annotations

import pytest

from models.support.errors import AlreadyDecided
from models.wallet.adjustment import Adjustment
from models.wallet.recharge import Recharge
from models.wallet.transfer import Transfer
from models.workload.queues import waiting_for
from tests.wallet.test_pages import H, T, gao, seat  # noqa: F401 (a fixture)


def test_a_team_withdraws_what_it_asked_for_and_nobody_else_does(as_, alice, bob, charlie, gao, wallet):  # noqa: F811
    asked = Recharge.ask(wallet, 5_000, bank_reference="CMB-1", by=alice)
    at = f"{T}/recharges/{asked.uid}"
    assert "/withdrawal" in as_(alice).get(at).text
    assert as_(charlie).post(f"/t/comet/wallet/recharges/{asked.uid}/withdrawal").status_code == 404
    assert as_(bob).post(f"{at}/withdrawal").status_code == 403
    assert as_(gao).post(f"/t/harbor/wallet/recharges/{asked.uid}/withdrawal").status_code in (403, 404)
    assert as_(alice).post(f"{at}/withdrawal").status_code == 303
    page = as_(alice).get(at).text
    assert "Withdrawn" in page and "/withdrawal" not in page and "withdrew the recharge R-1" in page
    assert as_(alice).post(f"{at}/withdrawal").status_code == 409
    assert as_(gao).post(f"{H}/payments/{asked.uid}/approval").status_code == 409
    again = Recharge.ask(wallet, 5_000, bank_reference="CMB-1", by=alice)
    assert not again.duplicates() and wallet.reload().balance_minor == 100_000
    again.approve(by=gao)
    with pytest.raises(AlreadyDecided):
        again.withdraw(by=alice)


@pytest.mark.both
def test_the_team_and_the_cashier_at_once_end_one_way(alice, gao, wallet, in_parallel):  # noqa: F811
    for number in range(6):
        asked = Recharge.ask(wallet, 700, bank_reference=f"X-{number}", by=alice)
        before = wallet.reload().balance_minor
        verbs = (lambda one=asked: one.withdraw(by=alice), lambda one=asked: one.approve(by=gao))
        outcomes = in_parallel(2, lambda place, verbs=verbs: verbs[place]())
        assert len(outcomes.errors_of(AlreadyDecided)) == 1 and len(outcomes.results) == 1
        state, posted = asked.reload().state, wallet.reload().balance_minor - before
        assert (state, posted) in (("withdrawn", 0), ("approved", 700))
        assert (
            Transfer.select().where(Transfer.ref_kind == "recharge", Transfer.ref_id == asked.id).count()
            == posted // 700
        )


def test_the_board_shows_the_cashiers_open_work_but_never_ones_own(as_, app, harbor, lotus, alice, olga, gao, wallet):  # noqa: F811
    Recharge.ask(wallet, 5_000, bank_reference="CMB-1", by=alice)
    Recharge.ask(wallet, 6_000, bank_reference="CMB-2", by=gao)
    Adjustment.propose(wallet, -700, reason="a payout", by=olga, kind="payout")
    Adjustment.propose(wallet, 700, reason="a mistake", by=gao)
    found = waiting_for(harbor.id, [olga.id, gao.id])
    counts = {person.login: {one.key: count for one, count in found[person.id]} for person in (olga, gao)}
    assert counts == {"olga": {"recharges": 2, "wallet_changes": 1}, "gao": {"recharges": 1, "payouts": 1}}
    assert waiting_for(lotus.id, [alice.id]).get(alice.id, []) == []
    assert "Recharges to decide" in as_(olga).get("/t/harbor/workload/").text
