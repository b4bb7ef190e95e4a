"""What carriers say of a parcel without the name of who took it: a buyer's name lies nowhere but sealed with its order. Pure."""

from __future__ import annotations

import re

BY = (r"signed(?:\s+for)?\s+by|received\s+by|accepted\s+by|unterschrieben\s+von|réceptionné\s+par|signé\s+par|firmado\s+por|"
      r"firmato\s+da|ondertekend\s+door")  # fmt: skip
NAMED = r"signature|signatory|recipient|consignee|empfänger|签收人|收件人|收货人"
TAKEN_BY = re.compile(rf"(?P<by>\b(?:{BY})\b\s*[:：]?|(?:{NAMED})\s*[:：\-–])\s*[^,;，；。(（\[]+", re.IGNORECASE)


def nameless(text: str) -> str:
    """`Delivered, signed by: M. SMITH` → `Delivered, signed by: …`"""
    return TAKEN_BY.sub(lambda found: f"{found['by'].rstrip()} …", text)
