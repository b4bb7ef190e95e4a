"""Phone numbers of many countries, and what is none: order ids, tracking numbers, dates, prices, sizes, codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from models.mailbox.lint.codes import Finding
from models.mailbox.lint.folded import Folded

# What begins with a digit, after it. Each looks back over its first sign, so that the search steps quickly to the next one it may be.
BY_DIGIT = (
    r"(?<![\d-]\d)\d{2}-\d{7}-\d{7}(?![\d-])"  # An order.
    r"|(?<![\d./-]\d)(?:\d?[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{3}[./-]\d{1,2}[./-]\d{1,2})(?!\d|[./-]\d)"  # A day.
    r"|(?<![\d./-]\d)\d?[./]?(?:\d{1,2}[./]?)?\s?-\s?\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})?(?!\d|[./-]\d)"  # From a day to a day.
    r"|(?<![\d.,]\d)\d{0,2}(?:[.,' ]\d{3})*[.,]\d{2}(?=\s?(?:€|\$|£|¥|元|円|eur|usd|gbp|cny|jpy|kr|zl|tl|chf))"  # A price.
    r"|(?<!\d\d)\d{0,5}(?:[.,]\d{1,4})?\s?(?:[x×*]\s?\d{1,6}(?:[.,]\d{1,4})?\s?){1,2}(?:mm|cm|m|in|zoll|inch)?\b"  # A size.
    r"|(?<=\b\d)\d?:\d{2}(?::\d{2})?\b|(?:(?<=\b1)9|(?<=\b2)0)\d{2}\s?[-/]\s?(?:19|20)\d{2}\b"
    r"|(?<![\da-z]\d)(?:\d{0,19}[a-z]{1,3}\d[\da-z]{0,40}|\d{3,19}[a-z]{2})\b"  # Numbers of parcels, models, articles.
)
AMOUNT = r"\s?\d[\d.,' ]{0,14}"
BY_LETTER = rf"(?:(?<=e)ur|(?<=u)sd|(?<=g)bp){AMOUNT}|(?<![\da-z][a-z])[a-z]{{0,3}}\d[\da-z]{{5,40}}\b"
NOT_PHONES = re.compile(rf"\d(?:{BY_DIGIT})|[a-z](?:{BY_LETTER})|[€$£¥]{AMOUNT}")
CANDIDATE = re.compile(r"(?<![\w.,-])(?:\+|00)?\(?\d(?:[ .\-/()\u00b7]{0,3}\d){5,40}(?![\w]|[.,]\d)")
CALLS = re.compile(
    r"(?:\b(?:tel|telefon\w*|telephone|phone|call|mobile|cell|hotline|text me|sms|fax|ring|handy\w*|mobil\w*|rufnummer|anruf\w*|rufen|appel\w*|portable"
    r"|telefono|telefoon\w*|bel|bellen|llam\w+|movil|chiam\w+|cellulare|telefone|ligue|ligar|celular|dzwon\w*|zadzwon\w*|komork\w*|ring|telefonnummer|ara|arayin|cep|numero de tel\w*|contact number|(?:my|our|meine|unsere|mon|notre|mi|nuestro|il mio|mijn|moj|min|meu) (?:number|nummer|numero|numer)|whatsapp|wechat|telegram|viber)\b"
    r"|电话|電話|手机|手機|热线|熱線|致电|拨打|联系方式|携帯|お電話|هاتف|اتصل|جوال|واتساب|微信|☎|📞|☏)[^\d+\n]{0,30}$"
)
OF_PARCELS = re.compile(
    r"(?:track\w*|sendung\w*|paket\w*|parcel|shipment|consignment|waybill|awb|suivi|colis|seguimiento|rastre\w*|spedizione|tracciamento|zending\w*|przesylk\w*|sparnings?\w*|kolli\w*|takip"
    r"|kargo|dhl|ups|usps|fedex|dpd|gls|hermes|royal mail|yunexpress|4px|cainiao|追跡|伝票|問い?合わ?せ番号|注文|运单|快递|物流|单号|單號|订单|訂單|编号|編號|条码|تتبع|الشحنة|الطلب)[^\d\n.!?]{0,35}$"
)
OF_OTHERS = re.compile(  # Of orders, invoices, articles, files: they stand right before the number.
    r"\b(?:order|bestell\w*|commande|pedido|ordine|zamowieni\w*|siparis\w*|bestelling|invoice|rechnung\w*|facture|factura|fattura|faktur\w*|item|article|artikel\w*|model\w*|serial|serien\w*"
    r"|sku|ean|upc|gtin|asin|isbn|barcode|hs code|imei|iban|konto\w*|ust\w*|vat|tax|zip|plz|postcode|reference|referenz\w*|ref|case|fall|ticket|id|code|rma|batch|lot|part)\b\W{0,4}(?:(?:nrs?|nos?|num\w*|id|is|ist|lautet|code|was|war|n|of|der|del|de)\b\W{0,4}){0,3}$"
)
ANY_NUMBER = re.compile(r"(?:nummer|number|numero|nr|no|n[°º]|#|号|號|番号)\W{0,4}(?:is|ist|lautet|:)?\W{0,3}$")
WORDS = (
    "zero oh one two three four five six seven eight nine null eins zwei drei vier funf sechs sieben acht neun un deux trois quatre cinq sept huit "
    "neuf cero uno dos tres cuatro cinco seis siete ocho nueve due tre quattro cinque sei sette otto nove um dois quatro sete oito"
)
SAID = "|".join(  # By their first letter, because most words of a text are none of them.
    f"{letter}(?:{'|'.join(word[1:] for word in words)})"
    for letter, words in groupby(sorted([*WORDS.split(), "double", "triple", "plus"]), key=itemgetter(0))
)
WORDS_OF_DIGITS = re.compile(rf"\b(?:(?:{SAID})[\s,.-]{{1,3}}){{6,}}(?:{WORDS.replace(' ', '|')})\b")
SIGNS_OF_DIGITS = re.compile("[〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{8,15}")
SHAPES = re.compile(
    r"\(\d{2,4}\)[ .-]?\d{3,5}[ .-]?\d{3,4}"  # (555) 123-4567, (11) 91234-5678
    r"|[2-9]\d{2}([.-])\d{3}\1\d{4}|[2-9]\d{2} \d{3} \d{4}|1[ .-][2-9]\d{2}[ .-]\d{3}[ .-]\d{4}"
    r"|1[3-9]\d([ -]?)\d{4}\2\d{4}|1[3-9]\d[ -]\d{3}[ -]\d{5}|400[ -]\d{3}[ -]\d{4}|400[ -]\d{4}[ -]\d{3}"  # China
    r"|[5-9]\d{2}([ .-])\d{3}\3\d{3}|[679]\d{2}([ .-])\d{2}\4\d{2}\4\d{2}|[6-9]\d{4}[ -]\d{5}"  # Spain, Poland, India
)
AFTER = re.compile(
    r"\s?(?:€|\$|£|eur|usd|gbp|cny|kg|g|mm|cm|ml|mah|w|v|pcs|stuck|stk|pieces|units|%|元|円|个|個|件)(?!\w)"
)
LEAST, MOST = 7, 15


def phones(text: Folded) -> Iterator[Finding]:
    latin = text.latin
    for found in _candidates(latin):
        before = latin[max(0, found.start() - 60) : found.start()]
        if is_phone(found[0], before) and not AFTER.match(latin, found.end()) and not _is_parcel(text, found):
            yield Finding("PHONE", *text.span(found.start(), found.end()))
    for found in (*WORDS_OF_DIGITS.finditer(latin), *SIGNS_OF_DIGITS.finditer(latin)):
        yield Finding("PHONE", *text.span(found.start(), found.end()))


def _candidates(latin: str) -> Iterator[re.Match[str]]:
    """Numbers long enough, where they are not part of something else."""
    if DIGITS.search(latin) is None:
        return
    plain = NOT_PHONES.sub(lambda found: " " * len(found[0]), latin)
    for run in DIGITS.finditer(plain):
        yield from CANDIDATE.finditer(plain, max(0, run.start() - 2), run.end() + 2)


def _is_parcel(text: Folded, found: re.Match[str]) -> bool:
    """Two capitals before and after nine digits, or UPS's 1Z, written in groups."""
    start, end = text.span(found.start(), found.end())
    around = text.typed[max(0, start - 12) : end + 3]
    return GROUPED.search(around) is not None


GROUPED = re.compile(r"\b[A-Z]{2} ?(?:\d ?){9}[A-Z]{2}\b|\b1Z ?(?:[\dA-Z] ?){14,16}")
DIGITS = re.compile(r"\d(?:[ .\-/()\u00b7]{0,3}\d){5,}")


def is_phone(number: str, before: str) -> bool:
    """By what stands before it, by its prefix, else by its shape."""
    number = number.strip(" .-/")
    digits = re.sub(r"\D", "", number)
    if number.startswith("+"):
        return 8 <= len(digits) <= MOST
    calls, other = CALLS.search(before), OF_PARCELS.search(before) or OF_OTHERS.search(before)
    if calls and (not other or calls.start() > other.start()):
        return len(digits) <= MOST
    if other or not LEAST <= len(digits) <= MOST + 2:
        return False
    if number.startswith("00"):
        return 10 <= len(digits) <= MOST + 2 and len(digits) != len(number)
    if digits.startswith("0"):
        is_bare = len(digits) == len(number)
        return len(digits) in (10, 11) and not ANY_NUMBER.search(before) if is_bare else 9 <= len(digits) <= 12
    return SHAPES.fullmatch(number) is not None or re.fullmatch(r"1[3-9](?: ?\d){9}", number) is not None
