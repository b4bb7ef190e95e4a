"""What waits for the operator's cashiers: recharges, payouts and changes of wallets, for everybody who may decide on them and did not
ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import peewee

from models.people.team import Team
from models.support.words import say
from models.wallet.adjustment import Adjustment
from models.wallet.reaching import DECIDE
from models.wallet.recharge import Recharge
from models.workload.queues import Counts, holders, queue


@queue("recharges", say("Recharges to decide"), "hand-coins")
def recharges(team_id: int, people: Sequence[int]) -> Counts:
    return _of_others(team_id, people, Recharge)


@queue("payouts", say("Payouts to decide"), "banknote")
def payouts(team_id: int, people: Sequence[int]) -> Counts:
    return _of_others(team_id, people, Adjustment, Adjustment.kind == "payout")


@queue("wallet_changes", say("Changes of wallets to decide"), "scale")
def changes(team_id: int, people: Sequence[int]) -> Counts:
    return _of_others(team_id, people, Adjustment, Adjustment.kind != "payout")


def _of_others(team_id: int, people: Sequence[int], model: Any, *conditions: Any) -> Counts:
    operator = Team.operator()
    if operator is None or operator.id != team_id:
        return {}
    count = peewee.fn.COUNT(model.id)
    query = model.select(model.requested_by, count).where(model.state == "waiting", *conditions)
    asked: dict[Any, int] = dict(query.group_by(model.requested_by).tuples())
    total = sum(asked.values())
    able = [person for person in holders(team_id, DECIDE) if person in people] if total else []
    return {person: total - asked.get(person, 0) for person in able}
