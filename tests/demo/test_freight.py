"""The demo's price sheets: good as any that is brought in, approved by a second person, one waiting."""

from __future__ import annotations

from commands.demo.freight import set_up
from models.freight.offering import offered
from models.freight.origin import today
from models.freight.rate_card import RateCard


def test_channels_have_prices_and_one_draft_waits(harbor, lotus, alice, bob, charlie, olga):
    people = {"marta.lind": charlie, "chen.yue": olga, "jonas.weber": bob, "lin.jia": alice}
    set_up({"harbor": harbor, "lotus": lotus}, people)
    found = {one.channel.code: one.card for one in offered(lotus.id, today())}
    assert sorted(found) == ["HYL-ECO", "HYL-STD", "RHEIN-DE", "SEA-AIR", "SEA-LCL", "SKY-EXP"]
    assert {card.currency for card in found.values()} == {"CNY", "USD", "EUR"}
    assert [problem for version in RateCard.select() for problem in version.problems] == []
    (waiting,) = RateCard.waiting(harbor.id)
    assert RateCard.get_by_id(waiting.id).steep == 3
