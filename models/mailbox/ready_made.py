"""Ready answers that come with Portolan, in seven languages: the questions buyers ask most. A team adds them with one button, and
makes them its own."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from models.mailbox.template import MailTemplate
from models.people.team import Team
from models.support.db import write_txn

RECEIVED = "Message received"  # What a rule of acknowledgements sends.


@cache
def ready_made() -> dict[str, dict[str, str]]:
    """Name → language → text."""
    found: dict[str, dict[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
    return found


def add_ready_made(team: Team, *, by: Any) -> int:
    """Those whose name the team does not use; how many came."""
    with write_txn():
        Team.take_turn(team.id)
        known = {one.folded for one in MailTemplate.of_team(team.id)}
        missing = {name: texts for name, texts in ready_made().items() if name.casefold() not in known}
        for name, texts in missing.items():
            MailTemplate.make(team, name, "template", texts, by=by)
    return len(missing)
