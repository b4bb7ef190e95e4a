"""Microsoft Translator's payloads and codes in our words. Nothing of its messages is repeated: they may quote what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from integrations.errors import IntegrationError
from integrations.translators import require_all

VENDOR = "Microsoft Translator"
CODES = {"zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-tw": "zh-Hant", "pt": "pt-PT", "pt-br": "pt-BR", "no": "nb", "iw": "he", "tl": "fil"}  # fmt: skip


def code_of(language: str) -> str:
    """Its code for a language of ours; `pt` alone would be Brazil's there."""
    return CODES.get(language.lower(), language)


def asked(texts: Sequence[str]) -> list[dict[str, str]]:
    return [{"Text": text} for text in texts]


def translated(texts: Sequence[str], answer: Any) -> list[str]:
    """Raises IntegrationError when it is not one text for each."""
    if not isinstance(answer, list):
        raise unreadable()
    return require_all(texts, [_text(one) for one in answer], VENDOR)


def _text(one: Any) -> str:
    found = one.get("translations") if isinstance(one, dict) else None
    text = found[0].get("text") if isinstance(found, list) and len(found) == 1 and isinstance(found[0], dict) else None
    if not isinstance(text, str):
        raise unreadable()
    return text


def unreadable() -> IntegrationError:
    return IntegrationError(
        "unreadable", f"{VENDOR}'s answer was cut short or is not what it should be.", permanent=False
    )


def refusal(status: int, answer: Any) -> IntegrationError:
    """What an answer that is none means."""
    told = answer.get("error") if isinstance(answer, dict) else None
    code = told.get("code") if isinstance(told, dict) else None
    if status == 401:
        return IntegrationError("key_refused", f"{VENDOR} does not accept the key.", permanent=True)
    if status == 403:
        return IntegrationError("quota_used", f"{VENDOR}'s quota is used up, or the key may not translate.", permanent=False,
                                retry_after=900)  # fmt: skip
    if status == 408:
        return IntegrationError("timeout", f"{VENDOR} did not answer in time.", permanent=False)
    if code in (400035, 400036):
        return IntegrationError("language_unknown", f"{VENDOR} does not know this language.", permanent=True)
    return IntegrationError("refused", f"{VENDOR} refused what was sent ({status}).", permanent=True)
