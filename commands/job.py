"""Background work, from the server."""

from __future__ import annotations

from commands.support import portal, print_json, print_table
from jobs import amazon
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.support import clock
from models.support.errors import Refused
from models.support.job_run import JobRun


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    listing = verbs.add_parser("list")
    listing.add_argument("--json", action="store_true")
    run_now = verbs.add_parser("run", help="do one run here and now; exit code 1 when it failed")
    run_now.add_argument("name")
    run_now.add_argument("--store", default="", metavar="UID")


def run(args) -> int:
    with portal() as settings:
        if args.verb == "list":
            return show(args.json)
        if args.name not in {job.name for job in SCHEDULE}:
            raise Refused(f"There is no job “{args.name}”. ./portolan job list shows them.")
        amazon.use_settings(settings)
        runner = Runner(SCHEDULE, settings)
        scopes = [args.store] if args.store else list(runner.jobs[args.name].scopes())
        runs = [runner.run(args.name, scope) for scope in scopes]
        for done in runs:
            print(
                "already under way"
                if done is None
                else f"{done.job} {done.scope} {done.state} {done.done} {done.error_words or ''}".rstrip()
            )
        return 1 if any(done is not None and done.state == "failed" for done in runs) else 0


def show(as_json: bool) -> int:
    last = JobRun.last_of([job.name for job in SCHEDULE])
    rows = [
        {
            "name": job.name,
            "title": str(job.title),
            "next": clock.iso(job.next_slot(clock.now())),
            "last": clock.iso(last[job.name].started_at) if job.name in last else None,
            "state": last[job.name].state if job.name in last else None,
        }
        for job in SCHEDULE
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(["job", "what", "next", "last", "state"], (list(row.values()) for row in rows))
    return 0
