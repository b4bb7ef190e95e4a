"""What is written down is true: settings, commands, links and jobs that the documents name are there."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from commands.__main__ import COMMANDS
from config.settings import NOT_SETTINGS, PREFIX, PROJECT, Settings

PAGES = sorted([*(PROJECT / "docs").rglob("*.md"), *PROJECT.glob("*.md")])
OPERATING = PROJECT / "docs" / "operating.md"
SETTINGS = [field.name for field in dataclasses.fields(Settings)]


def text(path: Path) -> str:
    return path.read_text("utf-8")


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_documented(name):
    """In the table of docs/operating.md."""
    rows = [line for line in text(OPERATING).splitlines() if line.startswith("|")]
    assert any(f"`{name}`" in row.split("|")[1] for row in rows)


def test_no_setting_is_documented_that_is_not_there():
    rows = text(OPERATING).partition("| setting |")[2].partition("\n\n")[0]
    named = {name for row in rows.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert named == set(SETTINGS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_variable_a_page_names_is_one(page):
    known = {PREFIX + name.upper() for name in SETTINGS} | NOT_SETTINGS
    assert set(re.findall(rf"{PREFIX}[A-Z_]*[A-Z]", text(page))) <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_a_page_names_is_one(page):
    named = set(re.findall(r"\./portolan ([a-z]+)", text(page)))
    assert named <= set(COMMANDS) | {"help"}


def test_every_command_is_documented():
    everything = "\n".join(map(text, PAGES))
    assert [name for name in COMMANDS if f"./portolan {name}" not in everything] == []


def test_every_command_has_a_module_that_says_what_it_does():
    import importlib

    for name in COMMANDS:
        module = importlib.import_module(f"commands.{name}")
        assert module.__doc__
        assert hasattr(module, "pass_through") or (hasattr(module, "run") and hasattr(module, "add_arguments"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", text(page)):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            found = (page.parent / path).resolve() if path else page
            assert found.exists(), f"{page.name} leads to {target}"
            if anchor and found.suffix == ".md":
                assert anchor in anchors(found), f"{page.name} leads to {target}"


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_folder_and_module_a_page_names_is_there(page):
    rooms = "models|views|templates|static|jobs|integrations|sandbox|commands|config|docs|bench|deploy|tests"
    for path in re.findall(rf"`((?:{rooms})/[\w/.-]*)`", text(page)):
        assert (PROJECT / path).exists(), f"{page.name} names {path}"


def test_every_job_a_page_names_is_in_the_schedule():
    from jobs.schedule import SCHEDULE

    names = {job.name for job in SCHEDULE}
    for page in PAGES:
        for named in re.findall(r"job run ([a-z][a-z._]+)", text(page)):
            assert named in names, f"{page.name} names the job {named}"


def test_the_readme_has_its_picture_and_its_two_commands():
    readme = text(PROJECT / "README.md")
    assert "./portolan demo" in readme and "./portolan setup" in readme and "./portolan serve" in readme
    assert re.search(r"!\[[^\]]+\]\(docs/pictures/", readme)


def test_the_changelog_says_what_a_person_can_now_do():
    entries = [line[2:] for line in text(PROJECT / "CHANGELOG.md").splitlines() if line.startswith(("- ", "* "))]
    assert entries
    assert [entry for entry in entries if not entry[0].isupper() and not entry.startswith(("`", "*", "“"))] == []
