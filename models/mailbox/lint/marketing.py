"""Advertising: coupons, discounts, offers, other shops and products of ours."""

from __future__ import annotations

from collections.abc import Iterator

from models.mailbox.lint.codes import Finding
from models.mailbox.lint.folded import Folded
from models.mailbox.lint.phrases import find, phrases

MARKETING = (
    phrases(
        r"%|٪",
        r"\b\d{1,2}(?:[.,]\d)?\s?%\s?(?:off|discount|rabatt|nachlass|gunstiger|de (?:reduction|remise|descuento|desconto)|reduction|descuento|dto|di sconto|sconto|desconto|korting|rabat\w*|znizki|indirim|خصم|オフ|引き|の?割引|折扣|优惠|off)",
        r"%\s?\d{1,2}\s?(?:indirim|off)|خصم\s+(?:بنسب[ةه]\s+)?\d{1,2}\s?[%٪]|\d\s?[%٪]\s?خصم|\b(?:rabatt|remise|reduction|descuento|sconto|desconto|korting|rabat|discount)\s+(?:von|de|di|van|of|pa)\s+\d{1,2}\s?%",
    ),
    phrases(
        r"coupon|discount|promo|voucher|offer|deal|sale|friday|cyber|prime day|newsletter|subscri|follow us|bogo|get one|get 1|get two|get 2|visit our|check out our|browse our"
        r"|see our|discover our|shop our|explore our|look at our|our other|next order|next purchase|future order|future purchase|refer a|vip club|vip member|vip customer|vip group|rebate",
        r"\bcoupons?\b|\b(?:discount|promo(?:tion(?:al)?)?|voucher|rebate)[ -]?codes?\b|\bvouchers?\b",
        r"\b(?:special|exclusive|limited(?:[ -]time)?|great|best|promotional|amazing) (?:offers?|deals?|discounts?|sales?|promotions?)\b(?! of)|\b(?:black friday|cyber monday|prime day)\b",
        r"\bbuy (?:one|1|two|2)[^.\n]{0,20}get (?:one|1|two|2)\b|\bbogo\b|\bnewsletter\b|\bsubscribe\b|\bfollow us\b|\bpromo(?:tion)?s?\b|\bclearance sale\b|\bflash sale\b|\bon sale\b|\brefer a friend\b|\bvip (?:club|member|customer|group)",
        r"\b(?:visit|check out|browse|see|discover|shop|explore|look at) our (?:\w+ ){0,2}(?:store|shop|website|site|storefront|products|items|range|catalog\w*|collection)\b|\bour other products\b",
        r"\b(?:save|discount|off|code)\b[^.\n]{0,40}\b(?:next|future) (?:order|purchase)|\b(?:next|future) (?:order|purchase)s?\b[^.\n]{0,30}\b(?:save|discount|off|code)\b",
    ),
    phrases(
        r"gutschein|rabatt|angebot|sonderaktion|aktionscode|besuchen|folgen sie|abonnier|preisnachlass|produkte",
        r"\bgutscheine?(?:n|s)?\b|\bgutschein-?codes?\b|\brabatt(?:e|s|code|codes|aktion\w*|coupon)?\b|\bsonderangebot\w*|\bsonderaktion\w*|\baktionscode\w*|\bangebote? (?:der woche|des tages|nur fur)",
        r"\bbesuchen sie (?:auch )?unseren? (?:\w+ )?(?:shop|store|seite|webseite|onlineshop|laden)|\bfolgen sie uns\b|\babonnieren\b|\bpreisnachlass auf (?:ihren?|die) nachsten?\b|\b(?:weitere|unsere anderen) produkte\b",
    ),
    phrases(
        r"code|bon |bons |coupon|offre|soldes|visitez|decouvr|abonnez|suivez|promotion",
        r"\bcodes? (?:promo\w*|de reduction|remise|avantage)\b|\bbons? (?:d'achat|de reduction)\b|\boffres? (?:speciales?|exclusives?|promotionnelles?|limitees?)\b|\bsoldes\b|\bvisitez notre (?:boutique|site|magasin)|\bdecouvrez nos (?:autres )?(?:produits|offres|articles)|\babonnez-vous\b|\bsuivez-nous\b|\bpromotions?\b",
    ),
    phrases(
        r"cupo|codigo|oferta|rebajas|visite n|siga|suscri|promoc|vale de|descuento|desconto|liquidac|inscreva",
        r"\bcupon(?:es)?\b|\bcodigos? (?:de )?(?:descuento|promocional(?:es)?|promo|desconto)\b|\bofertas? (?:especial(?:es)?|exclusivas?|limitadas?|relampago|imperdi\w+)\b|\brebajas\b|\bvisite (?:nuestra|nossa) (?:tienda|web|loja)|\bsigan?os\b|\bsiganos\b|\bsuscri\w+|\bpromocion(?:es)?\b|\bvale de descuento\b|\bdescuento en (?:su|tu) (?:proxima|siguiente)",
        r"\bcupo(?:m|ns)\b|\bpromoc(?:ao|oes)\b|\bliquidacao\b|\bsiga-nos\b|\binscreva-se\b|\bdesconto (?:na|em) (?:sua )?proxima",
    ),
    phrases(
        r"codice|codici|buono |buoni |offert|saldi|visita il|visiti il|seguite|scont|promozion|iscriviti",
        r"\bcodic[ei] (?:sconto|promo\w*|coupon)\b|\bbuon[oi] sconto\b|\boffert[ae] (?:speciali?|esclusiv[ae]|limitat[ae])\b|\bsaldi\b|\bvisit[ai] il nostro (?:negozio|sito)|\bseguiteci\b|\bsconto (?:sul|per il) (?:tuo|suo|prossimo)|\bpromozion[ei]\b|\biscriviti\b",
    ),
    phrases(
        r"korting|aanbieding|actiecode|volg ons|bezoek|kod|kupon|znizk|promocj|wyprzeda|rabat|odwiedz|kampanj|erbjud|besok|folj|prenumer",
        r"\bkortingscodes?\b|\bkortingsbon\w*|\bkorting op (?:uw|je) (?:volgende|eerstvolgende)|\baanbieding(?:en)?\b|\bactiecode\w*|\bvolg ons\b|\bbezoek onze (?:winkel|webshop|website)",
        r"\bkod(?:u|y|em|ow)? (?:rabatow\w+|promocyjn\w+|znizkow\w+)|\bkupon\w*\b|\bznizk\w+|\bpromocj\w+|\bwyprzedaz\w*|\brabat\w* na (?:nastepn|kolejn)\w*|\bodwiedz nasz\w*",
        r"\brabattkod\w*|\bkampanjkod\w*|\brabattkupong\w*|\berbjudande\w*|\brabatt pa (?:din|ditt|nasta)|\bbesok var (?:butik|webbplats|hemsida)|\bfolj oss\b|\bprenumerera\b",
    ),
    phrases(
        r"indirim|kupon|kampanya|firsat|teklif|magaza|takip|alisveris",
        r"\bindirim (?:kodu|kuponu|firsati)\w*|\bkuponu?\b|\bkampanya\w*|\bozel (?:teklif|firsat|indirim)\w*|\bmagazamizi ziyaret|\bbizi takip|\bsonraki (?:alisveris|siparis)\w*[^.\n]{0,20}indirim",
    ),
    phrases(
        r"クーポン|割引|プロモ|セール|キャンペーン|特別価格|お得|フォロー|メルマガ|当店の|次回",
        r"クーポン|割引(?:コード|券|価格|セール)|プロモーション|セール(?:中|開催|実施)|キャンペーン|特別価格|お得な(?:情報|商品)|フォロー(?:して|お願い)|メルマガ|当店の(?:他の|ほかの)商品|次回(?:の)?(?:ご注文|お買い物|ご購入)[^。\n]{0,20}(?:割引|オフ|off|お得)",
    ),
    phrases(
        r"优惠|折|促销|满减|特价|领券|关注|店|優惠|新品",
        r"优惠(?:券|码|活动)|折扣(?:码|券|活动)|[\d一二三四五六七八九]折(?![叠疊弯断射合旧])|打折|促销|满减|特价|领券|关注(?:我们|店铺|公众)|(?:光临|访问|进入|浏览)(?:我们的?|本)店|下次(?:购买|下单|购物)[^。\n]{0,15}(?:优惠|折|减)|優惠(?:券|碼)|折扣碼|新品推荐",
    ),
    phrases(
        r"خصم|كوبون|عرض|عروض|تخفيض|متجرنا|تابعونا",
        r"(?:كود|رمز|كوبون|قسيم[ةه]) (?:ال)?خصم|كوبون\w*|عرض خاص|عروض(?:نا)?\b|تخفيضات|زوروا متجرنا|تابعونا|خصم على (?:طلبك|مشترياتك)",
    ),
)  # fmt: skip


def marketing(text: Folded) -> Iterator[Finding]:
    yield from find("MARKETING", MARKETING, text)
