"""The works there are, and their sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench import exports, freight, ingest, lists, mailbox, mailbox_threads, people, tracking, wallets
from bench.measure import Measurement


@dataclass(frozen=True)
class Sizes:
    lists: lists.Size
    ingest: ingest.Size
    exports: exports.Size
    people: people.Size = people.Size(events=100_000, samples=15)
    freight: freight.Size = freight.Size(single=1_000, batch=10_000, sheet_rows=19_900)
    tracking: tracking.Size = tracking.Size(parcels=1_000, messages=100)
    wallets: wallets.Size = wallets.Size(postings=1_000, pages=(1, 10), deductions=20_000)
    mailbox: mailbox.Size = mailbox.Size(mails=10_000, checks=600)
    threads: mailbox_threads.Size = mailbox_threads.Size(mails=2_000, threads=20_000, held=4_000, samples=15)


QUICK = Sizes(
    lists.Size(products=10_000, orders=50_000, samples=15),
    ingest.Size(orders=5_000, by_pages=2_000),
    exports.Size(orders=20_000),
)
FULL = Sizes(
    lists.Size(products=100_000, orders=1_000_000, samples=40),
    ingest.Size(orders=100_000, by_pages=10_000),
    exports.Size(orders=100_000),
    people.Size(events=3_600_000, samples=40),
    freight.Size(single=5_000, batch=50_000, sheet_rows=19_900),
    tracking.Size(parcels=100_000, messages=2_000),
    wallets.Size(postings=5_000, pages=(1, 10, 100), deductions=1_000_000),
    threads=mailbox_threads.Size(mails=10_000, threads=200_000, held=5_000, samples=40),
)

Tell = Callable[[str], None]
WORKS: dict[str, Callable[[Sizes, Tell], Iterable[Measurement]]] = {
    "lists": lambda sizes, tell: lists.run(sizes.lists, tell),
    "ingest": lambda sizes, tell: ingest.run(sizes.ingest, tell),
    "exports": lambda sizes, tell: exports.run(sizes.exports, tell),
    "freight": lambda sizes, tell: freight.run(sizes.freight, tell),
    "tracking": lambda sizes, tell: tracking.run(sizes.tracking, tell),
    "wallets": lambda sizes, tell: wallets.run(sizes.wallets, tell),
    "mailbox": lambda sizes, tell: mailbox.run(sizes.mailbox, tell),
    "threads": lambda sizes, tell: mailbox_threads.run(sizes.threads, tell),
    "people": lambda sizes, tell: people.run(sizes.people, tell),
}
