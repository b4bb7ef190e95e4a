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
        rf"w{GAP}h?{GAP}a{GAP}t{GAP}s?{GAP}s?{GAP}a{GAP}p{GAP}p?", r"wh?ats?\s?ap+s?", r"what['’]?s ap{1,2}s?\b", _spaced("wechat"), _spaced("weixin"), r"we chat", r"wei xin",
        _spaced("telegram"), _spaced("viber"), r"kakao\s?talk", r"snap\s?chat", r"i\s?message", r"facebook", r"fb messenger", r"messenger", r"instagram", r"insta\b", r"tik\s?tok",
        r"skype", r"discord", r"zalo", r"signal (?:app|messenger)|via signal|on signal messenger", r"threema", r"line\s?(?:id|app|account|アカウント|で|の友|@)", r"(?:on|via|through|uber|auf|por|su|par) line\s?(?:app|id|messenger|:|@)",
        r"my line(?: is|:)", r"line\s?[:：]\s?@?[a-z][\w.-]{2,}", r"xiao\s?hong\s?shu|weibo|douyin", r"v\s?x\s?[:：号]|wx\s?(?:[:：号]|id)|\+\s?v\s?x?\s?[:：]|v\s?信", r"q\s?q\s?(?:[:：号群]|number|id|\d{5,11})", r"wapp\b", r"vatsap\w*",
    )) + r")(?![a-z])"
    r"|(?<![a-z0-9])qq(?![a-z0-9])(?!\.com)|(?:t|wa)\.me/|微\s?信|薇\s?信|徽信|维信|威信号|v信|加\s?[vｖ薇微]|[vｖ]x|扣\s?扣|企鹅号|whatsapp|電報|电报群|飞书|钉钉|小红书|抖音|微博|公众号"
    r"|公式line|line(?=[ぁ-んァ-ヶ一-龠])|(?<=[ぁ-んァ-ヶ一-龠])line(?![a-z])|ライン(?:で|の?id|に友|登録|アカウント)|ワッツアップ|テレグラム|ウィーチャット|インスタグラム|フェイスブック|カカオトーク"
    r"|واتس\s?[اآ]ب|واتسآب|وات?س[اآ]?ب|تيليجرام|تيلي?غرام|تلغرام|تلجرام|وي\s?تشات|فيسبوك|انستغرام|إنستغرام|سناب\s?شات|فايبر|왓츠앱|위챗|카카오톡|텔레그램"
)  # fmt: skip
CYRILLIC = re.compile(r"вот?с[ае]п\w*|ватсап\w*|уотсап\w*|телеграм\w*|вайбер\w*|вичат|инстаграм\w*")
NOT_LINE = re.compile(r"(?:on|off|in|out|dead|pipe|head|base|air|time|under|bye|guide)[\s-]?$")


def channels(text: Folded) -> Iterator[Finding]:
    for found in NAMES.finditer(text.latin):
        if found[0].startswith("line") and NOT_LINE.search(text.latin[max(0, found.start() - 7) : found.start()]):
            continue
        if _is_other_word(found[0]):
            continue
        yield Finding("OTHER_CHANNEL", *text.span(found.start(), found.end()))
    for found in CYRILLIC.finditer(text.plain):
        yield Finding("OTHER_CHANNEL", *text.span(found.start(), found.end()))


def _is_other_word(found: str) -> bool:
    """Words that only look like a name with gaps in it."""
    return re.sub(r"[^a-z]", "", found) in ("wap", "wapp", "watap", "whatap", "hatap") and " " in found
