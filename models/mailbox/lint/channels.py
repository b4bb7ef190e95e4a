"""Messengers and networks beside Amazon, in the spellings of those who do not want to be found out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.mailbox.lint.codes import Finding
from models.mailbox.lint.folded import Folded

GAP = r"[\s._*\-'|/]{0,2}"


def _spaced(word: str) -> str:
    """The word with anything small between its letters."""
    return GAP.join(re.escape(letter) for letter in word)


NAMES = re.compile(
    r"(?<![a-z])(?:" + "|".join((
        _spaced("whatsapp"), r"wh?ats\s?app?s?|wh?atapp|vatsap\w*|wats?ap+|what['’]?s ap{1,2}s?", _spaced("wechat"), _spaced("weixin"), r"wei xin", _spaced("telegram"), _spaced("viber"), r"kakao\s?talk",
        r"snap\s?chat|imessage|facebook|(?:fb|on|via|by) messenger|instagram|insta|tik\s?tok|skype|discord|zalo|threema|signal (?:app|messenger)|via signal", r"xiao\s?hong\s?shu|weibo|douyin",
        r"line\s?(?:id|app|account|アカウント|で|の友|@)|(?:on|via|through|uber|auf|por|su|par) line\s?(?:app|id|messenger|@)|my line is|line\s?:\s?@?[a-z0-9][\w.-]{2,}",
        r"wx\s?id|q\s?q\s?(?:群|number|id|\d{5,11})",
    )) + r")(?![a-z])"
    r"|(?<![a-z0-9])(?:v\s?x|wx|q\s?q)\s?[:号]|(?<![a-z0-9])qq(?![a-z0-9])(?!\.com)|(?:t|wa)\.me/|微\s?信|薇\s?信|徽信|维信|威信号|v\s?信|加\s?[v薇微]|(?<=[一-龥])\s?vx(?![a-z0-9])|扣\s?扣|企鹅号|電報|电报群|飞书|钉钉|小红书|抖音|微博|公众号"
    r"|公式line|line(?=[ぁ-んァ-ヶ一-龠])|(?<=[ぁ-んァ-ヶ一-龠])line(?![a-z])|ライン(?:で|の?id|に友|登録|アカウント)|ワッツアップ|テレグラム|ウィーチャット|インスタグラム|フェイスブック|カカオトーク"
    r"|واتس\s?[اآ]ب|وات?س[اآ]?ب|تيليجرام|تيلي?غرام|تلغرام|تلجرام|وي\s?تشات|فيسبوك|[اإ]نستغرام|سناب\s?شات|فايبر|왓츠앱|위챗|카카오톡|텔레그램"
)  # fmt: skip
CYRILLIC = re.compile(r"вот?с[ае]п\w*|ватсап\w*|уотсап\w*|телеграм\w*|вайбер\w*|вичат|инстаграм\w*")
TALKS = re.compile(r"(?:\bon|\bvia|\bmy|\bour|\byour|\badd|\buse|\bthrough|\bby|\buber|\bpar|\bpor)\s$")


def channels(text: Folded) -> Iterator[Finding]:
    for found in NAMES.finditer(text.latin):
        if not _is_common(text, found):
            yield Finding("OTHER_CHANNEL", *text.span(found.start(), found.end()))
    for found in CYRILLIC.finditer(text.plain):
        yield Finding("OTHER_CHANNEL", *text.span(found.start(), found.end()))


def _is_common(text: Folded, found: re.Match[str]) -> bool:
    """Everyday words that only sound like it: “can we chat”, “draw a line: start here”."""
    typed = text.as_typed(found.start(), found.end())
    if re.fullmatch(r"line\s?:.*", found[0]):
        return not typed.startswith("LINE") and "@" not in typed
    if found[0] == "we chat":
        return typed == "we chat" and not TALKS.search(text.latin[max(0, found.start() - 10) : found.start()])
    return False
