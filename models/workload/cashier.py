"""What waits for the operator's cashiers: recharges, payouts and changes of wallets, for everybody who may decide on them and did not
ask for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import peewee

from models.people.team import Team
from models.support.bulk import raw_rows
from models.support.words import say
from models.wallet.adjustment import Adjustment
from models.wallet.reaching import DECIDE
from models.wallet.recharge import Recharge
from models.workload.queues import Counts, Queue, holders, queues


@queues(
    Queue("recharges", say("Recharges to decide"), "hand-coins"),
    Queue("payouts", say("Payouts to decide"), "banknote"),
    Queue("wallet_changes", say("Changes of wallets to decide"), "scale"),
)
def cashier(team_id: int, people: Sequence[int]) -> tuple[Counts, ...]:
    operator = Team.operator()
    if operator is None or operator.id != team_id:
        return {}, {}, {}
    found = {"recharge": Counter[Any](), "payout": Counter[Any](), "other": Counter[Any]()}
    for kind, person, count in _asked():
        found[kind if kind in found else "other"][person] += count
    able = [person for person in holders(team_id, DECIDE) if person in people] if any(found.values()) else []
    return tuple({person: asked.total() - asked[person] for person in able} for asked in found.values())


def _asked() -> Iterable[tuple[str, Any, int]]:
    """What waits: what it is, who asked for it, how much."""
    count = peewee.fn.COUNT(peewee.SQL("1"))
    query = Recharge.select(Recharge.requested_by, count).where(Recharge.state == "waiting")
    for person, number in raw_rows(query.group_by(Recharge.requested_by)):
        yield "recharge", person, number
    changes = Adjustment.select(Adjustment.kind, Adjustment.requested_by, count).where(Adjustment.state == "waiting")
    yield from raw_rows(changes.group_by(Adjustment.kind, Adjustment.requested_by))
