"""A cheap guess at the language of a text: its script, and for Latin letters its commonest little words."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

LOOKED_AT = 2_000
LEAST_WORDS = 2
WORD = re.compile(r"[^\W\d_]+")
SCRIPTS = (
    ("ja", re.compile(r"[\u3041-\u309f\u30a1-\u30ff\uff66-\uff9d]")), ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u3400-\u9fff]")), ("ar", re.compile(r"[\u0600-\u06ff]")), ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")), ("he", re.compile(r"[\u0590-\u05ff]")), ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)  # fmt: skip
COMMON = {
    "en": "the and is not you have this that with for my it was are please when order received would but your what",
    "de": "der die das und ist nicht ich sie haben mit für mein auf wurde bitte wann bestellung ein eine zu den noch habe ihr aber es",
    "fr": "le la les et est pas je vous avec pour mon ma une des que commande bonjour merci ne du ce cette mais reçu pouvez",
    "es": "el los las y es no que con para mi una pedido hola gracias por pero ha he lo se está cuando usted recibido del",
    "it": "il lo gli e è non che con per mio una ordine buongiorno grazie di ma ho sono del della quando ricevuto questo",
    "nl": "de het en is niet ik u met voor mijn een bestelling heb van maar op dit wanneer ontvangen bedankt kunt",
    "pl": "i nie jest się na to że do mam moje zamówienie dzień dobry proszę czy ale kiedy dziękuję paczka jak od",
    "sv": "och är inte jag det att för min en har med på men beställning när tack hej den som av från kan",
    "pt": "o os as e é não que com para meu minha uma pedido olá obrigado do da mas em está quando recebi você",
    "tr": "ve bir bu için değil ben sipariş merhaba teşekkürler ne zaman ürün ama çok da de lütfen mi geldi",
}
SAYING: dict[str, list[str]] = {}  # The languages that use a word.
for _language, _words in COMMON.items():
    for _word in set(_words.split()):
        SAYING.setdefault(_word, []).append(_language)


def language_of(text: str) -> str | None:
    """A code of two letters, or None where nothing can be said."""
    sample = text[:LOOKED_AT]
    if not sample.isascii():
        letters = max(1, sum(map(len, WORD.findall(sample))))
        for language, script in SCRIPTS:
            share = len(script.findall(sample)) * (3 if language in ("ja", "zh", "ko") else 1)
            if share * 10 >= letters * (2 if language == "ja" else 4):
                return language
    said = filter(None, map(SAYING.get, WORD.findall(sample.lower())))
    best = Counter(chain.from_iterable(said)).most_common(2)
    if not best or best[0][1] < LEAST_WORDS or (len(best) > 1 and best[0][1] == best[1][1]):
        return None
    return best[0][0]
