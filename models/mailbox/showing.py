"""What a person may see of a mail as it came: its whole text, its HTML made harmless, its files made safe to open.

Nothing of it runs, loads or leads anywhere: HTML keeps words and their order, and loses styles, links, pictures and forms.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import nh3

from models.catalog.image import jpeg_of, read_picture
from models.mailbox.message import MailMessage, MailRaw
from models.mailbox.reading import read
from models.mailbox.reading.bodies import body_of
from models.mailbox.reading.headers import split
from models.mailbox.reading.mail import Attachment
from models.mailbox.reading.parts import leaves
from models.support.errors import FieldRefused, Refused

MOST_HTML, MOST_SIDE, MOST_SHOWN = 1_000_000, 2400, 200_000
TAGS = {
    "p", "br", "div", "span", "b", "strong", "i", "em", "u", "s", "small", "sub", "sup", "blockquote", "pre", "code", "hr", "ul", "ol", "li",
    "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "a",
}  # fmt: skip
WITH_THEIR_CONTENT = {
    "script",
    "style",
    "title",
    "head",
    "noscript",
    "template",
    "object",
    "embed",
    "iframe",
    "svg",
    "math",
    "textarea",
    "select",
}
NO_NAME = re.compile(r"[\\/:*?\"<>|\x00-\x1f\x7f]")
PICTURES = ("image/jpeg", "image/png", "image/webp")


@dataclass(frozen=True)
class Original:
    """`text` is all of it, with what was quoted; `html` is harmless, empty for a mail without."""

    text: str
    html: str
    is_cut: bool = False


@dataclass(frozen=True)
class File:
    name: str
    kind: str
    content: bytes


def original_of(message: MailMessage) -> Original:
    """Raises KeyDestroyed, and Refused when its bytes are not kept."""
    raw = _raw(message)
    mail = read(raw, message.at)
    whole = whole_text(raw) or mail.buyer_text
    is_cut = len(whole) > MOST_SHOWN or len(mail.html or "") > MOST_HTML
    return Original(whole[:MOST_SHOWN], harmless(mail.html or ""), is_cut)


def whole_text(raw: bytes) -> str:
    """All of its text, not only what the buyer wrote. Never raises."""
    try:
        warnings: set[str] = set()
        head, rest = split(raw, warnings)
        return body_of(leaves(head, rest, warnings), warnings)[0].text
    except Exception:  # As the reader itself: whoever writes to us decides what stands here.
        return ""


def harmless(html: str) -> str:
    """HTML without anything that runs, loads, styles, submits or leads away."""
    return nh3.clean(
        html[:MOST_HTML], tags=TAGS, clean_content_tags=WITH_THEIR_CONTENT, attributes={"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        url_schemes=set(), link_rel=None, generic_attribute_prefixes=set(), strip_comments=True,
    )  # fmt: skip


def file_of(message: MailMessage, number: int) -> File:
    """The attachment of this place, safe to hand out: pictures are drawn anew, plain text is plain text, and all else is nothing a browser
    opens. Raises KeyDestroyed, Refused when there is none."""
    told = message.attached()
    if not 0 <= number < len(told):
        raise Refused("This mail has no such file.")
    found = _content(message, told[number]["sha256"], number)
    name = NO_NAME.sub("_", told[number]["filename"]).strip(" ._") or f"file-{number + 1}"
    if told[number]["content_type"].lower() in PICTURES:
        try:
            picture = read_picture(found.content)
            picture.thumbnail((MOST_SIDE, MOST_SIDE))
            return File(f"{name.rpartition('.')[0] or name}.jpg", "image/jpeg", jpeg_of(picture))
        except FieldRefused:
            pass
    is_text = told[number]["content_type"].lower() == "text/plain" and b"\0" not in found.content
    return File(name, "text/plain" if is_text else "application/octet-stream", found.content)


def _content(message: MailMessage, sha256: str, number: int) -> Attachment:
    files = read(_raw(message), message.at).attachments
    wanted = [one for one in files if one.sha256 == sha256]
    if not wanted or (number < len(files) and files[number] in wanted):
        wanted = list(files[number : number + 1])
    if not wanted or hashlib.sha256(wanted[0].content).hexdigest() != sha256:
        raise Refused("This file cannot be read out of the mail any more.")
    return wanted[0]


def _raw(message: MailMessage) -> bytes:
    raw = MailRaw.of(message)
    if raw is None:
        raise Refused("The mail itself is not kept any more.")
    return raw
