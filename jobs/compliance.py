"""Access reviews, alarms and the daily baseline, as far as they run by themselves."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import models.compliance.touched  # noqa: F401 (is told of reveals and exports that jobs make)
from jobs.amazon import settings
from jobs.papers.making import pdfs
from models.audit.archive import FOLDER, faults_of_anchors, verify_segments
from models.audit.chain import verify
from models.audit.checkpoint import check_signature, stored_checkpoints
from models.compliance import baseline, campaign, watch
from models.compliance.activity import ActivityCount
from models.compliance.alarm import raise_alarm
from models.compliance.document import finish
from models.compliance.line import DECISIONS, OUTCOMES
from models.compliance.review import AccessReview
from models.orders import planting
from models.people.team import Team
from models.support.job_run import JobRun
from models.support.words import Words

PAUSE_SECONDS = 0.02


def reviews(run: JobRun) -> None:
    """Opens what is due, ends what is overdue, does what was decided, and has it printed and signed."""
    run.progress(add=campaign.open_due() + campaign.close_overdue())
    for review in AccessReview.closing():
        campaign.carry_out(review, run.fence)
        finish(review, printed)


def printed(content: dict[str, Any], languages: Sequence[str]) -> dict[str, bytes]:
    """The record of a review as a PDF in each language."""
    return pdfs(
        "documents/access_review.html", languages, review=content, decisions=DECISIONS, outcomes=OUTCOMES, words=Words
    )


def alarms(run: JobRun) -> None:
    watch.watch(run.fence)


def take_baseline(run: JobRun) -> None:
    """Who may do what today, and what of it no event explains."""
    taken = baseline.take()
    run.progress(add=taken.lines + planting.renew() + ActivityCount.forget_old() + baseline.forget_old())


def check_audit(run: JobRun) -> None:
    """Walks the whole event log once a day, with a pause after every few thousand events for those who wait for a page."""

    def step(links: int) -> None:
        run.progress(add=links)
        time.sleep(PAUSE_SECONDS)

    kept = stored_checkpoints()
    forged = [line for line in kept if not check_signature(line)]
    verdict = verify({int(line["seq"]): line["hash"] for line in kept if check_signature(line)}, step=step)
    _archived, broken = verify_segments(settings().data / FOLDER)
    faults = [f"checkpoint {line.get('seq')}" for line in forged] + verdict.faults + faults_of_anchors() + broken
    if faults:
        raise_alarm("audit_broken", team=Team.operator(), key="audit", fault=faults[0][:200])
    run.progress(done=verdict.links)
