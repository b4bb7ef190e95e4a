"""Was a mail written by a machine: an absence note, a list, a report? Pure, of its very bytes. Who answers such a mail may answer for ever."""

from __future__ import annotations

import re

from models.mailbox.reading.headers import split

PRECEDENCES = ("bulk", "junk", "list", "auto_reply")
SIGNS = (
    "x-autoreply",
    "x-autorespond",
    "x-auto-response-suppress",
    "list-id",
    "list-unsubscribe",
    "x-loop",
    "feedback-id",
)
SUBJECTS = re.compile(
    r"^\W*(?:(?:re|aw|sv|tr|rv|fwd?|wg)\s*:\s*)*(?:auto(?:matic|mated)?[ -]?(?:reply|response|answer)|out of (?:the )?office|"
    r"automatische (?:antwort|reactie)|autosvar|automatiskt svar|abwesenheit|abwesend|nicht im (?:büro|haus)|"
    r"réponse automatique|absence du bureau|respuesta automática|fuera de la oficina|risposta automatica|fuori sede|"
    r"resposta automática|fora do escritório|afwezig|frånvaro|odpowiedź automatyczna|automatyczna odpowiedź|otomatik yanıt|"
    r"رد تلقائي|自動(?:返信|応答)|不在(?:通知|のお知らせ)|自动(?:回复|答复)|自動回覆|外出自动)",
    re.IGNORECASE,
)


def is_by_machine(raw: bytes, subject: str) -> bool:
    """By what it says of itself in its headers, else by its subject."""
    head, _rest = split(raw, set())
    submitted = head.plain("auto-submitted").lower().partition(";")[0].strip()
    return (
        submitted not in ("", "no")
        or head.plain("precedence").lower().strip() in PRECEDENCES
        or head.plain("return-path").strip() == "<>"
        or any(head.get(sign) is not None for sign in SIGNS)
        or bool(SUBJECTS.match(subject.strip()))
    )
