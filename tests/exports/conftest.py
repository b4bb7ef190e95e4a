"""Lists worth exporting: orders of lotus, a few with their buyers or thousands without, and a folder to find files in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bench import data
from jobs import amazon as jobs_amazon
from jobs.runner import Runner
from jobs.schedule import SCHEDULE
from models.audit.origin import Origin, acting
from models.exports.export import Export
from models.exports.files import Folder
from models.lists.list_of import LISTS
from models.lists.viewer import Viewer
from models.orders.ingest import keep
from models.orders.line import OrderLine
from models.orders.order import Order
from models.people.employees import invite
from models.people.invitation import Invitation
from models.people.reach import Reach
from models.support import clock as the_clock
from models.support.bulk import insert_rows
from models.support.db import write_txn
from models.support.job_run import JobRun
from tests.orders.conftest import make_store, order_of, rival_store, snapshot, store  # noqa: F401 (fixtures)

REASON = "The carrier wants the addresses"
COLUMNS = ("order", "ordered", "status", "total")


@pytest.fixture(autouse=True)
def _settings(request: pytest.FixtureRequest) -> None:
    if "portal" in request.fixturenames or "cast" in request.fixturenames:
        jobs_amazon.use_settings(request.getfixturevalue("portal"))


@pytest.fixture
def folder(portal: Any) -> Folder:
    """Where files lie."""
    return Folder(portal.data)


@pytest.fixture
def dora(lotus: Any) -> Any:
    """A second boss of lotus."""
    with acting(Origin("command", "tests")):
        person, token = invite(lotus, "dora", "Dora Lind", role="boss")
        Invitation.of_token(token).use("Copper-Kettle-27")
    return person.reload()


@pytest.fixture
def buyers(store: Any) -> Callable[..., None]:  # noqa: F811
    """`buyers(60)`: so many unshipped orders, each with its buyer."""
    numbers = count(1)

    def made(many: int, **facts: Any) -> None:
        keep(store, [snapshot(next(numbers), **facts) for _ in range(many)])

    return made


@pytest.fixture
def many_orders(store: Any) -> Callable[[int], None]:  # noqa: F811
    """`many_orders(6000)`: so many orders without buyers, written in bulk."""

    def made(many: int) -> None:
        today = the_clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        for chunk in data.chunks(data.orders(many, store.team_id, store.id, today)):
            with write_txn():
                insert_rows(Order, data.ORDER, [order for order, _lines in chunk])
                insert_rows(OrderLine, data.LINE, [row for _order, lines in chunk for row in lines])

    return made


def viewer_of(person: Any, team: Any) -> Viewer:
    return Viewer(Reach.of(person, team), "Europe/Berlin", person.language)


@pytest.fixture
def ask(lotus: Any, alice: Any) -> Callable[..., Export]:
    """`ask(query="status=SHIPPED", file_format="csv", with_buyers=True, by=dora)`: an export of orders."""

    def asked(*, by: Any = None, query: str = "", name: str = "orders", reason: str = REASON, **how: Any) -> Export:
        person = by or alice
        viewer = viewer_of(person, lotus)
        a_list = LISTS[name]
        how = {"file_format": "csv", "columns": COLUMNS} | how
        with acting(Origin("person", person_id=person.id)):
            return Export.ask(viewer, a_list, a_list.asked(query, viewer), reason=reason, **how)

    return asked


@pytest.fixture
def runner(portal: Any) -> Runner:
    return Runner(SCHEDULE, portal)


@pytest.fixture
def make(runner: Runner) -> Callable[[Export], Export]:
    """Makes an export as its job does."""

    def made(export: Export) -> Export:
        runner.run("exports.make", str(export.uid))
        return export.reload()

    return made


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def book_of(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def run_of(export: Export) -> JobRun:
    run = JobRun.claim("exports.make", str(export.uid), the_clock.now())
    assert run is not None
    return run
