"""What must not be asked of a buyer, in the languages of Amazon's marketplaces. Patterns read folded text: small letters, no accents.

Each has a quick look in front: without one of its stems no pattern is tried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.mailbox.lint.codes import Finding
from models.mailbox.lint.folded import Folded


@dataclass(frozen=True)
class Phrases:
    """Patterns of one code. `stems` are pieces of which one stands in every text that a pattern can find."""

    code: str
    stems: re.Pattern[str]
    pattern: re.Pattern[str]

    def find(self, text: Folded) -> Iterator[Finding]:
        if self.stems.search(text.latin):
            for found in self.pattern.finditer(text.latin):
                yield Finding(self.code, *text.span(found.start(), found.end()))


def _phrases(code: str, stems: str, *patterns: str) -> Phrases:
    return Phrases(code, re.compile(stems), re.compile("|".join(patterns)))


# Reviews: nouns by language, with what may stand between verb and noun.

EN = r"(?:reviews?|feedbacks?|ratings?|(?:one|two|three|1|2|3)[ -]stars?)"
EN_BETWEEN = r"(?:(?:your|the|that|this|a|an|any|its?|it|all|our|us|negative|bad|poor|critical|low|unfavou?rable|neutral|one|two|three|four|five|[1-5]|stars?|amazon|product|seller|customer|recent|previous|existing|current|first|original|public|left|store|item|review|feedback|rating|and|or|of|/|-|/)[ -]+){0,7}"
EN_CHANGE = r"(?:chang(?:e|ing)|remov(?:e|ing)|delet(?:e|ing)|updat(?:e|ing)|revis(?:e|ing)|edit(?:ing)?|withdraw(?:ing)?|retract(?:ing)?|reconsider(?:ing)?|modify(?:ing)?|amend(?:ing)?|improv(?:e|ing)|tak(?:e|ing) down|take back|upgrad(?:e|ing)|rais(?:e|ing)|adjust(?:ing)?|erase|cancel)"
DE = r"(?:\w*bewertung(?:en)?|rezension(?:en)?|\w*feedback|kundenmeinung|sterne|sternebewertung)"
FR = r"(?:avis|evaluations?|commentaires?|notes?|etoiles?)"
ES = r"(?:resenas?|opinion(?:es)?|valoracion(?:es)?|comentarios?|evaluacion(?:es)?|calificacion(?:es)?|estrellas?)"
IT = r"(?:recension[ei]|feedback|valutazion[ei]|stelle)"
PT = r"(?:avaliac(?:ao|oes)|comentarios?|resenhas?|feedback|estrelas?|classificac(?:ao|oes))"
NL = r"(?:beoordeling(?:en)?|reviews?|recensies?|feedback|sterren)"
PL = r"(?:opini[aei]?|recenzj\w+|ocen[aey]?|komentarz\w*|gwiazd\w+|opinie)"
SV = r"(?:recension(?:en|er)?|omdome[nt]?|betyg(?:et)?|feedback|stjarn\w+)"
TR = r"(?:yorum\w*|degerlendirme\w*|puan\w*|geri bildirim\w*|yildiz\w*)"
JA = r"(?:レビュー|評価|口コミ|フィードバック|星)"
ZH = r"(?:评价|差评|评论|好评|评分|评星|review|feedback|星评|評價|負評|評論)"
AR = r"(?:تقييم\w*|التقييم\w*|مراجع\w*|المراجع\w*|تعليق\w*|التعليق\w*|نجوم|رايك|رأيك)"
W = r"[^.!?\n。！？]"  # Within one sentence.

REVIEW_STEMS = (
    r"review|feedback|rating|star|bewertung|rezension|kundenmeinung|stern|avis|evaluation|commentaire|note|etoile|resena|opinion|valoracion|comentario|evaluacion|calificacion|estrella"
    r"|recension|valutazion|stelle|avaliac|resenha|estrela|classificac|beoordeling|sterren|opini|recenzj|ocen|komentarz|gwiazd|omdome|betyg|stjarn|yorum|degerlendirme|puan|bildirim|yildiz"
    r"|レビュー|評価|口コミ|フィードバック|星|评|評|تقييم|مراجع|تعليق|نجوم"
)
REVIEW_CHANGE = _phrases(
    "REVIEW_CHANGE", REVIEW_STEMS,
    rf"\b{EN_CHANGE}\s+{EN_BETWEEN}{EN}\b(?!\s+(?:process|team|period|the|our|all|your))",
    rf"\b(?:your|the|that|this|negative|bad)\s+(?:\w+\s+){{0,2}}{EN}\s+(?:(?:to\s+)?(?:be|is|get|gets|been)|could|can|should|must|may)\s+(?:be\s+)?(?:changed|removed|deleted|updated|revised|edited|withdrawn|taken down|reconsidered)",
    r"\b(?:change|update|raise|revise|edit)\s+(?:it|your \w+)\s+(?:to|into)\s+(?:a\s+)?(?:positive|5|five|4|four)[ -]?stars?",
    rf"\b{DE}\b{W}{{0,60}}\b(?:zu )?(?:andern|aendern|abandern|abzuandern|anpassen|anzupassen|loschen|loeschen|entfernen|zuruckziehen|zuruckzuziehen|zurucknehmen|zuruckzunehmen|uberdenken|ueberdenken|uberarbeiten|korrigieren|aktualisieren|revidieren|verbessern)\b",
    rf"\b(?:andern|aendern|loschen|loeschen|entfernen|uberdenken|ueberarbeiten|uberarbeiten|korrigieren|aktualisieren|verbessern)\s+(?:sie\s+)?(?:bitte\s+)?(?:ihre?n?|die|diese|deine)\s+(?:\w+\s+){{0,2}}{DE}\b",
    rf"\b(?:modifi\w+|supprim\w+|retir\w+|chang\w+|revoir|reconsider\w+|effac\w+|enlev\w+|corrig\w+|mettre a jour|actualis\w+)\s+(?:(?:votre|vos|l'|le|la|les|cet|cette|ce|un|une|ton)\s*)(?:\w+\s+){{0,2}}{FR}\b",
    rf"\b(?:cambi\w+|elimin\w+|borr\w+|modific\w+|retir\w+|edit\w+|quit\w+|actualic\w+|actualiz\w+|reconsider\w+|revis\w+|suprim\w+|corrig\w+|corrij\w+|mejor\w+)\s+(?:(?:su|sus|tu|la|el|los|las|esta|este|esa|una|un)\s+)(?:\w+\s+){{0,2}}{ES}\b",
    rf"\b(?:cambi\w+|elimin\w+|modific\w+|rimuov\w+|cancell\w+|rived\w+|aggiorn\w+|corregg\w+|ritir\w+|riconsider\w+|migliorare|togli\w+)\s+(?:(?:la|il|le|i|una|sua|tua|vostra|questa|suo)\s+){{1,3}}(?:\w+\s+)?{IT}\b",
    rf"\b(?:alter\w+|remov\w+|exclu\w+|apag\w+|edit\w+|mud\w+|modific\w+|retir\w+|elimin\w+|atualiz\w+|reconsider\w+|revis\w+|corrig\w+)\s+(?:(?:a|o|as|os|sua|seu|suas|tua|essa|esta|uma)\s+){{1,3}}(?:\w+\s+)?{PT}\b",
    rf"\b{NL}\b{W}{{0,50}}\b(?:(?:aan te )?passen|aanpassen|verwijderen|(?:te )?wijzigen|(?:te )?veranderen|in te trekken|intrekken|herzien|bewerken|updaten)\b",
    rf"\b(?:wijzig|verwijder|verander|pas)\s+(?:\w+\s+){{0,2}}(?:uw|je|de|deze)\s+(?:\w+\s+)?{NL}\b",
    rf"\b(?:usun\w*|zmien\w*|zmian\w*|edytow\w*|wycof\w*|poprawi\w*|skasow\w*|zaktualizow\w*|skorygow\w*)\s+(?:\w+\s+){{0,2}}{PL}\b",
    rf"\b(?:ta bort|tar bort|andra|radera|redigera|uppdatera|dra tillbaka|revidera|justera)\s+(?:\w+\s+){{0,2}}{SV}\b",
    rf"\b{TR}\s+(?:\w+\s+){{0,2}}(?:sil\w*|degistir\w*|kaldir\w*|duzelt\w*|duzenle\w*|guncelle\w*|geri (?:cek|al)\w*)",
    rf"{JA}(?:の内容|コメント)?(?:を|の)?{W}{{0,12}}?(?:削除|変更|修正|取り?消|取り下げ|消し|書き直|見直し|訂正|編集|改善|更新)",
    rf"(?:修改|删除|更改|移除|撤销|撤回|改掉|去掉|取消|更新|改成|改为|删掉|改一下|删一下|刪除|更改|重新考虑){W}{{0,14}}?{ZH}",
    rf"(?:把|将|將)?{W}{{0,8}}?{ZH}{W}{{0,8}}?(?:修改|删除|更改|移除|撤销|撤回|改掉|去掉|改成|改为|删掉|改一下|刪除)",
    rf"(?:حذف|تعديل|تغيير|ازاله|إزالة|ازالة|مسح|تحديث|سحب|بحذف|بتعديل|بتغيير)\s+{W}{{0,20}}?{AR}",
)  # fmt: skip

OFFERS = (
    r"(?:free\b|gifts?\b|gift card|refund\w*|discount\w*|coupon|voucher|cash\s?back|reward\w*|bonus|compensat\w+|\bpay you|paypal|money|extra (?:item|product)|free of charge|replacement for free|in (?:exchange|return)"
    r"|geschenk\w*|gutschein\w*|rabatt\w*|erstatt\w*|pramie|kostenlos\w*|gratis\w*|belohnung|im gegenzug|entschadig\w+"
    r"|cadeau\w*|remise|reduction|rembours\w*|offert\w*|gratuit\w*|bon d'achat|en echange|recompense"
    r"|regalo\w*|reembols\w*|descuento\w*|cupon\w*|a cambio|recompensa|tarjeta regalo|sconto\w*|rimbors\w*|omaggio|buono|in cambio"
    r"|desconto\w*|brinde|presente|em troca|korting\w*|cadeaubon|terugbeta\w*|in ruil|beloning|prezent\w*|rabat\w*|zwrot\w*|w zamian|nagrod\w*|presentkort|gava|aterbetal\w*|i utbyte|belon\w+|hediye\w*|indirim\w*|iade\w*|karsiliginda|odul\w*"
    r"|プレゼント|ギフト|無料|返金|クーポン|割引|謝礼|特典|キャッシュバック|进贡|返现|红包|礼品|赠品|赠送|免费|退款|优惠|折扣|补偿|送您|返還|禮品|免費|هدي[ةه]|مجان\w*|خصم|استرداد|قسيم[ةه]|مقابل|مكاف[أا]\w*)"
)
REVIEW = rf"(?:\b{EN}|\b{DE}|\bavis\b|\bevaluation\b|\bcommentaires?\b|\b{ES}|\b{IT}|\b{PT}|\b{NL}|\b(?:opini[aei]|recenzj\w+|ocen[aey])\b|\brecension\w*|\bomdome\w*|\byorum\w*|\bdegerlendirme\w*|{JA}|{ZH}|{AR})"
ASKS = r"(?:leav\w+|writ\w+|post\w*|giv\w+|if you|for (?:a|your|an)|after (?:your|you)|in (?:exchange|return)|send us|provid\w+|submit\w*|shar\w+)"
REVIEW_INCENTIVE = _phrases(
    "REVIEW_INCENTIVE", REVIEW_STEMS,
    rf"\b(?:leav\w+|writ\w+|post\w*|giv\w+|provid\w+|submit\w*|shar\w+|chang\w+|remov\w+|delet\w+|updat\w+)\s+(?:us\s+|me\s+)?{EN_BETWEEN}(?:good |positive |honest |great |nice )?{EN}\b[^.!?\n]{{0,80}}{OFFERS}",
    rf"{OFFERS}[^.!?\n]{{0,60}}\b(?:for|if|after|in (?:exchange|return)|when|once|to)\b[^.!?\n]{{0,40}}\b(?:a|an|your|our|the|positive|good|honest|leave|write|post)\s+(?:\w+\s+){{0,3}}{EN}\b",
    rf"\b(?:positive|good|great|nice|excellent|favou?rable|five|5|4|four)[ -]*(?:stars?)?[ -]+{EN}\b|\b(?:5|five)[ -]?stars?\b(?![ -]?(?:hotel|product quality))|★{{4,5}}",
    rf"\b(?:positive|gute|beste|tolle|funf|5)[ -]*(?:sterne)?n?[ -]*{DE}\b|\b(?:5|funf)[ -]?sterne\b|\b(?:5|cinq) etoiles\b|\b(?:avis|commentaire|evaluation) (?:positif|positive|favorable)\b|\b(?:5|cinco) (?:estrellas|estrelas)\b|\b(?:resena|opinion|valoracion|avaliacao)e?s? positivas?\b|\b(?:5|cinque) stelle\b|\brecension[ei] positiv[ae]\b|\b(?:5|vijf) sterren\b|\bpositieve (?:review|beoordeling|recensie)\b|\b(?:5|piec) gwiazdek\b|\bpozytywn\w+ (?:opini|recenzj|ocen)\w*|\b(?:5|fem) stjarnor\b|\bpositiv\w* (?:recension|omdome)\w*|\b(?:5|bes) yildiz\w*|\bolumlu (?:yorum|degerlendirme)\w*|(?:星5|5つ星|五つ星|★5|高評価|良い(?:レビュー|評価)を)|五星|5星|好评|5 نجوم|خمس نجوم|تقييم[اً]* [إا]يجابي\w*",
    rf"{DE}\b[^.!?\n]{{0,80}}\b(?:geschenk\w*|gutschein\w*|rabatt\w*|erstatt\w*|pramie|kostenlos\w*|gratis\w*|belohn\w+|gegenzug)|\b(?:geschenk\w*|gutschein\w*|rabatt\w*|pramie|kostenlos\w*|gratis\w*|erstatt\w*|belohn\w+)\b[^.!?\n]{{0,60}}\b(?:fur|wenn|nach|gegen|bei)\b[^.!?\n]{{0,40}}{DE}\b",
    r"\b(?:avis|commentaire|evaluation)s?\b[^.!?\n]{0,80}\b(?:cadeau\w*|remise|reduction|rembours\w*|gratuit\w*|bon d'achat|en echange)|\b(?:cadeau\w*|remise|reduction|rembours\w*|gratuit\w*|bon d'achat)\b[^.!?\n]{0,60}\b(?:pour|contre|si|en echange|apres)\b[^.!?\n]{0,40}\b(?:avis|commentaire|evaluation)s?\b",
    rf"\b{ES}\b[^.!?\n]{{0,80}}\b(?:regal\w+|reembols\w*|descuento\w*|cupon\w*|gratis|a cambio)|\b(?:regal\w+|reembols\w*|descuento\w*|cupon\w*|gratis)\b[^.!?\n]{{0,60}}\b(?:por|si|a cambio|tras)\b[^.!?\n]{{0,40}}\b{ES}\b",
    rf"\b{IT}\b[^.!?\n]{{0,80}}\b(?:regal\w+|rimbors\w*|sconto\w*|omaggio|buono|gratis|gratuit\w*|in cambio)|\b(?:regal\w+|rimbors\w*|sconto\w*|omaggio|buono|gratis|gratuit\w*)\b[^.!?\n]{{0,60}}\b(?:per|se|in cambio|dopo)\b[^.!?\n]{{0,40}}\b{IT}\b",
    rf"\b{PT}\b[^.!?\n]{{0,80}}\b(?:brinde|presente|desconto\w*|reembols\w*|gratis|em troca|cupom)|\b(?:brinde|presente|desconto\w*|reembols\w*|gratis|cupom)\b[^.!?\n]{{0,60}}\b(?:por|se|em troca|apos)\b[^.!?\n]{{0,40}}\b{PT}\b",
    rf"\b{NL}\b[^.!?\n]{{0,80}}\b(?:cadeau\w*|korting\w*|terugbeta\w*|gratis|in ruil)|\b(?:cadeau\w*|korting\w*|terugbeta\w*|gratis)\b[^.!?\n]{{0,60}}\b(?:voor|als|in ruil|na)\b[^.!?\n]{{0,40}}\b{NL}\b",
    r"\b(?:opini\w*|recenzj\w*|ocen[aey])\b[^.!?\n]{0,80}\b(?:prezent\w*|rabat\w*|zwrot\w*|gratis|darmow\w*|w zamian|nagrod\w*)|\b(?:prezent\w*|rabat\w*|zwrot\w*|gratis|darmow\w*|nagrod\w*)\b[^.!?\n]{0,60}\b(?:za|jesli|w zamian|po)\b[^.!?\n]{0,40}\b(?:opini\w*|recenzj\w*|ocen[aey])\b",
    r"\b(?:recension\w*|omdome\w*)\b[^.!?\n]{0,80}\b(?:present\w*|gava|rabatt\w*|gratis|aterbetal\w*|i utbyte|belon\w*)|\b(?:present\w*|gava|rabatt\w*|gratis|aterbetal\w*)\b[^.!?\n]{0,60}\b(?:for|om|i utbyte|efter)\b[^.!?\n]{0,40}\b(?:recension\w*|omdome\w*)",
    r"\b(?:yorum\w*|degerlendirme\w*)\b[^.!?\n]{0,80}\b(?:hediye\w*|indirim\w*|iade\w*|ucretsiz|odul\w*)|\b(?:hediye\w*|indirim\w*|ucretsiz|odul\w*)\b[^.!?\n]{0,60}\b(?:yorum\w*|degerlendirme\w*)",
    rf"{JA}{W}{{0,40}}(?:プレゼント|ギフト|無料|返金|クーポン|割引|謝礼|特典|キャッシュバック)|(?:プレゼント|ギフト|無料|返金|クーポン|割引|謝礼|特典|キャッシュバック){W}{{0,40}}{JA}",
    rf"{ZH}{W}{{0,40}}(?:返现|红包|礼品|赠品|赠送|免费|退款|优惠|折扣|补偿|送您|送你|禮品|免費)|(?:返现|红包|礼品|赠品|赠送|免费|优惠券|折扣|送您|送你|禮品|免費){W}{{0,40}}{ZH}",
    rf"{AR}{W}{{0,60}}(?:هدي[ةه]|مجان\w*|خصم|استرداد|قسيم[ةه]|مكاف)|(?:هدي[ةه]|مجان\w*|خصم|قسيم[ةه]|مكاف[أا]\w*){W}{{0,60}}{AR}",
)  # fmt: skip

MARKETING = _phrases(
    "MARKETING",
    r"%|coupon|discount|promo|voucher|gutschein|rabatt|newsletter|subscri|follow us|our (?:store|shop|website|other)|sale|offer|deal|friday|cyber|buy (?:one|1|2|two)|next (?:order|purchase)|bon |reduc|remise|solde|code|offre|abonn|cupon|descuento|ofert|oferta|rebaja|sconto|buon|offert|saldi|promoz"
    r"|クーポン|割引|セール|キャンペーン|プロモ|お得|フォロー|メルマガ|优惠|折扣|打折|促销|折后|折起|满减|特价|领券|关注|店铺|優惠|korting|kortings|aanbieding|actie|kupon|rabat|znizk|promocj|wyprzeda|rabatt|erbjud|rea|kampanj|kupong|desconto|cupom|promoc|liquidac|indirim|kampanya|firsat|خصم|كوبون|قسيم|عرض|عروض|تخفيض|recommend|vip|exclusive|besuchen|decouvr|visit",
    r"\bcoupons?\b|\b(?:discount|promo(?:tion(?:al)?)?|voucher|coupon|rebate)[ -]?codes?\b|\bvouchers?\b|\b\d{1,2}(?:[.,]\d)?\s?% ?(?:off|discount|rabatt|nachlass|gunstiger|de (?:reduction|remise|descuento|desconto)|reduction|descuento|dto|di sconto|sconto|desconto|korting|rabat\w*|znizki|rabatt|indirim|خصم|オフ|引き|割引|折扣|优惠)|%\s?(?:off|オフ)\b|\b\d{1,2}\s?%off|(?<!\w)%\s?\d{1,2}\s?indirim|خصم\s+(?:بنسب[ةه]\s+)?%?\d|\d\s?%\s?خصم|\d\s?%の?(?:割引|オフ|off)",
    r"\b(?:special|exclusive|limited(?:[ -]time)?|great|best|promotional) (?:offers?|deals?|discounts?|sales?|promotions?)\b|\b(?:black friday|cyber monday|prime day)\b|\bbuy (?:one|1|two|2)[^.\n]{0,20}get (?:one|1|two|2)\b|\bbogo\b|\bnewsletter\b|\bsubscribe\b|\bfollow us\b|\b(?:visit|check out|browse|see|discover|shop|explore|look at) our (?:\w+ ){0,2}(?:store|shop|website|site|storefront|products|items|range|catalog\w*|collection)\b|\bour other products\b|\b(?:on|for|off) (?:your |the |a )?(?:next|future) (?:order|purchase)s?\b[^.\n]{0,30}\b(?:save|discount|off|%|code)|\b(?:save|discount|code|off)\b[^.\n]{0,40}\b(?:next|future) (?:order|purchase)|\bpromo(?:tion)?s?\b|\bclearance\b|\bflash sale\b|\bsale (?:now on|starts|ends|today)\b|\bon sale\b|\brefer a friend\b|\bvip (?:club|member|customer|group)",
    r"\bgutschein(?:e|en|s|code|codes)?\b|\brabatt(?:e|code|codes|aktion|coupon)?\b|\bsonderangebot\w*|\bsonderaktion\w*|\baktionscode|\bangebote? (?:der woche|des tages|nur fur)|\bbesuchen sie (?:auch )?unseren? (?:\w+ )?(?:shop|store|seite|webseite|onlineshop|laden)|\bfolgen sie uns\b|\babonnieren\b|\bpreisnachlass auf (?:ihren?|die) nachsten?\b|\bweitere produkte von uns\b|\bunsere anderen produkte\b",
    r"\bcodes? (?:promo\w*|de reduction|remise|avantage)\b|\bbons? (?:d'achat|de reduction)\b|\bcoupons?\b|\boffres? (?:speciales?|exclusives?|promotionnelles?|limitees?)\b|\bsoldes\b|\bvisitez notre (?:boutique|site|magasin)|\bdecouvrez nos (?:autres )?(?:produits|offres|articles)|\babonnez-vous\b|\bsuivez-nous\b|\bpromotions?\b",
    r"\bcupon(?:es)?\b|\bcodigos? (?:de )?(?:descuento|promocional(?:es)?|promo|desconto)\b|\bofertas? (?:especial(?:es)?|exclusivas?|limitadas?|relampago)\b|\brebajas\b|\bvisite (?:nuestra|nossa) (?:tienda|web|loja)|\bsigan?os\b|\bsuscrib\w+|\bpromocion(?:es)?\b|\bvale de descuento\b|\bdescuento en (?:su|tu) (?:proxima|siguiente)|\bcupom\b|\bcupons\b|\bpromoc(?:ao|oes)\b|\bliquidacao\b|\bsiga-nos\b|\binscreva-se\b|\bofertas? imperdi\w+|\bdesconto (?:na|em) (?:sua )?proxima",
    r"\bcodice (?:sconto|promo\w*|coupon)\b|\bbuon[oi] sconto\b|\bofferte? (?:speciali?|esclusiv[ae]|limitat[ae])\b|\bsaldi\b|\bvisit[ai] il nostro (?:negozio|sito)|\bseguiteci\b|\bsconto (?:sul|per il) (?:tuo|suo|prossimo)|\bpromozion[ei]\b|\biscriviti\b",
    r"\bkortingscodes?\b|\bkortingsbon\w*|\bkorting op (?:uw|je) (?:volgende|eerstvolgende)|\baanbieding(?:en)?\b|\bactiecode|\bvolg ons\b|\bbezoek onze (?:winkel|webshop|website)|\bkod(?:u|y|em)? (?:rabatow\w+|promocyjn\w+|znizkow\w+)|\bkupon\w*\b|\bznizk[aeiou]\w*|\bpromocj\w+|\bwyprzedaz\w*|\brabat na (?:nastepn|kolejn)\w*|\bodwiedz nasz\w*|\brabattkod\w*|\bkampanjkod\w*|\brabattkupong\w*|\berbjudande\w*|\brabatt pa (?:din|ditt|nasta)|\bbesok var (?:butik|webbplats|hemsida)|\bfolj oss\b|\bprenumerera\b",
    r"\bindirim (?:kodu|kuponu|firsati)\w*|\bkuponu?\b|\bkampanya\w*|\bozel (?:teklif|firsat|indirim)\w*|\bmagazamizi ziyaret|\bbizi takip|\bsonraki (?:alisveris|siparis)\w*[^.\n]{0,20}indirim",
    r"クーポン|割引(?:コード|券|価格|セール)|プロモーション|セール(?:中|開催|実施)|キャンペーン|特別価格|お得な(?:情報|商品)|フォロー(?:して|お願い)|メルマガ|当店の(?:他の|ほかの)商品|次回(?:の)?(?:ご注文|お買い物|ご購入)[^。\n]{0,20}(?:割引|オフ|off|お得)",
    r"优惠(?:券|码|活动)|折扣(?:码|券|活动)|\d折|打折|促销|满减|特价|领券|关注(?:我们|店铺|公众)|(?:欢迎)?(?:光临|访问|进入|浏览)(?:我们的?|本)店|下次(?:购买|下单|购物)[^。\n]{0,15}(?:优惠|折|减)|優惠(?:券|碼)|折扣碼|新品推荐",
    r"(?:كود|رمز|كوبون|قسيم[ةه]) (?:ال)?خصم|كوبون\w*|عرض خاص|عروض(?:نا)?|تخفيضات|زوروا متجرنا|تابعونا|خصم على (?:طلبك|مشترياتك)",
)  # fmt: skip

ASK_CANCEL = _phrases(
    "ASK_CANCEL",
    r"cancel|storn|annul|annull|キャンセル|取り?消|取消|撤单|退单|anuluj|anulow|avbest|avbok|annuller|iptal|الغاء|إلغاء|الغ|ألغ|withdraw|zuruckzieh|rueckgang|ruckgang|widerruf|disdi|odwol|makuler",
    r"\b(?:please|kindly|pls|plz)\s+(?:(?:also|just|simply|now|then|go ahead and|submit|request|make|send|file|open|start|initiate|try to|help (?:us )?(?:to )?|first|a|an|the|to|order|us|place)\s+){0,5}cancel(?:lation|ation)?\b",
    r"\b(?:can|could|would|will) you\s+(?:(?:please|kindly|also|just|possibly|maybe|mind|consider|submit|request|help|us|to|a|an|the|order|go ahead and|be so kind as|be willing)\s+){0,5}cancel(?:l?ing|lation|ation)?\b",
    r"\b(?:you\s+(?:need to|have to|must|should|may want to|might want to|had better)|we\s+(?:ask|request|advise|suggest|recommend|urge|kindly ask|would ask|would like to ask|would appreciate if|recommend that|suggest that)\s+(?:that\s+)?you(?:\s+to)?|ask(?:ing)? you to|it would be (?:best|better|great|easier|helpful) if you(?: could| would)?|we(?:'d| would) (?:be grateful|appreciate it) if you(?: could| would)?|feel free to)\s+(?:(?:please|just|also|simply|now|submit|request|a|the)\s+){0,3}cancel(?:lation)?\b",
    r"(?:^|[.!?\n]\s*)cancel (?:the|your|this) (?:order|purchase)\b",
    r"\bbitte\s+(?:(?:sie|noch|einfach|selbst|die|den|ihre|bestellung|auftrag|ihren|diese|zuerst|jetzt|um)\s+){0,5}(?:stornier\w*|zu stornieren)\b|\bstornieren sie\b|\bbitte beantragen sie (?:die |eine )?stornierung|\b(?:konnen|konnten|wurden|koennten|wuerden|mussen|sollten) sie\b[^.!?\n]{0,60}\bstornier\w*|\bbitten (?:wir )?sie\b[^.!?\n]{0,60}\b(?:stornier\w*|stornierung)|\bsie (?:mussen|mussten|sollten)\b[^.!?\n]{0,60}\bstornieren\b|\bstornierung (?:zu )?(?:beantragen|anfordern|vornehmen) sie",
    r"\b(?:veuillez|merci (?:de|d')|priere de|nous vous (?:prions|demandons|invitons|conseillons)|pouvez-vous|pourriez-vous|vous devez|il faut|demandons|invitons)\b[^.!?\n]{0,40}\bannul(?:er|ez|ation)\b|(?:^|[.!?\n]\s*)annulez\b",
    r"\b(?:por favor|le (?:pedimos|rogamos|solicitamos)|rogamos|podria|puede(?: usted)?|podrias|puedes|debe|tiene que|solicite|pedimos)\b(?!\s+(?:indiqu|decir|confirm|avis))[^.!?\n,]{0,30}\b(?:cancel(?:e|ar|es|en|acion)|anul(?:e|ar|es|acion))\b|(?:^|[.!?\n]\s*)cancele (?:su|el|la)\b",
    r"\b(?:per favore|la preghiamo di|vi preghiamo di|si prega di|puo|potrebbe|puoi|potresti|deve|dovrebbe|le chiediamo di|la invitiamo a)\b[^.!?\n,]{0,40}\b(?:annull(?:are|i|a|ate|amento)|cancell(?:are|i|azione))\b[^.!?\n]{0,20}\b(?:ordin\w+|acquist\w+)|\bannulli (?:il|l'|questo)|\bannulla il tuo ordine",
    r"\b(?:por favor|pedimos que|solicite|poderia|pode|gentileza|deve|precisa)\b[^.!?\n,]{0,30}\b(?:cancel(?:e|ar|amento)|anul(?:e|ar))\b",
    r"\b(?:gelieve|alstublieft|alsjeblieft|graag|kunt u|zou u|kun je|wilt u|u moet|verzoeken u|vragen u)\b[^.!?\n]{0,50}\b(?:te )?(?:annuler(?:en|ing)|annuleer)\b|(?:^|[.!?\n]\s*)annuleer\b",
    r"\b(?:prosze|prosimy|czy (?:moze|moga|mozesz|moglby|moglaby)\w*|musi|powinien|powinna)\b[^.!?\n]{0,40}\b(?:o )?(?:anulow\w+|odwol\w+)|(?:^|[.!?\n]\s*)anuluj\b",
    r"\b(?:vanligen|var god(?:a)?|snalla|kan du|kan ni|skulle du|vi ber (?:dig|er)|du (?:maste|behover|bor)|ni (?:maste|behover))\b[^.!?\n]{0,40}\b(?:avbestall\w*|avbok\w*|annuller\w*|makuler\w*)|(?:^|[.!?\n]\s*)avbestall\b",
    r"\b(?:siparis\w*|lutfen)\b[^.!?\n]{0,40}\biptal (?:edin(?:iz)?|eder misiniz|edebilir misiniz|etmeniz\w*|talebi? (?:olustur|gonder)\w*)|\biptal ed(?:in|iniz|er misiniz|ebilir misiniz)\b",
    r"キャンセル(?:の?(?:申請|手続き?|リクエスト|依頼|処理|操作))?(?:を)?(?:して(?:ください|下さい|いただ|頂|くださ|もらえ)|お願い|をお願い|(?:いただ|頂)(?:け|き|く)|願い)|(?:注文|ご注文)を?(?:取り?消し?)(?:て|を?お願い|て?(?:ください|いただ))",
    r"(?:请|麻烦|烦请|希望您?|建议您?|需要您|能否|可以请|請|劳烦|能不能|可否|拜托)[^。！？\n]{0,12}?(?:取消|撤销|撤单|退单|申请取消)(?!后|通知|原因)[^。！？\n]{0,4}(?:订单|订购|此单|该订单|訂單|购买|一下|$|，|。|吧)?",
    r"(?:يرجى|نرجو|الرجاء|من فضلك|هل يمكنك|نطلب منك|رجاء)\s+[^.!?\n]{0,25}(?:[إا]لغاء|[أا]لغ|تلغي)",
)  # fmt: skip

NEGATED = re.compile(r"(?:\b(?:do|does|should|must|can|could|would|need|please) ?(?:not|n't)|\bno need to|\bwithout|\bnicht|\bne pas|\bnunca|\bno|\bnon|\bnao|\bniet|\bnie|\binte)\s*(?:\w+\s+){0,3}$")  # fmt: skip


def cancellations(text: Folded) -> Iterator[Finding]:
    """Asking to cancel; “please do not cancel” asks for the contrary."""
    for finding in ASK_CANCEL.find(text):
        shown = text.typed[finding.start : finding.end].lower()
        if not re.search(
            r"\b(?:not|n't|nicht|ne pas|no need|niet|inte|nie)\b|不要|请勿|無需|无需|しないで|なさらない|لا ", shown
        ):
            yield finding
