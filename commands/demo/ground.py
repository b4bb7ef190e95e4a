"""The demo's own folder and settings. Only a folder that carries the marker is ever emptied, and only by one demo at a time;
nothing of the settings a person may have for a real portal reaches it."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

from commands.demo.amazon import StandIn
from config.settings import NOT_SETTINGS, PREFIX, PROJECT
from models.database import NotReady
from models.vault import key_file

MARKER = ".portolan-demo"
DEFAULT = PROJECT / "demo-data"
TEXT = "Made by ./portolan demo. Everything in this folder is deleted when the demo starts again.\n"


class Ground:
    """A data folder that is this demo's alone until the process ends."""

    def __init__(self, folder: Path, marker: int):
        self.folder = folder
        self._marker = marker

    @classmethod
    def claim(cls, wanted: Path | None) -> Ground:
        """Takes the folder. Raises NotReady for a folder that is not the demo's, or that another demo uses."""
        folder = (wanted or DEFAULT).expanduser().absolute()
        if folder.exists() and not folder.is_dir():
            raise NotReady(f"{folder} is no folder. Choose another with --data.")
        if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
            raise NotReady(
                f"{folder} holds something the demo did not make, so it is left alone. Choose a new folder with --data."
            )
        try:
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
            marker = os.open(folder / MARKER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o640)
        except OSError as error:
            raise NotReady(f"{folder} cannot be used: {error.strerror}. Choose another with --data.") from error
        if not _lock(marker) or not _is_unserved(folder):
            os.close(marker)
            raise NotReady(f"Another portal uses {folder}. End it, or choose another folder with --data.")
        return cls(folder, marker)

    def clear(self) -> None:
        """Empties the folder of an earlier demo; makes the key file beside it when there is none."""
        os.ftruncate(self._marker, 0)
        os.pwrite(self._marker, TEXT.encode(), 0)
        for path in self.folder.iterdir():
            if path.name == MARKER:
                continue
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        key = self.folder.with_name(self.folder.name + ".key")
        if not key.exists():
            key_file.create(key)

    def enter(self, port: int, amazon: StandIn, *, second_factor: str) -> None:
        """Puts the demo's settings, and no others, into the environment, where the serving process reads them."""
        for name in [name for name in os.environ if name.startswith(PREFIX) and name not in NOT_SETTINGS]:
            del os.environ[name]
        os.environ |= {
            "PORTOLAN_DATA": str(self.folder),
            "PORTOLAN_MODE": "sandbox",
            "PORTOLAN_BIND": f"127.0.0.1:{port}",
            "PORTOLAN_AMAZON_URL": amazon.url,
            "PORTOLAN_LWA_URL": amazon.url,
            "PORTOLAN_SELLER_CENTRAL_URL": amazon.url,
            "PORTOLAN_LWA_CLIENT_ID": amazon.client_id,
            "PORTOLAN_LWA_CLIENT_SECRET": amazon.client_secret,
            "PORTOLAN_ECB_URL": f"{amazon.url}/ecb",
            "PORTOLAN_CARRIERS_URL": amazon.url,
            "PORTOLAN_TRANSLATORS_URL": amazon.url,
            "PORTOLAN_MAIL_FOLDERS": str(self.folder / "mails"),
            "PORTOLAN_SECOND_FACTOR": second_factor,
            "PORTOLAN_LOG_LEVEL": "warning",
        }


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_unserved(folder: Path) -> bool:
    """No `./portolan serve` holds the folder."""
    try:
        file = os.open(folder / ".lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        return _lock(file)
    finally:
        os.close(file)
