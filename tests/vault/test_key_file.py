"""The key file: outside the data folder, readable by its owner alone, never overwritten."""

from __future__ import annotations

import base64
import os
from dataclasses import replace

import pytest

from config.settings import Settings
from models.database import open_databases
from models.vault import key_file
from models.vault.key_file import HEADER, BadKeyFile


@pytest.fixture
def path(tmp_path):
    key_file.create(tmp_path / "the.key")
    return tmp_path / "the.key"


def test_a_new_key_file_is_private_and_opens(path):
    assert path.stat().st_mode & 0o777 == 0o600
    keys = key_file.load(path)
    assert keys.current == 1
    assert len(keys.derive("wrap")) == 32
    assert keys.derive("wrap") != keys.derive("pepper")


def test_two_key_files_hold_different_keys(path, tmp_path):
    key_file.create(tmp_path / "other.key")
    assert key_file.load(path).derive("wrap") != key_file.load(tmp_path / "other.key").derive("wrap")


def test_a_key_file_is_never_overwritten(path):
    before = path.read_bytes()
    with pytest.raises(BadKeyFile, match="exists already"):
        key_file.create(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o666, 0o601, 0o610, 0o777])
def test_a_loose_key_file_is_refused_with_the_remedy(path, mode):
    path.chmod(mode)
    with pytest.raises(BadKeyFile, match="chmod 600"):
        key_file.load(path)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_private_key_file_is_taken(path, mode):
    path.chmod(mode)
    assert key_file.load(path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_key_file_of_another_user_is_refused(path):
    os.chown(path, 65534, 65534)
    with pytest.raises(BadKeyFile, match="belongs to another user"):
        key_file.load(path)


def test_a_missing_key_file_is_said(tmp_path):
    with pytest.raises(BadKeyFile, match="is missing"):
        key_file.load(tmp_path / "no.key")


def test_a_folder_in_its_place_is_said(tmp_path):
    with pytest.raises(BadKeyFile, match="cannot be read"):
        key_file.load(tmp_path)


KEY = base64.b64encode(b"k" * 32).decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a key file"), ("-----BEGIN PRIVATE KEY-----\n", "not a key file"), (f"1:{KEY}\n", "not a key file"),
        (f"{HEADER}\n", "damaged"), (f"{HEADER}\n1:\n", "damaged"), (f"{HEADER}\n1:{KEY[:-4]}\n", "damaged"),
        (f"{HEADER}\none:{KEY}\n", "damaged"), (f"{HEADER}\n1:{KEY}\n2:short\n", "damaged"),
        (f"{HEADER}\n0:{KEY}\n", "damaged"), (f"{HEADER}\n1:{KEY}ü\n", "damaged"), (f"{HEADER}\n{KEY}\n", "damaged"),
    ],
)  # fmt: skip
def test_a_damaged_key_file_is_refused(path, text, said):
    path.write_text(text, "utf-8")
    with pytest.raises(BadKeyFile, match=said) as caught:
        key_file.load(path)
    assert KEY not in str(caught.value)


def test_keys_are_not_shown_when_they_are_printed(path):
    keys = key_file.load(path)
    for text in (repr(keys), str(keys), f"{keys}"):
        assert text == "RootKeys(versions=[1])"


def test_the_highest_version_is_current_and_the_others_remain(path):
    old = key_file.load(path).derive("wrap")
    with path.open("a") as file:
        file.write(f"10:{KEY}\n9:{base64.b64encode(b'j' * 32).decode()}\n")
    keys = key_file.load(path)
    assert keys.current == 10
    assert keys.derive("wrap", 1) == old
    assert keys.derive("wrap") == keys.derive("wrap", 10) != old


def test_the_portal_does_not_open_with_a_loose_key_file(settings: Settings):
    settings.key_path.chmod(0o644)
    with pytest.raises(BadKeyFile, match="chmod 600"):
        open_databases(settings)


def test_the_portal_does_not_open_with_another_portals_key_file(portal: Settings, tmp_path):
    key_file.create(tmp_path / "other.key")
    with pytest.raises(BadKeyFile, match="does not belong to this key file"):
        open_databases(replace(portal, key_file=tmp_path / "other.key"))
    open_databases(portal)


def test_the_portal_does_not_open_with_a_key_file_that_lost_a_version(portal: Settings, tmp_path):
    stump = tmp_path / "stump.key"
    stump.write_text(f"{HEADER}\n2:{KEY}\n")
    stump.chmod(0o600)
    with pytest.raises(BadKeyFile, match="root key 1"):
        open_databases(replace(portal, key_file=stump))
    open_databases(portal)
