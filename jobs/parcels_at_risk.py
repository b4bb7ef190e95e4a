"""Looking for parcels at risk, and learning from those that arrived how long a lane is usually silent."""

from __future__ import annotations

from models.people.team import Team
from models.shipping.alerts.finding import refresh
from models.shipping.alerts.lane import Lane
from models.support.job_run import JobRun


def watch(run: JobRun) -> None:
    for team in Team.everyone():
        refresh(team, run.fence)


def learn(run: JobRun) -> None:
    for team in Team.everyone():
        Lane.learn(team, run.fence)
