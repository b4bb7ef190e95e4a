"""What personal data is held and due, and destroying it.

The job does it every day at 03:10 UTC. A person is needed only when far more than usual is due: look with
`purge --dry-run`, then `purge --approve`.
"""

from __future__ import annotations

from commands.support import portal, print_json, print_table
from models.mailbox import purge as mail_purge
from models.orders import purge
from models.orders.unread import UnreadOrder
from models.shipping import scale_photo
from models.support import clock


def add_arguments(parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    status = verbs.add_parser("status", help="how much is held, how much is due; exit code 1 when a limit is passed")
    status.add_argument("--json", action="store_true")
    now = verbs.add_parser("purge", help="destroy now what is due")
    now.add_argument("--dry-run", action="store_true", help="only say what would go, per store")
    now.add_argument("--approve", action="store_true", help="also when it is far more than usual")


def run(args) -> int:
    with portal():
        if args.verb == "status":
            return show(args.json)
        if args.dry_run:
            return rehearse()
        print(f"The data of {purge.purge(approve=args.approve)} buyers was destroyed.")
        print(f"What was written in {mail_purge.purge(approve=args.approve)} threads was destroyed.")
        print(f"{scale_photo.forget_old()} photos of the scale were destroyed.")
    return 0


def show(as_json: bool) -> int:
    beyond = purge.oldest_beyond_limit()
    facts = {
        "held": purge.held_count(),
        "due": purge.due_count(),
        "threads_held": mail_purge.held_count(),
        "threads_due": mail_purge.due_count(),
        "photos_held": scale_photo.held_count(),
        "days_beyond_limit": beyond,
        "unread_answers": UnreadOrder.select().count(),
        "usual_per_day": purge.usual_count(),
    }
    if as_json:
        print_json(facts)
    else:
        print_table(["what", "now"], [[name.replace("_", " "), value or 0] for name, value in facts.items()])
    return 0 if beyond is None else 1


def rehearse() -> int:
    found = purge.due()
    print_table(["store", "team", "buyers", "due since"],
                ([d.store.name, d.store.team.slug, d.count, clock.iso(d.oldest)] for d in found))  # fmt: skip
    print(f"{sum(d.count for d in found)} would be destroyed; nothing was.")
    return 0
