"""`./portolan freight import`: says what a price sheet would change, and makes the draft only when told to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands.__main__ import main
from models.database import close_databases, open_databases
from models.freight.rate_card import RateCard
from models.people.team import Team
from tests.freight.asking import approved
from tests.freight.files import line, workbook
from tests.freight.sheets import LINE


@pytest.fixture
def bring(settings, lotus, alice, bob, tmp_path, monkeypatch, capsys):
    """`bring(content, "--apply")`: the exit code, what was printed, and what was said beside it."""
    open_databases(settings)
    approved(lotus, alice, bob, **{"DEMO-LINE": LINE})
    monkeypatch.setenv("PORTOLAN_DATA", str(settings.data))
    monkeypatch.setenv("PORTOLAN_MODE", "test")

    def run(content: bytes, *arguments: str, team: str = "lotus"):
        path: Path = tmp_path / "prices.xlsx"
        path.write_bytes(content)
        code = main(["freight", "import", str(path), "--team", team, *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    yield run
    close_databases()


def test_a_sheet_is_looked_at_then_drafted_and_leaps_are_accepted_by_name(bring, settings):
    content = workbook(line(rates=LINE["rates"].replace("100,20", "200,20")))
    code, out, _err = bring(content)
    assert code == 0 and "US 0<W≤0.3 rate: 100 → 200  100.0 %  (more than 50 %)" in out and "Nothing was changed" in out
    code, out, err = bring(content, "--apply")
    assert code == 1 and "--accept-steep" in err
    code, out, _err = bring(content, "--apply", "--accept-steep", "--json", "--note", "as agreed")
    told = json.loads(out)
    assert (code, told["applied"], told["version"], told["errors"]) == (0, True, 2, [])
    assert told["changes"] == [
        {"zone": "US", "band": "0<W≤0.3", "what": "rate", "kind": "changed", "old": "100", "new": "200", "percent": "100.0",
         "steep": True},
    ]  # fmt: skip
    assert bring(content)[0] == 1, "the same file is refused"
    open_databases(settings)
    assert (RateCard.select().count(), RateCard.get(RateCard.version == 2).note) == (2, "as agreed")


def test_wrong_cells_and_unknown_channels_change_nothing(bring, settings):
    code, out, err = bring(workbook(line(rates=f"{LINE['rates']};US,much,1,1")), "--apply")
    assert code == 1 and "✗ rates, row 5, band: Write a weight band" in err and "1 wrong cells" in out
    code, _out, err = bring(workbook(line()), "--channel", "NOPE")
    assert code == 1 and "no channel NOPE" in err
    assert bring(b"a,b\n")[0] == 1
    open_databases(settings)
    assert RateCard.select().count() == 1 and Team.select().count() == 3
