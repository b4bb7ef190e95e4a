"""Looking into a workbook before anything reads it: it is a ZIP archive, and one may be built to harm.

Declared sizes are not believed: every member is unpacked once, in pieces, under a budget.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from models.support.errors import Refused
from models.support.words import say

MOST_MEMBERS, MOST_UNPACKED, MOST_RATIO = 1000, 100 * 1024 * 1024, 120
SMALL = 1024 * 1024  # So little may be packed as tightly as it likes.
CHUNK = 64 * 1024
ARCHIVES = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
MACROS = ("vbaproject.bin", "vbadata.xml", "vbaprojectsignature.bin")
DAMAGED = say("The workbook is damaged. Open it in a spreadsheet program and save it again.")


def require_harmless_workbook(path: Path) -> None:
    """Raises Refused for what is no plain .xlsx: macros, bombs, archives in it, damaged or encrypted members."""
    _look_into(path, _require_spreadsheet)


def require_harmless_archive(path: Path) -> None:
    """Raises Refused for a ZIP archive of files that may be built to harm."""
    _look_into(path, lambda archive: None)


def _look_into(path: Path, require_kind: Callable[[zipfile.ZipFile], None]) -> None:
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            members = archive.infolist()
            _require_shape(members, path.stat().st_size)
            unpacked = 0
            for member in members:
                unpacked = _require_member(file, member, unpacked)
            require_kind(archive)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OSError):
        raise Refused(DAMAGED) from None


def _require_shape(members: list[zipfile.ZipInfo], size: int) -> None:
    names = [member.filename.casefold() for member in members]
    if len(members) > MOST_MEMBERS:
        raise Refused("The workbook holds more than %(most)s parts.", most=MOST_MEMBERS)
    if any(PurePosixPath(name).name in MACROS for name in names):
        raise Refused("The workbook holds macros. Save it as .xlsx without macros.")
    if len(set(names)) < len(names) or sum(member.compress_size for member in members) > size:
        raise Refused(DAMAGED)
    for member, name in zip(members, names, strict=True):
        if name.startswith("/") or "\\" in name or ".." in name.split("/") or ":" in name:
            raise Refused(DAMAGED)
        if member.flag_bits & 1:
            raise Refused("The workbook is protected by a password. Save it without one.")
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        raise _too_large()


def _too_large() -> Refused:
    return Refused("The workbook would unpack to more than %(most)s MB. Split it.", most=MOST_UNPACKED // 1024**2)


def _require_member(file, member: zipfile.ZipInfo, unpacked: int) -> int:
    """Unpacks one member in pieces. Returns how much the archive has unpacked to so far."""
    file.seek(member.header_offset)
    header = file.read(30)
    if header[:4] != b"PK\x03\x04":
        raise Refused(DAMAGED)
    names, extra = struct.unpack("<HH", header[26:30])
    file.seek(member.header_offset + 30 + names + extra)
    size, head = 0, b""
    for piece in _pieces(file, member):
        size += len(piece)
        head = head or piece[:CHUNK]
        if unpacked + size > MOST_UNPACKED:
            raise _too_large()
        if size > SMALL and size > MOST_RATIO * max(1, member.compress_size):
            raise Refused("The workbook is packed more tightly than any spreadsheet program does. Save it again.")
    if size != member.file_size:
        raise Refused(DAMAGED)
    _require_content(member.filename.casefold(), head)
    return unpacked + size


def _pieces(file, member: zipfile.ZipInfo):
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused(DAMAGED)
    unpack = zlib.decompressobj(-15) if member.compress_type == zipfile.ZIP_DEFLATED else None
    left = member.compress_size
    while left > 0 and (packed := file.read(min(CHUNK, left))):
        left -= len(packed)
        while packed:
            piece = unpack.decompress(packed, CHUNK) if unpack else packed
            packed = unpack.unconsumed_tail if unpack else b""
            if piece:
                yield piece
    if unpack and (rest := unpack.flush()):
        yield rest


def _require_content(name: str, head: bytes) -> None:
    if head.startswith(ARCHIVES):
        raise Refused("The workbook holds another archive or document. Remove what is embedded in it.")
    if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in head.replace(b"\0", b"").upper():
        raise Refused(DAMAGED)


def _require_spreadsheet(archive: zipfile.ZipFile) -> None:
    names = {member.filename for member in archive.infolist()}
    if "[Content_Types].xml" not in names:
        raise Refused("This archive is no .xlsx workbook.")
    types = archive.read("[Content_Types].xml")
    if b"macroEnabled" in types:
        raise Refused("The workbook holds macros. Save it as .xlsx without macros.")
    if b"spreadsheetml.sheet.main" not in types:
        raise Refused("This archive is no .xlsx workbook.")
