"""Microsoft Translator, version 3. A text comes back as it is, behind a mark that names its language («de» Hallo), so that whoever looks
sees at once what was translated; the mark of an earlier translation is replaced."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

KEY, REGION = "sandbox-translator-key", "westeurope"
MOST_TEXTS, MOST_CHARACTERS = 1000, 50_000
LANGUAGES = {
    "ar", "cs", "da", "de", "el", "en", "es", "fi", "fil", "fr", "he", "hi", "hu", "it", "ja", "ko", "nb", "nl", "pl", "pt", "pt-PT", "ro",
    "ru", "sv", "th", "tr", "uk", "vi", "zh-Hans", "zh-Hant",
}  # fmt: skip
MARK = re.compile(r"\A«[A-Za-z-]{2,8}» ")
HOLDER = re.compile(r"⟦\d+⟧")
Told = dict[str, Any]


class Refused(Exception):
    def __init__(self, status: int, code: int, message: str):
        super().__init__(message)
        self.status, self.code = status, code

    def body(self) -> Told:
        return {"error": {"code": self.code, "message": str(self)}}


def answer(key: str, query: dict[str, str], content: bytes, tricks: Collection[str] = ()) -> list[Told]:
    """Raises Refused."""
    if key != KEY:
        raise Refused(401, 401000, "The request is not authorized because credentials are missing or invalid.")
    if query.get("api-version") != "3.0":
        raise Refused(400, 400021, "The API version parameter is not valid.")
    source, target = query.get("from", ""), query.get("to", "")
    if source and source not in LANGUAGES:
        raise Refused(400, 400035, "The source language is not valid.")
    if target not in LANGUAGES:
        raise Refused(400, 400036, "The target language is not valid.")
    answers = [_translated(text, source, target, "lost_mark" in tricks) for text in texts_of(content)]
    return answers[:-1] if "short_answer" in tricks else answers


def texts_of(content: bytes) -> list[str]:
    try:
        body = json.loads(content)
    except ValueError:
        body = None
    if not isinstance(body, list) or not all(
        isinstance(one, dict) and isinstance(one.get("Text"), str) for one in body
    ):
        raise Refused(400, 400074, "The body of the request is not valid JSON.")
    texts = [one["Text"] for one in body]
    if len(texts) > MOST_TEXTS:
        raise Refused(400, 400072, "The maximum number of elements is exceeded.")
    if sum(map(len, texts)) > MOST_CHARACTERS:
        raise Refused(400, 400077, "The maximum request size has been exceeded.")
    return texts


def _translated(text: str, source: str, target: str, loses_marks: bool) -> Told:
    said = MARK.sub("", text)
    if loses_marks:
        said = HOLDER.sub("", said)
    detected = {} if source else {"detectedLanguage": {"language": "de", "score": 1.0}}
    return {**detected, "translations": [{"text": f"«{target}» {said}", "to": target}]}
