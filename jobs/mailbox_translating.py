"""Messages and answers are translated: claimed, masked, handed over outside any transaction, and sealed again.

Only what is masked leaves. Run twice or killed it does no harm: asking once more costs characters and nothing else.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from config import logs
from integrations.errors import IntegrationError
from jobs.translators import client_for, note_trouble, problem_words
from models.mailbox.message import MailMessage
from models.mailbox.translating.known import Known, known_of
from models.mailbox.translating.masking import mask
from models.mailbox.translating.translation import MailTranslation
from models.support import clock
from models.support.errors import AlreadyDecided
from models.support.job_run import JobRun
from models.support.words import Words, say
from models.translation.account import TranslatorAccount
from models.translation.call import TranslatorCall
from models.vault.data_key import KeyDestroyed, key_of

PROBE = "Good morning"
MOST_TRIES = 4
OF_THE_TEXT = ("language_unknown", "refused", "too_large")
BUDGET = say(
    "The characters of this month are used up. Whoever manages the mailboxes can allow more under Mailbox, Translator."
)
BROKE = say("It stopped with an unexpected error. The log has the place.")
GONE = say("What it says was destroyed.")

log = logs.logger("jobs")
accounts_with_work, has_work = MailTranslation.accounts_with_work, MailTranslation.has_work


def forget(run: JobRun) -> None:
    run.progress(add=TranslatorCall.forget_old())


def translate(run: JobRun) -> None:
    """Everything that waits for one translator."""
    account = TranslatorAccount.of_uid(run.scope)
    if account is None or account.state not in ("checking", "active"):
        return
    try:
        with client_for(account) as client:
            if account.state == "checking":
                client.translate([PROBE], "en", "de")
                account.succeed()
            while account.reload().is_working and (due := MailTranslation.of_account(account)):
                for one in due:
                    if one.claim():
                        _translate(client, one)
                    run.progress(add=1)
                account.succeed()
    except IntegrationError as error:
        with suppress(AlreadyDecided):  # It may have been removed or paused meanwhile.
            note_trouble(account, error)
    except (AlreadyDecided, KeyDestroyed, TranslatorAccount.DoesNotExist):  # Removed or paused meanwhile.
        return


def _translate(client: Any, one: MailTranslation) -> None:
    """One of them. Raises IntegrationError for what would happen to the next one too."""
    try:
        values = _answer(client, one) if one.message is None else _message(client, one, one.message)
        one.settle(state="done", done_at=clock.now(), problem="", **_sealed(one, values))
    except KeyDestroyed:
        _fail(one, GONE)
    except IntegrationError as error:
        if error.code == "budget_used":
            _fail(one, BUDGET)
        elif error.code in OF_THE_TEXT or error.permanent or one.tries >= MOST_TRIES:
            _fail(one, problem_words(error))
            if error.code not in OF_THE_TEXT:
                raise
        else:
            one.settle(state="waiting", next_try_at=clock.now(), problem=problem_words(error).to_json())
            raise
    except Exception as error:  # Whatever it is about this one, the others shall not wait for it.
        log.error("translating_broke", scope=str(one.uid), exc_info=error)
        _fail(one, BROKE)


def _message(client: Any, one: MailTranslation, message: MailMessage) -> dict[str, Any]:
    message.thread = one.thread
    known = known_of(one.thread, message)
    text, unsure = _masked(client, message.unseal("text") or "", known, one.source, one.target)
    return {"text": text, "unsure_count": unsure}


def _answer(client: Any, one: MailTranslation) -> dict[str, Any]:
    """There, and back again: what the buyer will read is masked anew on its way back."""
    known = known_of(one.thread, person=one.person)
    text, unsure = _masked(client, one.unseal("original") or "", known, one.source, one.target)
    back, lost = _masked(client, text, known, one.target, one.source)
    return {"text": text, "back": back, "unsure_count": unsure + lost}


def _masked(client: Any, text: str, known: Known, source: str, target: str) -> tuple[str, int]:
    """The text in the other language, and how many passages stand as they were."""
    masked = mask(text, known.names, known.words)
    places = masked.to_translate()
    answers = client.translate([masked.passages[place] for place in places], source, target)
    return masked.whole(dict(zip(places, answers, strict=True)))


def _sealed(one: MailTranslation, values: dict[str, Any]) -> dict[str, Any]:
    """Under the thread's key as it is now; it is never made anew for this. Raises KeyDestroyed."""
    texts = {name: values.pop(name) for name in ("text", "back") if name in values}
    one.seal(key=key_of(one.seal_subject()), **texts)
    return values | {name: getattr(one, name) for name in texts}


def _fail(one: MailTranslation, words: Words) -> None:
    one.settle(state="failed", problem=words.to_json())
