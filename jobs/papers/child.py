"""The child that makes PDFs: reads {"css", "documents": {name: html}, "joined": {name: PDFs as base64}, "most": pages} from stdin, writes {name: PDF
as base64} to stdout. It fetches nothing but images that stand in a document itself, has no network where the system lets it give that
up, and a bounded life. PDFs of others are taken apart here and nowhere else: only what is drawn on their pages stays."""

from __future__ import annotations

import base64
import ctypes
import ctypes.util
import gc
import io
import json
import resource
import sys
from typing import Any

CPU_SECONDS, MEMORY_BYTES = 60, 1536 * 1024 * 1024
MOST_OUTPUT = 64 * 1024 * 1024
MOST_PAGES = 1000
ACTIVE = ("/Annots", "/AA", "/B", "/PieceInfo", "/Metadata")  # What of a page does things or tells things.
NEW_USER, NEW_NET = 0x10000000, 0x40000000
ALLOWED = ("data:image/png;", "data:image/jpeg;")


def give_up_the_network() -> None:
    """A network namespace of its own, with nothing in it; where the system refuses, the fetcher still does."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_USER | NEW_NET) != 0:
        return


def bound() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_OUTPUT, MOST_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def begin_lightly() -> None:
    """WeasyPrint names each library as the loader does, too: asking a compiler for its other names, each in a process of its own, takes
    as long as printing three pages. Whoever lives for one document need not look for garbage."""
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    gc.disable()


def fetcher() -> Any:
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class Nothing(URLFetcher):
        """Refuses every address, files too; the document is then not made at all."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith(ALLOWED):
                return super().fetch(url, headers)
            raise FatalURLFetchingError("A document asked for something outside itself.")

    return Nothing(allowed_protocols=("data",), allow_redirects=False)


def printed(documents: dict[str, str], css: str) -> dict[str, bytes]:
    from weasyprint import CSS, HTML

    nothing = fetcher()
    style = CSS(string=css, url_fetcher=nothing)
    return {
        name: HTML(string=html, url_fetcher=nothing, base_url="about:blank").write_pdf(stylesheets=[style])
        for name, html in documents.items()
    }


def joined(parts: list[bytes], most: int = MOST_PAGES) -> bytes:
    """The pages of all, one behind the other."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for part in parts:
        reader = PdfReader(io.BytesIO(part))
        if len(writer.pages) + len(reader.pages) > most:
            raise ValueError("Too many pages.")
        for page in reader.pages:
            for name in ACTIVE:
                page.pop(name, None)
            writer.add_page(page)
    if not len(writer.pages):
        raise ValueError("No page.")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def main() -> int:
    told = json.load(sys.stdin.buffer)
    bound()
    begin_lightly()
    give_up_the_network()
    made = printed(told["documents"], told["css"]) if told.get("documents") else {}
    for name, parts in told.get("joined", {}).items():
        made[name] = joined([base64.b64decode(part) for part in parts], told.get("most", MOST_PAGES))
    json.dump({name: base64.b64encode(pdf).decode() for name, pdf in made.items()}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
