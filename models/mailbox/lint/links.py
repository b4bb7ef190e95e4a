"""Addresses of websites and of people: written out, spaced, spelled or in signs of other alphabets. Abbreviations, sizes, dates, versions
and file names have dots too; they are none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.mailbox.lint.codes import Attached, Finding
from models.mailbox.lint.folded import Folded
from models.mailbox.lint.phrases import has_any

COUNTRIES = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg ch ci ck cl cm "
    "cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gt gu gw gy "
    "hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc me mg "
    "mk mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pg ph pk pm pn pr pt pw qa re ro ru rw sa sb "
    "sc sd se sg si sk sl sm sn so sr st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn "
    "vu wf ws ye yt za zm zw"
)
GENERIC = (
    "com net org info biz edu gov shop store online site website top xyz club vip live app dev link click page tech space fun icu life world "
    "today email cloud blog wiki asia buzz sale support help center mobi name pro tel travel jobs market company agency digital media news "
    "group team work network solutions services zone social chat cheap deals discount gift gifts promo win work bid loan men party review "
    "reviews science stream trade webcam date racing download"
)
SURE = "com net org info biz shop store online site website xyz club vip"
SPOKEN_SURE = "|".join(
    [*SURE.split(), "de", "fr", "uk", "cn", "eu", "jp", "io", "co", "ca", "nl", "pl", "se", "br", "tr"]
)
SCRIPTS = "рф|中国|公司|网络|网店|商店|香港|日本|コム|みんな|한국|شبكة|السعودية"
TLDS = (
    "|".join(sorted({*COUNTRIES.split(), *GENERIC.split()}, key=len, reverse=True)) + "|xn--[a-z0-9]{2,40}|" + SCRIPTS
)
DOTS = r"\s?[(\[{<]\s?(?:dot|punkt|point|punto|ponto|punt|kropka|nokta|点|點|ドット|\.|,)\s?[)\]}>]\s?"
SPOKEN_DOT = r"\s+(?:dot|punkt)\s+"
SPOKEN_ROMANCE = r"\s+(?:punto|point|ponto|punt|kropka|nokta)\s+"
URL = re.compile(r"(?<![a-z])(?:h(?:tt|xx)ps?|ftps?)\s?[:;]\s?[/\\]{1,3}\s?(?P<rest>[^\s<>\"'，。；！）)]{1,500})|\bwww\d?\s?[.,·。]\s?(?P<www>[^\s<>\"'，；！）)]{1,300})|\bwww\s[\w-]{2,60}(?:\s|\.)(?:" + TLDS + r")\b")  # fmt: skip
BARE = re.compile(
    rf"(?<![\w@.-])(?P<host>(?:[^\W_][\w-]{{0,62}}\.){{1,8}}(?P<tld>{TLDS}))(?![a-z0-9_-])(?P<path>:\d{{2,5}}|/[^\s<>\"']{{0,300}})?"
)
SPELLED = re.compile(
    rf"(?<![\w@])[^\W_][\w-]{{1,62}}(?:(?:{DOTS})(?:{TLDS})|(?:{SPOKEN_DOT})(?:{SPOKEN_SURE})|(?:{SPOKEN_ROMANCE})(?:com|net|org|info|shop)"
    r"|\s+\.\s?(?:com|net|org|shop|info|de|cn|co|uk|fr|jp|io|eu)|\s?[。・·•]\s?(?:com|net|org|shop|info|cn|jp|vip|xyz|top)|\s?点\s?(?:com|net|cn)|,(?:com|net|org))(?![\w-])"
)
PROVIDERS = r"gmail|googlemail|g mail|outlook|hotmail|yahoo|icloud|gmx|proton(?:mail)?|foxmail|aol|qq\.com|163\.com|126\.com|web\.de|libero\.it|mail\.ru|yandex|naver"
PROVIDED = tuple(PROVIDERS.replace("(?:mail)?", "").replace("\\", "").split("|"))
AT = r"\s?[(\[{<]\s?(?:at|@|arroba|chiocciola|malpa|aet|艾特)\s?[)\]}>]\s?"
LONE_A = r"\s?[(\[{]\s?a\s?[)\]}]\s?"
EMAIL = re.compile(
    rf"(?<![\w.])[\w.+%-]{{1,64}}\s?@\s?(?:[\w-]{{1,63}}(?:\.|{DOTS}|\s+dot\s+|\s\.\s?)){{1,6}}[^\W\d_]{{2,24}}"
    rf"|(?<![\w.])[\w.+%-]{{1,64}}(?:{AT})[\w-]{{2,63}}(?:(?:\.|{DOTS}|\s+(?:dot|punkt|punto|ponto|point)\s+)[\w-]{{2,24}})?"
    rf"|(?<![\w.])[\w.+%-]{{1,64}}(?:{LONE_A})[\w-]{{2,63}}(?:\.|{DOTS})[a-z]{{2,10}}\b|[\w.+%-]{{1,64}}_at_[\w-]{{1,63}}?(?:_dot_|\.)[a-z]{{2,10}}\b"
    rf"|(?<![\w.])[\w.+%-]{{1,64}}\s+(?:at|arroba|chiocciola)\s+[\w-]{{2,63}}(?:{DOTS}|\s+(?:dot|punkt|punto|ponto|point)\s+)[a-z]{{2,10}}\b"
    rf"|(?<![\w.])[\w.+%-]{{2,64}}\s+(?:at|@|arroba|chiocciola|艾特|小老鼠)\s+(?:{PROVIDERS})\b(?:\.[a-z]{{2,6}}){{0,2}}|@\s?(?:{PROVIDERS})\b"
)
AMAZON = re.compile(
    r"(?:[\w-]+\.)*amazon\.(?:com|ca|com\.mx|com\.br|co\.uk|de|fr|it|es|nl|se|pl|com\.be|ie|com\.tr|ae|sa|eg|in|sg|com\.au|co\.jp|co\.za|cn)"
    r"|amzn\.(?:to|eu|asia|com|in)|a\.co|(?:[\w-]+\.)*(?:media|images|ssl-images)-amazon\.com"
)
SHORT_HOSTS = frozenset(("t.me", "m.me", "g.co", "t.co", "t.cn", "v.gd", "a.co", "u.nu", "b.link"))
NUMBERED = "art order item tel fax ref model serial part tracking inv ser cat ord invoice customer article"
NUMBERS = frozenset(NUMBERED.split())
NUMBER_WORDS = frozenset(("no", "nr"))


def links(text: Folded, attachments: list[Attached]) -> Iterator[Finding]:
    """E-mail addresses, then hosts. A host inside an e-mail address is no link of its own."""
    seen = [_blank(name, text.latin) for name in (one.filename.lower() for one in attachments) if "." in name]
    latin = text.latin
    for spans in seen:
        latin = _without(latin, spans)
    if may_hold_address(latin):
        spans = [(one.start(), one.end()) for one in EMAIL.finditer(latin)]
        for start, end in spans:
            yield Finding("EMAIL", *text.span(start, end))
        latin = _without(latin, spans)
    if DOT_HINT.search(latin):
        yield from _hosts(text, latin)


# Before each dear pattern a cheap look for what all that it can find must hold.
SPOKEN_DOTS = ("dot", "punkt", "point", "punto", "ponto", "punt", "kropka", "nokta")
LONE_AT = re.compile(r"at\s(?<=\sat\s)")
SPOKEN_ATS = ("arroba", "chiocciola", "艾特", "小老鼠")
BRACKETED_AT = re.compile(r"[(\[{<]\s?(?:at|a|arroba|chiocciola|malpa|aet|艾特)\s?[)\]}>]")
BRACKETED_DOT = re.compile(r"[(\[{<]\s?(?:dot|punkt|point|punto|ponto|punt|kropka|nokta|点|點|ドット|\.|,)")
DOT_HINT = re.compile(
    r"[.。・·•]\s?[^\W\d]|www|[:;]\s?[/\\]|\b(?:dot|punkt|punto|point|ponto|punt|kropka|nokta)\b|[点點]|ドット|,(?:com|net|org)\b|[\[({<]\s?[.,]"
)
ENDING = re.compile(rf"\.(xn--[a-z0-9]{{2,40}}|[a-z]{{2,12}}|{SCRIPTS})(?![a-z0-9_-])")
ENDINGS = frozenset([*COUNTRIES.split(), *GENERIC.split(), *SCRIPTS.split("|")])
SPELLED_HINTS = (
    re.compile(rf"(?:{'|'.join(SPOKEN_DOTS)})\s+(?:{SPOKEN_SURE})"), re.compile(r"\.(?<=\s\.)\s?(?:com|net|org|shop|info|de|cn|co|uk|fr|jp|io|eu)"),
    re.compile(r"[。・·•点]\s?(?:com|net|org|shop|info|cn|jp|vip|xyz|top)"), re.compile(r",(?:com|net|org)"), BRACKETED_DOT,
)  # fmt: skip


def may_hold_address(text: str) -> bool:
    if "@" in text or "_at_" in text or BRACKETED_AT.search(text):
        return True
    has_at = LONE_AT.search(text) is not None or has_any(SPOKEN_ATS, text)
    return has_at and (has_any(SPOKEN_DOTS, text) or has_any(PROVIDED, text) or BRACKETED_DOT.search(text) is not None)


def may_be_spelled(text: str) -> bool:
    return any(hint.search(text) for hint in SPELLED_HINTS)


def may_hold_url(text: str) -> bool:
    return has_any(("www", "http", "hxxp", "ftp"), text)


def may_hold_ending(text: str) -> bool:
    return any(one in ENDINGS or one.startswith("xn--") for one in ENDING.findall(text))


def _blank(name: str, text: str) -> list[tuple[int, int]]:
    return [(found.start(), found.end()) for found in re.finditer(re.escape(name), text)] if name in text else []


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _hosts(text: Folded, latin: str) -> Iterator[Finding]:
    taken: list[tuple[int, int]] = []
    for found in URL.finditer(latin) if may_hold_url(latin) else ():
        rest = found["rest"] or found["www"] or ""
        host = re.split(r"[/?#\\:]", rest.split("/", 1)[0].rpartition("@")[2], maxsplit=1)[0].rstrip(".,")
        taken.append((found.start(), found.end()))
        yield _named(text, found.start(), found.end(), host if found["rest"] or found["www"] else "")
    latin = _without(latin, taken)
    for found in BARE.finditer(latin) if may_hold_ending(latin) else ():
        if _is_host(text, found):
            yield _named(text, found.start(), found.end(), _longer(text, latin, found))
    for found in SPELLED.finditer(latin) if may_be_spelled(latin) else ():
        yield Finding("LINK_EXTERNAL", *text.span(found.start(), found.end()))


def _named(text: Folded, start: int, end: int, host: str) -> Finding:
    """Amazon's own only where it is written in Latin letters: another alphabet leads elsewhere."""
    is_true = text.plain[start:end] == text.latin[start:end]
    code = "LINK_AMAZON" if is_true and AMAZON.fullmatch(host) else "LINK_EXTERNAL"
    return Finding(code, *text.span(start, end))


def _longer(text: Folded, latin: str, found: re.Match[str]) -> str:
    """The host with what follows its last known ending without a blank, as in amazon.de.example1."""
    more = re.compile(r"(?:\.[\w-]+)+").match(latin, found.end("host"))
    if more is None or text.as_typed(more.start() + 1, more.start() + 2).isupper():
        return found["host"]
    return found["host"] + more[0]


def _is_host(text: Folded, found: re.Match[str]) -> bool:
    """Not an abbreviation, a number, or the end of a sentence with its blank forgotten."""
    if found["path"] and found["path"].startswith("/") and len(found["path"]) > 1:
        return not all(label.isdigit() for label in found["host"].split("."))
    labels = found["host"].split(".")
    tld, before = labels[-1], labels[-2]
    is_country = len(tld) == 2
    if found["host"] in SHORT_HOSTS:
        return True
    if is_country and all(len(label) == 1 for label in labels[:-1]):
        return False
    if before.isdigit() and (is_country and tld != "cn"):
        return False
    if tld in NUMBER_WORDS and before in NUMBERS:
        return False
    shown = text.as_typed(found.start("tld"), found.end("tld"))
    whole = text.as_typed(found.start("host"), found.end("host"))
    is_sentence = (
        shown[:1].isupper() and shown[1:].islower() and not (whole[:1].isupper() and tld in ("com", "net", "org"))
    )
    return not is_sentence
