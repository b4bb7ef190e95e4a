"""Whether a text is written in the script of the buyer's language. Languages of one script are not told apart."""

from __future__ import annotations

import re

RANGES = {
    "latin": re.compile(r"[a-zA-Z\u00c0-\u024f\u1e00-\u1eff]+"), "arabic": re.compile(r"[\u0600-\u06ff\u0750-\u077f]+"),
    "cyrillic": re.compile(r"[\u0400-\u04ff]+"), "greek": re.compile(r"[\u0370-\u03ff]+"), "hebrew": re.compile(r"[\u0590-\u05ff]+"),
    "thai": re.compile(r"[\u0e00-\u0e7f]+"), "devanagari": re.compile(r"[\u0900-\u097f]+"), "hangul": re.compile(r"[\u1100-\u11ff\uac00-\ud7af]+"),
    "kana": re.compile(r"[\u3041-\u30ff\uff66-\uff9d]+"), "han": re.compile(r"[\u3400-\u9fff]+"),
}  # fmt: skip
OTHERS = re.compile(
    r"[\u0370-\u077f\u0900-\u097f\u0e00-\u0e7f\u1100-\u11ff\u3041-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9d]"
)
SCRIPT_OF = {"ar": "arabic", "fa": "arabic", "ur": "arabic", "ru": "cyrillic", "uk": "cyrillic", "bg": "cyrillic", "el": "greek", "he": "hebrew",
             "iw": "hebrew", "th": "thai", "hi": "devanagari", "mr": "devanagari", "ko": "hangul", "ja": "japanese", "zh": "chinese"}  # fmt: skip
EASTERN = ("japanese", "chinese")
DENSER, DENSE = ("kana", "han", "hangul"), 3
LEAST_LETTERS = 6
IGNORED = re.compile(r"\{\{[^{}\n]{0,80}\}\}|https?://\S+|\b[A-Z0-9][A-Z0-9-]{3,}\b|@[\w.-]{1,100}", re.ASCII)


def is_other_script(text: str, language: str | None) -> bool:
    """True where less than three tenths of the text are in the script of the language."""
    wanted = SCRIPT_OF.get((language or "").strip().lower().replace("_", "-").split("-")[0], "latin")
    if not (language or "").strip() or (wanted == "latin" and OTHERS.search(text) is None):
        return False
    text = IGNORED.sub(" ", text)
    counts = {name: _weight(name, text) for name in (("kana", "han") if wanted in EASTERN else (wanted,))}
    mine = sum(counts.values())
    most = mine + DENSE * (len(text) - mine // DENSE)  # Whatever else stands there.
    if mine < LEAST_LETTERS or mine * 10 < most * 3:
        letters = sum(counts[name] if name in counts else _weight(name, text) for name in RANGES)
        if letters < LEAST_LETTERS:
            return False
        if mine * 10 < letters * 3:
            return True
    if wanted == "japanese":
        return counts["kana"] == 0 and counts["han"] >= 10 * DENSE
    return wanted == "chinese" and counts["kana"] * 5 > mine


def _weight(script: str, text: str) -> int:
    """How many letters of the script; a sign of some says as much as three."""
    return sum(map(len, RANGES[script].findall(text))) * (DENSE if script in DENSER else 1)
