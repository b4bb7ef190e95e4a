"""Price sheets of the public examples, as rows of sheets."""

from __future__ import annotations

from models.freight.engine.card import Card
from models.freight.workbook.reading import PriceSheet, price_sheet_of

LINE = {
    "card": "channel_code,DEMO-LINE;currency,CNY;vol_mode,MAX;vol_divisor,8000;round_steps,*:0.01;cargo_allowed,general|battery_builtin",
    "zones": "分区,国家二字码,最低计费重(KG);US,US,0.05;FR,FR,0.05",
    "rates": "分区,重量(KG),运费(RMB/KG),挂号费(RMB/票);US,0＜W≤0.3,100,20;US,0.3＜W≤30,90,15;FR,0＜W≤30,60,18",
    "limits": "zone,max_actual_kg,max_longest_cm;*,30,60",
}
EXPRESS = {
    "card": "channel_code,DEMO-EXP;currency,CNY;vol_mode,MAX;vol_divisor,5000;dim_round,ceil_cm;"
    "pieces_mode,COMPARE_THEN_SUM;round_steps,20:0.5|*:1",
    "zones": "zone,country;Z1,US",
    "rates": "zone,band,type,rate,first_kg,first_price,step_kg,step_price;"
    "Z1,0<W<=20,FIRST_STEP,,0.5,150,0.5,40;Z1,20<W<=70,PER_KG,55,,,,",
    "fuel": "from,to,pct;2026-01-01,2026-12-31,25%",
}


def price_sheet(texts: dict[str, str], **more: str) -> PriceSheet:
    """A price sheet from rows parted by `;` and cells parted by `,`."""
    sheets = [
        (name, [(number, row.split(",")) for number, row in enumerate(text.split(";"), 1)])
        for name, text in {**texts, **more}.items()
    ]
    return price_sheet_of(sheets)


def card(texts: dict[str, str], **more: str) -> Card:
    sheet = price_sheet(texts, **more)
    assert sheet.is_good, sheet.problems
    return sheet.card
