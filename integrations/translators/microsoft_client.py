"""Microsoft Translator (Azure, version 3): a key in a header, plain text, at most 1000 texts or 50 000 characters a call."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence

from config.settings import Settings
from integrations.calls import Call, Throttle
from integrations.line import Line, Rate
from integrations.translators import microsoft_mapping as mapping
from integrations.translators import require_fitting

OFFICIAL = "https://api.cognitive.microsofttranslator.com"


class MicrosoftClient:
    """Calls with one key. `region` is that of the resource in Azure; none for a global one."""

    name = "microsoft"
    most_texts = 1000
    most_characters = 50_000
    rate = Rate(10, 10)

    def __init__(
        self,
        settings: Settings,
        *,
        key: str,
        region: str = "",
        throttle: Throttle,
        log: Callable[[Call], None],
        sleep: Callable[[float], None] = time.sleep,
    ):
        if not all(told.isascii() and told.isprintable() for told in (key, region)) or not key:
            raise mapping.refusal(401, None)
        base = settings.endpoint(settings.translators_url and f"{settings.translators_url}/microsoft", OFFICIAL)
        headers = {"Ocp-Apim-Subscription-Key": key, "Content-Type": "application/json"}
        if region:
            headers["Ocp-Apim-Subscription-Region"] = region
        self._line = Line(
            settings, mapping.VENDOR, base, rate=self.rate, headers=headers, throttle=throttle, log=log, sleep=sleep
        )

    def __enter__(self) -> MicrosoftClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        require_fitting(texts, self)
        if not texts:
            return []
        told = {"api-version": "3.0", "to": mapping.code_of(target), "textType": "plain"}
        if source:
            told["from"] = mapping.code_of(source)
        body = json.dumps(mapping.asked(texts))
        reply = self._line.call("microsoft.translate", "POST", "/translate", params=told, content=body)
        answer = _read(reply.content)
        if reply.status != 200:
            raise mapping.refusal(reply.status, answer)
        return mapping.translated(texts, answer)


def _read(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
