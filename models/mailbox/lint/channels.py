"""Messengers and networks beside Amazon, in the spellings of those who do not want to be found out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.mailbox.lint.codes import Finding
from models.mailbox.lint.folded import Folded
from models.mailbox.lint.phrases import has_any

SMALL = "._*-'|/"
GAP = rf"[\s{re.escape(SMALL)}]{{0,2}}"


def _spaced(word: str) -> str:
    """The word with anything small between its letters."""
    return GAP.join(re.escape(letter) for letter in word)


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{'|'.join(patterns)})(?![a-z])")


def _named(parts: str, pattern: re.Pattern[str]) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """One of the parts stands in every text that the pattern can find, once blanks and small signs are left out."""
    return tuple(parts.split()), pattern


NAMES = (
    _named("atsap atap", _words(_spaced("whatsapp"), r"wh?ats\s?app?s?|wh?atapp|vatsap\w*|wats?ap+|what['’]?s ap{1,2}s?")),
    _named("wechat weixin telegram viber", _words(*map(_spaced, ("wechat", "weixin", "telegram", "viber")), "wei xin")),
    _named(
        "kakaotalk snapchat imessage facebook messenger instagram tiktok skype discord zalo threema xiaohongshu weibo douyin",
        _words(r"kakao\s?talk|snap\s?chat|imessage|facebook|(?:fb|on|via|by) messenger|instagram|tik\s?tok|skype|discord|zalo|threema|xiao\s?hong\s?shu|weibo|douyin"),
    ),
    _named("insta", _words("insta")),
    _named("signal", _words(r"signal (?:app|messenger)|via signal")),
    _named("line", _words(
        r"line\s?(?:id|app|account|アカウント|で|の友|@)|(?:on|via|through|uber|auf|por|su|par) line\s?(?:app|id|messenger|@)|my line is|line\s?:\s?@?[a-z0-9][\w.-]{2,}"
    )),
    _named("line", re.compile(r"公式line|line(?=[ぁ-んァ-ヶ一-龠])|(?<=[ぁ-んァ-ヶ一-龠])line(?![a-z])")),
    _named("wx qq", _words(r"wx\s?id|q\s?q\s?(?:群|number|id|\d{5,11})")),
    _named("vx wx qq", re.compile(
        r"(?<![a-z0-9])(?:v\s?x|wx|q\s?q)\s?[:号]|(?<![a-z0-9])qq(?![a-z0-9])(?!\.com)|(?<=[一-龥])\s?vx(?![a-z0-9])"
    )),
    _named("tme wame", re.compile(r"(?:t|wa)\.me/")),
    _named(
        "微信 薇信 徽信 维信 威信号 v信 加v 加薇 加微 扣扣 企鹅号 電報 电报群 飞书 钉钉 小红书 抖音 微博 公众号",
        re.compile(r"微\s?信|薇\s?信|徽信|维信|威信号|v\s?信|加\s?[v薇微]|扣\s?扣|企鹅号|電報|电报群|飞书|钉钉|小红书|抖音|微博|公众号"),
    ),
    _named(
        "ライン ワッツアップ テレグラム ウィーチャット インスタグラム フェイスブック カカオトーク",
        re.compile(r"ライン(?:で|の?id|に友|登録|アカウント)|ワッツアップ|テレグラム|ウィーチャット|インスタグラム|フェイスブック|カカオトーク"),
    ),
    _named(
        "واتس واس تيليجرام تيليغرام تيلغرام تلغرام تلجرام ويتشات فيسبوك نستغرام سنابشات فايبر 왓츠앱 위챗 카카오톡 텔레그램",
        re.compile(r"واتس\s?[اآ]ب|وات?س[اآ]?ب|تيليجرام|تيلي?غرام|تلغرام|تلجرام|وي\s?تشات|فيسبوك|[اإ]نستغرام|سناب\s?شات|فايبر|왓츠앱|위챗|카카오톡|텔레그램"),
    ),
)  # fmt: skip
CYRILLIC = re.compile(r"вот?с[ае]п\w*|ватсап\w*|уотсап\w*|телеграм\w*|вайбер\w*|вичат|инстаграм\w*")
TALKS = re.compile(r"(?:\bon|\bvia|\bmy|\bour|\byour|\badd|\buse|\bthrough|\bby|\buber|\bpar|\bpor)\s$")


def channels(text: Folded) -> Iterator[Finding]:
    bare = squeezed(text.latin)
    for parts, pattern in NAMES:
        for found in pattern.finditer(text.latin) if has_any(parts, bare) else ():
            if not _is_common(text, found):
                yield Finding("OTHER_CHANNEL", *text.span(found.start(), found.end()))
    for found in CYRILLIC.finditer(text.plain):
        yield Finding("OTHER_CHANNEL", *text.span(found.start(), found.end()))


def squeezed(text: str) -> str:
    text = "".join(text.split())
    for sign in SMALL:
        text = text.replace(sign, "")
    return text


def _is_common(text: Folded, found: re.Match[str]) -> bool:
    """Everyday words that only sound like it: “can we chat”, “draw a line: start here”."""
    typed = text.as_typed(found.start(), found.end())
    if re.fullmatch(r"line\s?:.*", found[0]):
        return not typed.startswith("LINE") and "@" not in typed
    if found[0] == "we chat":
        return typed == "we chat" and not TALKS.search(text.latin[max(0, found.start() - 10) : found.start()])
    return False
