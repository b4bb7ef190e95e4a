"""Says what is wrong with the configuration and the data, one sentence each; exit code 78 when anything is."""

from __future__ import annotations

import os
import shutil
import ssl
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from commands.support import EXIT_CONFIG
from config.settings import BadSettings, Settings, read_settings
from models.database import NotReady, close_databases, open_databases, schema_problem
from models.people.network import Network
from models.people.team import Team
from models.vault.key_file import BadKeyFile

LEAST_FREE = 200 * 1024 * 1024


def add_arguments(parser) -> None:
    parser.add_argument("--quiet", action="store_true", help="print only problems")


def run(args) -> int:
    problems = problems_of()
    for problem in problems:
        print(f"✗ {problem}", file=sys.stderr)
    if not problems and not args.quiet:
        print("✓ Everything is as it should be.")
    return EXIT_CONFIG if problems else 0


def problems_of(settings: Settings | None = None) -> list[str]:
    """Everything that keeps the portal from serving, in words."""
    try:
        settings = settings or read_settings()
    except BadSettings as bad:
        return bad.problems
    problems = [*_files(settings)]
    try:
        open_databases(settings)
    except (BadKeyFile, NotReady, OSError) as error:
        return [*problems, str(error)]
    try:
        if problem := schema_problem():
            return [*problems, problem]
        if Team.operator() is None:
            problems.append("There is no operator team yet. Run:  ./portolan setup")
        if settings.is_production and not Network.of_portal():
            problems.append("No network is allowed to use the portal. Run:  ./portolan network allow 203.0.113.0/24")
    finally:
        close_databases()
    return problems


def _files(settings: Settings):
    if settings.data.exists():
        if not os.access(settings.data, os.W_OK):
            yield f"The data folder {settings.data} cannot be written."
        if shutil.disk_usage(settings.data).free < LEAST_FREE:
            yield f"The disk of {settings.data} is nearly full."
        if _is_remote(settings):
            yield f"{settings.data} lies on a network file system; the embedded database needs a local disk."
    if settings.logo and not os.access(settings.logo, os.R_OK):
        yield f"logo: {settings.logo} cannot be read."
    for name in ("tls_cert", "tls_key"):
        path = getattr(settings, name)
        if path and not os.access(path, os.R_OK):
            yield f"{name}: {path} cannot be read."
            return
    if settings.tls_cert:
        yield from _certificate(settings.tls_cert, settings.tls_key)


def _certificate(certificate: Path, key: Path | None):
    """A certificate that the server could not use, or that browsers would refuse."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
        ends = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    except (ssl.SSLError, ValueError) as error:
        yield f"tls_cert {certificate} and tls_key {key} cannot be used together: {getattr(error, 'reason', None) or error}."
        return
    if ends < datetime.now(UTC):
        yield f"The certificate {certificate} ended on {ends:%Y-%m-%d}."


def _is_remote(settings: Settings) -> bool:
    """True when the data folder is mounted from another machine (read from the kernel's mount table)."""
    if settings.database:
        return False
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    except OSError:
        return False
    data = str(settings.data.resolve()) + "/"
    inside = [(point, kind) for point, kind in mounts if data.startswith(point.rstrip("/") + "/")]
    return bool(inside) and max(inside)[1] in {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p"}
