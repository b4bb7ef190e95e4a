"""Teams whose access is reviewed, and the jobs that review it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jobs import compliance
from models.compliance import campaign, touched  # noqa: F401 (listens to reveals)
from models.compliance.document import canonical, finish
from models.compliance.line import ReviewLine
from models.compliance.review import AccessReview
from models.people.role import Grant, Role
from models.support import clock
from models.support.job_run import JobRun


@pytest.fixture
def run() -> Callable[[Callable[[JobRun], None]], None]:
    """`run(compliance.reviews)`: does a job once, as the runner would."""

    def once(work: Callable[[JobRun], None]) -> None:
        claimed = JobRun.claim(work.__name__, "", clock.now())
        assert claimed is not None
        work(claimed)
        claimed.finish("done")

    return once


@pytest.fixture
def go_on() -> Callable[[], None]:
    """What the job of reviews does, with paper that is quicker to make."""

    def once() -> None:
        campaign.open_due()
        campaign.close_overdue()
        for review in AccessReview.closing():
            campaign.carry_out(review)
            finish(review, lambda content, languages: dict.fromkeys(languages, canonical(content).encode()))

    return once


@pytest.fixture
def review(lotus: Any, alice: Any, bob: Any) -> AccessReview:
    """An open review of lotus: Alice and Bob."""
    return campaign.begin(lotus, by=alice)


@pytest.fixture
def manager(bob: Any, lotus: Any, alice: Any) -> Any:
    """Bob, who may also decide in reviews."""
    role = Role.create(team=lotus, key="reviewer", name="Reviewer")
    role.set_permissions(frozenset({"reviews.manage", "alarms.view", "alarms.settle"}))
    Grant.give(bob, lotus, role)
    return bob.reload()


def line_of(review: AccessReview, person: Any) -> ReviewLine:
    line = ReviewLine.get(ReviewLine.review == review, ReviewLine.person == person)
    line.review = review
    return line


@pytest.fixture
def work() -> Any:
    """The jobs of the room."""
    return compliance
