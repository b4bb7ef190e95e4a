"""The key file: root keys outside the data folder, readable by their owner alone. All other keys are derived from it.

Each line is `version:base64 of 32 bytes`; the highest version wraps what is new, older ones still open what they wrapped.
"""

from __future__ import annotations

import base64
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HEADER = "portolan keys: keep this file secret, and keep a copy away from the data"


class BadKeyFile(Exception):
    """The key file is missing, loose or broken; the message says what to do."""


@dataclass(frozen=True)
class RootKeys:
    """Root keys by version. `repr` shows no key."""

    versions: dict[int, bytes]
    _derived: dict[tuple[str, int], bytes] = field(default_factory=dict, repr=False, compare=False)

    @property
    def current(self) -> int:
        return max(self.versions)

    def derive(self, purpose: str, version: int | None = None) -> bytes:
        """32 bytes for a purpose ("wrap", "pepper", …), from the given root version (the current one by default)."""
        version = self.current if version is None else version
        if (purpose, version) not in self._derived:
            made = HKDF(SHA256(), 32, b"portolan", purpose.encode()).derive(self.versions[version])
            self._derived[purpose, version] = made
        return self._derived[purpose, version]

    def __repr__(self) -> str:
        return f"RootKeys(versions={sorted(self.versions)})"


def create(path: Path) -> None:
    """Makes a new key file with mode 0600. Refuses to touch an existing one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadKeyFile(f"{path} exists already; a key file is never overwritten.") from None
    with os.fdopen(file, "w", encoding="ascii") as handle:
        handle.write(f"{HEADER}\n1:{base64.b64encode(os.urandom(32)).decode()}\n")
        handle.flush()
        os.fsync(handle.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # Else a power cut could keep what was sealed and lose the name of the key file.
    finally:
        os.close(folder)


def load(path: Path) -> RootKeys:
    """The root keys of a file. Raises BadKeyFile when it is missing, not private, or not a key file."""
    try:
        status = path.stat()
        lines = path.read_text("ascii", errors="replace").splitlines()
    except FileNotFoundError:
        raise BadKeyFile(
            f"The key file {path} is missing. Restore it from its copy, or run `portolan setup` for a new portal."
        ) from None
    except OSError as error:
        raise BadKeyFile(f"The key file {path} cannot be read: {error.strerror}.") from None
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise BadKeyFile(f"The key file {path} can be read by others. Run:  chmod 600 {path}")
    if status.st_uid != os.geteuid():
        raise BadKeyFile(f"The key file {path} belongs to another user. Run:  chown {os.geteuid()} {path}")
    if not lines or lines[0] != HEADER:
        raise BadKeyFile(f"{path} is not a key file of Portolan.")
    try:
        versions = {}
        for line in filter(None, lines[1:]):
            number, _, key = line.partition(":")
            versions[int(number)] = base64.b64decode(key, validate=True)
    except ValueError:
        versions = {}
    if not versions or min(versions) < 1 or any(len(key) != 32 for key in versions.values()):
        raise BadKeyFile(f"The key file {path} is damaged. Restore it from its copy.")
    return RootKeys(versions)
