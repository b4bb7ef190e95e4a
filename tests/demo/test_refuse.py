"""What the demo does not touch, and how it ends before it has begun."""

from __future__ import annotations

import signal
from argparse import Namespace

import pytest

from commands.demo.ground import MARKER, Ground
from commands.demo.voyage import sail
from models.database import NotReady
from tests.demo.conftest import Demo


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "accounts.csv").write_text("precious")
    with pytest.raises(NotReady, match="did not make"):
        Ground.claim(mine)
    assert [path.name for path in mine.iterdir()] == ["accounts.csv"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotReady, match="is no folder"):
        Ground.claim(tmp_path / "file")


def test_a_link_in_the_folder_is_removed_and_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept")
    ground = Ground.claim(tmp_path / "demo")
    (ground.folder / "link").symlink_to(outside)
    (ground.folder / "images").mkdir()
    ground.clear()
    assert [path.name for path in ground.folder.iterdir()] == [MARKER]
    assert (outside / "kept.txt").read_text() == "kept"


def test_a_folder_is_one_demos_at_a_time(tmp_path):
    ground = Ground.claim(tmp_path / "demo")
    with pytest.raises(NotReady, match="Another portal uses"):
        Ground.claim(ground.folder)


def test_the_key_lies_beside_the_folder_and_an_old_one_is_kept(tmp_path):
    ground = Ground.claim(tmp_path / "demo")
    ground.clear()
    key = (tmp_path / "demo.key").read_bytes()
    ground.clear()
    assert (tmp_path / "demo.key").read_bytes() == key
    assert (tmp_path / "demo.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "when"),
    [
        (signal.SIGKILL, "teams and people"),
        (signal.SIGTERM, "products imported"),
    ],
)
def test_ended_while_it_fills_it_leaves_no_process(tmp_path, how, when):
    demo = Demo(tmp_path / "demo", "--no-serve", "--json")
    demo.wait_until(when)
    assert len(demo.living) == 2
    demo.kill(how)
    code, printed = demo.end()
    demo.assert_gone()
    assert "listings published" not in demo.errors
    assert printed == ""
    assert code == (-signal.SIGKILL if how == signal.SIGKILL else 130)


@pytest.mark.parametrize("port", [0, 65536, -1])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    with pytest.raises(NotReady, match="from 1 to 65535"):
        sail(Namespace(port=port, data=tmp_path / "demo", seed=1, json=True, no_serve=False))
    assert not (tmp_path / "demo").exists()
