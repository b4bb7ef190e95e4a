"""The cast and the ground every test stands on: real databases, a real app, a clock that can be moved.

Three teams: harbor runs the portal, lotus sells, comet is its rival. Alice is the boss of lotus, Bob lists there,
Charlie is the boss of comet, Olga runs the portal. A test marked `both` runs on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import gc
import inspect
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from werkzeug.routing import Rule

from config.settings import Settings
from models.audit.event import Event
from models.audit.origin import Origin, acting
from models.database import close_databases, connected, migrate, open_databases
from models.people.employees import invite
from models.people.invitation import Invitation
from models.people.person import Person
from models.people.session import Session
from models.people.team import Team
from models.support import clock as the_clock
from models.support import job_run, words
from models.support.db import PostgresDatabase, db
from models.vault import key_file
from models.vault.data_key import keys_db
from tests import pages
from tests.chromium import chromium  # noqa: F401 (a fixture)
from tests.ground import tests_in_memory
from tests.servers import Postgres, Redis, under_ci

PASSWORD = "Copper-Kettle-27"
CAST = (  # login, name, team, role
    ("olga", "Olga Petrova", "harbor", "operator"),
    ("alice", "Alice Wang", "lotus", "boss"),
    ("bob", "Bob Stein", "lotus", "lister"),
    ("charlie", "Charlie Roux", "comet", "boss"),
)
TEAMS = (("harbor", "Harbor Lines"), ("lotus", "Lotus Trading"), ("comet", "Comet Goods"))

tests_in_memory()

hypothesis.settings.register_profile("here", deadline=None, max_examples=60, derandomize=under_ci())
hypothesis.settings.load_profile("here")

# Nothing of the shell that started the tests may reach the settings they read.
for _name in [name for name in os.environ if name.startswith("PORTOLAN_") and name != "PORTOLAN_AMAZON_MODELS"]:
    del os.environ[_name]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run everything that opens a database on PostgreSQL too")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`both` runs a test on each database, `postgres` and `sqlite` on that one alone; else SQLite, or both with --full."""
    if "database" not in metafunc.fixturenames:
        return
    choices = {"sqlite": ["sqlite"], "postgres": ["postgres"], "both": ["sqlite", "postgres"]}
    nearest = next((mark.name for mark in metafunc.definition.iter_markers() if mark.name in choices), None)
    wanted = choices[nearest or ("both" if metafunc.config.getoption("--full") else "sqlite")]
    if wanted != ["sqlite"]:
        params = [pytest.param(kind, marks=[pytest.mark.postgres] if kind == "postgres" else []) for kind in wanted]
        metafunc.parametrize("database", params, indirect=True)


def pytest_collection_finish() -> None:
    """What was imported and collected stands until the end: garbage is not looked for in it, and less often, as in the portal."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


# Servers


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL cluster of this test process."""
    server = Postgres()
    try:
        yield server.start()
    finally:
        server.remove(signal.SIGQUIT)


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    server = Redis()
    try:
        yield server.start()
    finally:
        server.remove()


# Databases: migrated once per test process, then copied.


class Templates:
    """Migrated databases to copy from, with the cast or with nobody, made when first asked for."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest):
        self.folder = folder
        self.key = folder / "data.key"
        key_file.create(self.key)
        self._request = request
        self._made: dict[tuple[str, bool], str | Path] = {}

    def copy_to(self, settings: Settings, kind: str, with_cast: bool) -> Settings:
        """Gives the settings' folder a copy of the key, the vault and the database. Returns settings that name it."""
        shutil.copy(self.key, settings.key_path)
        settings.data.mkdir(mode=0o750)
        source = self.folder / f"{kind}-{with_cast}"
        if (kind, with_cast) not in self._made:
            self._made[kind, with_cast] = self._make(source, kind, with_cast)
        for file in source.glob("*.db"):
            shutil.copy(file, settings.data)
        if kind == "postgres":
            server: Postgres = self._request.getfixturevalue("postgres")
            return replace(settings, database=server.url(server.create(self._made[kind, with_cast])))
        return settings

    def _make(self, folder: Path, kind: str, with_cast: bool) -> Any:
        settings = make_settings(folder, key_file=self.key)
        name = None
        if kind == "postgres":
            server: Postgres = self._request.getfixturevalue("postgres")
            name = server.create()
            settings = replace(settings, database=server.url(name))
        open_databases(settings)
        migrate(settings)
        if with_cast:
            seat_the_cast()
        close_databases()
        if isinstance(db.obj, PostgresDatabase):
            db.obj.close_all()
        return name


def make_settings(folder: Path, **changes: Any) -> Settings:
    return replace(Settings(data=folder, mode="test", password_memory_mb=8, second_factor="offered"), **changes)


def seat_the_cast() -> None:
    """Teams and persons through the verbs a portal uses, each with a chosen password."""
    with acting(Origin("command", "tests")):
        teams = {slug: Team.create_team(slug, name, is_operator=slug == "harbor") for slug, name in TEAMS}
        for login, name, team, role in CAST:
            _person, token = invite(teams[team], login, name, role=role)
            Invitation.of_token(token).use(PASSWORD)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Templates:
    return Templates(tmp_path_factory.mktemp("templates"), request)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on: "sqlite" or "postgres"."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path, templates: Templates, database: str) -> Iterator[Settings]:
    """Settings of mode `test` over a fresh data folder with a migrated database: with the cast, if the test names one."""
    cast = {"cast", "lotus", *(login for login, *_ in CAST), *(slug for slug, _ in TEAMS)}
    server: Postgres | None = request.getfixturevalue("postgres") if database == "postgres" else None
    made = templates.copy_to(make_settings(tmp_path / "data"), database, bool(cast & set(request.fixturenames)))
    yield made
    if server is not None:
        server.drop(made.database.rpartition("/")[2])


@pytest.fixture
def portal(settings: Settings) -> Iterator[Settings]:
    """The open, migrated databases."""
    open_databases(settings)
    yield settings
    close_databases()
    for database in (db, keys_db):
        if isinstance(database.obj, PostgresDatabase):
            database.obj.close_all()


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """What lives in the process is as it was before the next test: the clock, the runs, the language."""
    yield
    the_clock.reset()
    job_run.stop_runs(False)
    job_run.WAKE_LISTENERS.clear()
    words.use_translator(str)


@pytest.fixture
def clock() -> Any:
    """The clock: `clock.move(minutes=16)`, `clock.move(to=moment)`."""
    return the_clock


# The cast


@pytest.fixture
def cast(portal: Settings) -> dict[str, Any]:
    """All persons and teams by name."""
    return {p.login: p for p in Person.select()} | {t.slug: t for t in Team.select()}


@pytest.fixture
def harbor(cast: dict[str, Any]) -> Team:
    """The operator's team."""
    return cast["harbor"]


@pytest.fixture
def lotus(cast: dict[str, Any]) -> Team:
    """A seller."""
    return cast["lotus"]


@pytest.fixture
def comet(cast: dict[str, Any]) -> Team:
    """A rival seller, who must never see anything of lotus."""
    return cast["comet"]


@pytest.fixture
def olga(cast: dict[str, Any]) -> Person:
    """The operator's person in harbor."""
    return cast["olga"]


@pytest.fixture
def alice(cast: dict[str, Any]) -> Person:
    """The boss of lotus."""
    return cast["alice"]


@pytest.fixture
def bob(cast: dict[str, Any]) -> Person:
    """A lister of lotus."""
    return cast["bob"]


@pytest.fixture
def charlie(cast: dict[str, Any]) -> Person:
    """The boss of comet: a stranger to lotus."""
    return cast["charlie"]


@pytest.fixture
def password() -> str:
    """The password everyone of the cast chose."""
    return PASSWORD


# The app and its visitors


def _compile_routes_once() -> None:
    """What builds a route's address is code made from its text: made once for all apps of a test process."""
    compiled, known = Rule._compile_builder, {}  # type: ignore[var-annotated]

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, *rule._trace, *sorted((rule.defaults or {}).items()), append_unknown)
        if key not in known:
            known[key] = compiled(rule, append_unknown)
        return known[key]

    Rule._compile_builder = once  # type: ignore[method-assign]


_compile_routes_once()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from jinja2 import FileSystemBytecodeCache

    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))


@pytest.fixture
def app(portal: Settings, compiled: Any) -> Any:
    """The portal's application over the test's databases."""
    from app import create_app

    made = create_app(portal)
    made.jinja_env.bytecode_cache = compiled
    made.test_client_class = pages.Visitor
    return made


@pytest.fixture
def visitor(app: Any) -> pages.Visitor:
    """A browser in which nobody has signed in."""
    return app.test_client()


@pytest.fixture
def as_(app: Any) -> Callable[[Person], pages.Visitor]:
    """A browser in which this person has signed in; the same one each time."""
    browsers: dict[int, pages.Visitor] = {}

    def browser_of(person: Person) -> pages.Visitor:
        if person.id not in browsers:
            session, token = Session.open(person, address="127.0.0.1", device="a test")
            browsers[person.id] = app.test_client()
            browsers[person.id].session = session
            browsers[person.id].set_cookie("sid", token)
        return browsers[person.id]

    return browser_of


# Helpers


@dataclass
class Outcomes:
    """What came of calls made at once."""

    results: list[Any] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)

    def errors_of(self, kind: type[BaseException]) -> list[BaseException]:
        return [error for error in self.errors if isinstance(error, kind)]


@pytest.fixture
def in_parallel() -> Callable[..., Outcomes]:
    """`in_parallel(8, verb)` calls the verb in 8 threads at once, each with connections of its own.

    The verb may ask for its number. What it returns and raises is collected.
    """

    def run(times: int, verb: Callable[..., Any]) -> Outcomes:
        outcomes = Outcomes()
        gate = threading.Barrier(times)
        takes_number = any(p.default is p.empty for p in inspect.signature(verb).parameters.values())

        def one(number: int) -> None:
            try:
                with connected():
                    gate.wait(30)
                    outcomes.results.append(verb(number) if takes_number else verb())
            except BaseException as error:
                outcomes.errors.append(error)
            finally:
                close_databases()

        threads = [threading.Thread(target=one, args=(number,), daemon=True) for number in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads), "A call has been waiting for a minute."
        return outcomes

    return run


@pytest.fixture
def last_event() -> Callable[[], Event]:
    """`last_event()`: the newest event."""
    return lambda: Event.select().order_by(Event.id.desc()).get()
