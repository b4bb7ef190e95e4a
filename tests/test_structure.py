"""Conventions are tests: which way things point, what stands where, and what must never be written."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import PROJECT

CODE = ("app.py", "config", "models", "views", "jobs", "integrations", "commands", "sandbox", "bench")


def modules(*folders: str) -> list[Path]:
    found: list[Path] = []
    for folder in folders:
        path = PROJECT / folder
        found += [path] if path.suffix == ".py" else sorted(path.rglob("*.py"))
    return [path for path in found if "__pycache__" not in path.parts]


def name_of(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def lines(paths: list[Path], pattern: str) -> list[str]:
    """Where the pattern stands, as "file:line: text"."""
    found = re.compile(pattern)
    return [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if found.search(line)
    ]


def templates() -> list[Path]:
    return sorted((PROJECT / "templates").rglob("*.html"))


def test_the_packages_point_the_right_way():
    """The contracts in pyproject.toml: views and jobs on models, models on nothing outside, the sandbox on nothing."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=PROJECT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_view_asks_no_database():
    """Queries a screen needs are named methods of a model, and so is every change."""
    assert lines(modules("views"), r"\.(where|select|execute|insert_many|delete_instance|execute_sql|save)\(") == []


def test_only_a_posting_is_written_without_a_transaction_around_it():
    writers = [path for path in modules("models") if path.name != "at_once.py"]
    assert lines([*writers, *modules("views"), *modules("jobs")], r"write_at_once") == []


def test_a_template_asks_no_database():
    assert lines(templates(), r"\.(where|select|execute|get_or_none|order_by)\(") == []


@pytest.mark.parametrize(
    "pattern",
    [r"\shx-on", r"\son[a-z]+\s*=\s*[\"'{]", r"\sstyle\s*=\s*[\"'{]", r"javascript:", r"<script(?![^>]*\ssrc=)(?![^>]*json)",
     r"<style", r"hx-(vals|headers|request)\s*=\s*[\"']js:", r"hx-trigger\s*=\s*[\"'][^\"']*\[", r"\|\s*safe\b"],
    ids=["hx-on", "on…", "style", "javascript:", "script", "style element", "js:", "trigger filter", "safe"],
)  # fmt: skip
def test_a_template_runs_and_styles_nothing_inline(pattern):
    """The policy of the headers would stop it, and with trigger filters htmx would send the request all the same."""
    assert lines(templates(), pattern) == []


def test_nothing_is_loaded_from_elsewhere():
    assert lines(templates(), r"(src|href)\s*=\s*[\"'](https?:)?//") == []
    styles = sorted((PROJECT / "static" / "css").rglob("*.css"))
    assert lines(styles, r"url\([\"']?(https?:)?//|@import\s+[\"']?http") == []


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every call of a module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def called(paths: list[Path], *names: str) -> list[str]:
    return [f"{name_of(path)}:{number}: {name}()" for path in paths for number, name in calls(path) if name in names]


def test_money_is_never_a_float():
    """Neither a call of float() nor a division with / near money: rates are Decimal, amounts are integers."""
    assert called(modules("models", "views"), "float") == []
    near = [p for p in modules("models") if p.name in ("money.py", "pricing.py", "wallet.py", "ledger.py", "quote.py")]
    divisions = [
        f"{name_of(path)}:{node.lineno}"
        for path in near
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
    ]
    assert divisions == []


def test_one_clock_tells_the_time():
    """Everything else would stand still when the tests move the clock, or move when they stop it."""
    told = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "datetime.datetime.now")
    known = {"models/support/clock.py", "jobs/runner.py"}  # The runner tells APScheduler when to tick.
    found = called(modules("models", "views", "jobs", "app.py"), *told)
    assert [line for line in found if line.split(":")[0] not in known] == []


def test_a_transaction_is_begun_by_write_txn_alone():
    """A savepoint inside one is fine; these places have them, or write to the vault's own database."""
    known = {"models/support/db.py", "models/support/job_run.py", "models/people/team.py", "models/vault/data_key.py"}
    found = lines(modules("models", "views", "jobs"), r"\b(db|keys_db)\.(atomic|transaction|manual_commit|begin)\(")
    outside = [line for line in found if line.split(":")[0] not in known]
    assert [line for line in outside if "db.atomic()" not in line] == []


def test_certificates_are_always_checked():
    assert lines(modules(*CODE), r"verify\s*=\s*False|CERT_NONE|check_hostname\s*=\s*False") == []


def test_nothing_is_left_to_do():
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"))
    everything = [
        *modules(*CODE, "tests"),
        *templates(),
        *sorted((PROJECT / "docs").glob("*.md")),
        PROJECT / "portolan",
    ]
    assert lines(everything, rf"\b({marks})\b") == []


def test_every_module_opens_by_saying_what_it_is():
    """One sentence, and the rule to know."""
    silent = [
        name_of(path)
        for path in modules(*CODE, "tests")
        if path.read_text("utf-8").strip() and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert [name for name in silent if "/data/" not in name] == []


def test_no_file_is_one_its_author_would_apologise_for():
    long = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in modules(*CODE)}
    assert {name: count for name, count in long.items() if count > 500} == {}


def test_no_secret_is_in_the_tree():
    """Keys and tokens that look real."""
    real = r"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]{40}|Atzr\|Iw[A-Za-z0-9_-]{60}"
    assert lines([*modules(*CODE), *templates()], real) == []


def test_every_template_of_a_view_exists():
    named = re.compile(r"[\"']([a-z_]+(?:/[a-z_]+)*\.html)[\"']")
    missing = sorted(
        {
            f"{name_of(path)} names {name}"
            for path in modules("views")
            for name in named.findall(path.read_text("utf-8"))
            if not (PROJECT / "templates" / name).exists()
        }
    )
    assert missing == []


def test_every_template_is_used():
    """By a view, a job or another template; what nobody names is gone or forgotten."""
    text = "\n".join(path.read_text("utf-8") for path in [*modules("views", "models", "jobs"), *templates()])
    unused = [
        str(path.relative_to(PROJECT / "templates"))
        for path in templates()
        if f'"{path.relative_to(PROJECT / "templates")}"' not in text
    ]
    assert unused == []


def test_tests_have_no_stand_ins_of_our_own_code():
    """Real databases, real servers, the sandbox's real answers; only the clock is moved."""
    found = lines(modules("tests"), r"unittest\.mock|from mock|MagicMock|@patch\b|mock\.patch|time_machine|freezegun")
    assert [line for line in found if "test_structure.py" not in line] == []
