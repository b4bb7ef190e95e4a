"""Reviews: nothing may be offered for one, no good one asked for, none asked to be changed or removed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.mailbox.lint.codes import Finding
from models.mailbox.lint.folded import Folded, folded
from models.mailbox.lint.phrases import IN_SENTENCE as W
from models.mailbox.lint.phrases import find, phrases

EN = r"(?:reviews?|feedbacks?|ratings?|(?:one|two|three|[1-3])[ -]stars?)"
EN_BETWEEN = (
    r"(?:(?:your|the|that|this|a|an|any|its?|all|our|us|me|negative|bad|poor|critical|low|unfavou?rable|neutral|one|two|three|four|five|[1-5]|stars?"
    r"|amazon|product|seller|customer|recent|previous|existing|current|first|original|public|left|store|item|review|feedback|rating|and|or|of)[ /-]+){0,7}"
)
EN_CHANGE = (
    r"(?:chang(?:e|ing)|remov(?:e|ing)|delet(?:e|ing)|updat(?:e|ing)|revis(?:e|ing)|edit(?:ing)?|withdraw(?:ing)?|retract(?:ing)?|reconsider(?:ing)?"
    r"|modify(?:ing)?|amend(?:ing)?|improv(?:e|ing)|tak(?:e|ing) (?:down|back)|upgrad(?:e|ing)|rais(?:e|ing)|adjust(?:ing)?|eras(?:e|ing)|cancel)"
)
EN_OFFER = r"(?:free\b|gifts?\b|refund\w*|discount\w*|coupon|voucher|cash\s?back|reward\w*|bonus|compensat\w+|\bpay you|paypal|extra (?:item|product)|in (?:exchange|return))"
DE = r"(?:\w{0,12}bewertung(?:en)?|rezension(?:en)?|\w{0,10}feedback|kundenmeinung|sterne)"
DE_OFFER = r"(?:geschenk\w*|gutschein\w*|rabatt\w*|(?:ruck)?erstatt\w*|pramie|kostenlos\w*|gratis\w*|belohn\w+|gegenzug|entschadig\w+)"
DE_CHANGE = (
    r"(?:andern|aendern|ab(?:zu)?andern|an(?:zu)?passen|losch\w+|loesch\w+|entfern\w+|zuruck(?:zu)?(?:ziehen|nehmen)|uberdenk\w+|ueberdenk\w+|uberarbeit\w+"
    r"|korrigier\w+|aktualisier\w+|revidier\w+)"
)
FR = r"(?:avis|evaluations?|commentaires?|notes?|etoiles?)"
FR_OFFER = r"(?:cadeau\w*|remise|reduction|rembours\w*|offert\w*|gratuit\w*|bons? d'achat|en echange|recompense)"
ES = r"(?:resenas?|opinion(?:es)?|valoracion(?:es)?|comentarios?|evaluacion(?:es)?|calificacion(?:es)?|estrellas?)"
ES_OFFER = r"(?:regal\w+|reembols\w*|descuento\w*|cupon\w*|gratis|a cambio|recompensa)"
IT = r"(?:recension[ei]|feedback|valutazion[ei]|stelle)"
IT_OFFER = r"(?:regal\w+|rimbors\w*|sconto\w*|omaggio|buono|gratis|gratuit\w*|in cambio)"
PT = r"(?:avaliac(?:ao|oes)|comentarios?|resenhas?|feedback|estrelas?|classificac(?:ao|oes))"
PT_OFFER = r"(?:brinde|presente|desconto\w*|reembols\w*|gratis|em troca|cupom)"
NL = r"(?:beoordeling(?:en)?|reviews?|recensies?|feedback|sterren)"
NL_OFFER = r"(?:cadeau\w*|korting\w*|terugbeta\w*|gratis|in ruil|beloning)"
PL = r"(?:opini\w{0,3}|recenzj\w+|ocen[aey]?|komentarz\w*|gwiazd\w+)"
PL_OFFER = r"(?:prezent\w*|rabat\w*|zwrot\w*|gratis|darmow\w*|w zamian|nagrod\w*)"
SV = r"(?:recension\w*|omdome\w*|betyg(?:et)?|feedback|stjarn\w+)"
SV_OFFER = r"(?:present\w*|gava|rabatt\w*|gratis|aterbetal\w*|i utbyte|belon\w+)"
TR = r"(?:yorum\w*|degerlendirme\w*|puan\w*|geri bildirim\w*|yildiz\w*)"
TR_OFFER = r"(?:hediye\w*|indirim\w*|iade\w*|ucretsiz|odul\w*)"
JA = r"(?:レビュー|評価|口コミ|フィードバック|星\d?)"
JA_OFFER = r"(?:プレゼント|ギフト|無料|返金|クーポン|割引|謝礼|特典|キャッシュバック)"
ZH = r"(?:评价|差评|评论|好评|评分|评星|review|feedback|星评|評價|負評|評論)"
ZH_OFFER = r"(?:返现|红包|礼品|赠品|赠送|免费|退款|优惠|折扣|补偿|送您|送你|禮品|免費|返還)"
AR = r"(?:تقييم\w*|التقييم\w*|مراجع\w*|المراجع\w*|تعليق\w*|التعليق\w*|نجوم)"
AR_OFFER = r"(?:هدي[ةه]|مجان\w*|خصم|استرداد|قسيم[ةه]|مكاف[أا]\w*)"


def _for(noun: str, offer: str, link: str) -> tuple[str, str]:
    """A review and an offer in one sentence, either first; the offer first needs a word that ties them."""
    between = r"[^.!?\n]"
    return (
        rf"\b{noun}\b{between}{{0,80}}\b{offer}",
        rf"\b{offer}{between}{{0,60}}\b(?:{link})\b{between}{{0,40}}\b{noun}\b",
    )


INCENTIVE = (
    phrases(
        r"review|feedback|rating|star|★★★★",
        rf"\b(?:leav\w+|writ\w+|post\w*|giv\w+|provid\w+|submit\w*|shar\w+|chang\w+|remov\w+|delet\w+|updat\w+)\s+(?:us\s+|me\s+)?{EN_BETWEEN}(?:(?:good|positive|honest|great|nice|short) )?{EN}\b[^.!?\n]{{0,80}}{EN_OFFER}",
        rf"\b{EN_OFFER}[^.!?\n]{{0,60}}\b(?:for|if|after|in (?:exchange|return)|when|once|to)\b[^.!?\n]{{0,40}}\b(?:an?|your|our|the|positive|good|honest|leave|write|post)\s+(?:\w+\s+){{0,3}}{EN}\b",
        rf"\b(?:rat(?:e|ing)|giv\w+|leav\w+|post\w*|writ\w+|deserv\w+|love|appreciate|hop(?:e|ing)|wish\w*|want|need|grateful|submit\w*|provid\w+|shar\w+|with|ask\w*|support)\b[^.!?\n]{{0,40}}\b(?:positive|good|great|nice|excellent|favou?rable|five|[45])[ -]*(?:stars?)?[ -]+{EN}\b",
        r"\b(?:rat(?:e|ing)|give|giving|leav\w+|post\w*|deserv\w+|love|earn\w*|award\w*|appreciate|hope for|with)\b[^.!?\n]{0,30}\b(?:5|five)[ -]?stars?\b|★{4,5}",
    ),
    phrases(r"bewertung|rezension|feedback|kundenmeinung|sterne", *_for(DE, DE_OFFER, "fur|wenn|nach|gegen|bei|im gegenzug"),
            rf"\b(?:positiv\w*|gut\w*|beste\w*|toll\w*|funf|5)[ -]+(?:sterne[ -]?)?{DE}\b|\b(?:5|funf)[ -]?sterne\b"),
    phrases(r"avis|evaluation|commentaire|etoile", *_for(r"(?:avis|evaluations?|commentaires?)", FR_OFFER, "pour|contre|si|apres|en echange (?:de|d'un)"),
            r"\b(?:5|cinq) etoiles\b|\b(?:avis|commentaire|evaluation)s? (?:positi(?:f|ve)|favorable)s?\b"),
    phrases(r"resena|opinion|valoracion|comentario|evaluacion|calificacion|estrella", *_for(ES, ES_OFFER, "por|si|a cambio|tras|al dejar"),
            r"\b(?:5|cinco) estrellas\b|\b(?:resena|opinion|valoracion|comentario|calificacion)(?:es|s)? positiv[ao]s?\b"),
    phrases(r"recension|feedback|valutazion|stelle", *_for(IT, IT_OFFER, "per|se|in cambio|dopo"), r"\b(?:5|cinque) stelle\b|\b(?:recension[ei]|feedback|valutazion[ei]) positiv[aeo]\b"),
    phrases(r"avaliac|comentario|resenha|feedback|estrela|classificac", *_for(PT, PT_OFFER, "por|se|em troca|apos"), r"\b(?:5|cinco) estrelas\b|\bavaliac(?:ao|oes) positivas?\b"),
    phrases(r"beoordeling|review|recensie|feedback|sterren", *_for(NL, NL_OFFER, "voor|als|in ruil|na"), r"\b(?:5|vijf) sterren\b|\bpositieve (?:review|beoordeling|recensie|feedback)\b"),
    phrases(r"opini|recenzj|ocen|komentarz|gwiazd", *_for(PL, PL_OFFER, "za|jesli|w zamian|po"), r"\b(?:5|piec) gwiazdek\b|\bpozytywn\w+ (?:opini|recenzj|ocen|komentarz)\w*"),
    phrases(r"recension|omdome|betyg|stjarn", *_for(SV, SV_OFFER, "for|om|i utbyte|efter"), r"\b(?:5|fem) stjarnor\b|\bpositiv\w* (?:recension|omdome)\w*"),
    phrases(r"yorum|degerlendirme|yildiz", rf"\b{TR}\b[^.!?\n]{{0,80}}\b{TR_OFFER}|\b{TR_OFFER}[^.!?\n]{{0,60}}\b{TR}", r"\b(?:5|bes) yildiz\w*|\bolumlu (?:yorum|degerlendirme)\w*"),
    phrases(r"レビュー|評価|口コミ|星|フィードバック", rf"{JA}{W}{{0,40}}{JA_OFFER}|{JA_OFFER}{W}{{0,40}}{JA}", r"星5|5つ星|五つ星|★5|高評価|良い(?:レビュー|評価)を"),
    phrases(r"评|評|星|review|feedback", rf"{ZH}{W}{{0,40}}{ZH_OFFER}|{ZH_OFFER}{W}{{0,40}}{ZH}", r"五星|5星|五颗星|好评"),
    phrases(r"تقييم|مراجع|تعليق|نجوم", rf"{AR}{W}{{0,60}}{AR_OFFER}|{AR_OFFER}{W}{{0,60}}{AR}", r"(?:5|خمس) نجوم|تقييم\w* [إا]يجابي\w*"),
)  # fmt: skip

CHANGE = (
    phrases(
        r"review|feedback|rating|star",
        rf"\b{EN_CHANGE}\s+{EN_BETWEEN}{EN}\b(?!\s+(?:process|team|period|the|our|all|your))",
        rf"\b(?:your|the|that|this|negative|bad)\s+(?:\w+\s+){{0,2}}{EN}\s+(?:(?:to\s+)?(?:be|is|gets?|been)|could|can|should|must|may)\s+(?:be\s+)?(?:changed|removed|deleted|updated|revised|edited|withdrawn|taken down|reconsidered)",
        r"\b(?:change|update|raise|revise|edit)\s+(?:it|your \w+)\s+(?:to|into)\s+(?:a\s+)?(?:positive|five|four|[45])[ -]?stars?",
        rf"\btak(?:e|ing)\s+{EN_BETWEEN}{EN}\s+(?:down|back|off)\b",
    ),
    phrases(r"bewertung|rezension|feedback|kundenmeinung|sterne", rf"\b(?:\w{{0,12}}bewertung(?:en)?|rezension(?:en)?|kundenmeinung|sterne)\b[^.!?\n,;]{{0,40}}\b(?:zu )?{DE_CHANGE}\b|\b(?:ihr|dein|das|negatives?)\s+(?:\w+\s+)?feedback\s+(?:\w+\s+){{0,2}}(?:zu )?{DE_CHANGE}\b",
            rf"\b{DE_CHANGE}\s+(?:sie\s+)?(?:bitte\s+)?(?:ihre?n?|die|diese|deine)\s+(?:\w+\s+){{0,2}}{DE}\b"),
    phrases(r"avis|evaluation|commentaire|note|etoile",
            rf"\b(?:modifi\w+|supprim\w+|retir\w+|chang\w+|revoir|reconsider\w+|effac\w+|enlev\w+|corrig\w+|mettre a jour|actualis\w+)\s+(?:votre|vos|l'|le|la|les|cet|cette|ce|un|une|ton)\s*(?:\w+\s+){{0,2}}{FR}\b"),
    phrases(r"resena|opinion|valoracion|comentario|evaluacion|calificacion|estrella",
            rf"\b(?!\w*mos\b)(?:cambi\w+|elimin\w+|borr\w+|modific\w+|retir\w+|edit\w+|quit\w+|actualic\w+|actualiz\w+|reconsider\w+|revis\w+|suprim\w+|corrig\w+|corrij\w+|mejor\w+)\s+(?:su|sus|tu|la|el|los|las|esta|este|esa|una|un)\s+(?:\w+\s+){{0,2}}{ES}\b"),
    phrases(r"recension|feedback|valutazion|stelle",
            rf"\b(?:cambi\w+|elimin\w+|modific\w+|rimuov\w+|cancell\w+|rived\w+|aggiorn\w+|corregg\w+|ritir\w+|riconsider\w+|migliorare|togli\w+)\s+(?:(?:la|il|le|i|una|sua|tua|vostra|questa|suo)\s+){{1,3}}(?:\w+\s+)?{IT}\b"),
    phrases(r"avaliac|comentario|resenha|feedback|estrela|classificac",
            rf"\b(?!\w*mos\b)(?:alter\w+|remov\w+|exclu\w+|apag\w+|edit\w+|mud\w+|modific\w+|retir\w+|elimin\w+|atualiz\w+|reconsider\w+|revis\w+|corrig\w+)\s+(?:(?:a|o|as|os|sua|seu|suas|tua|essa|esta|uma)\s+){{1,3}}(?:\w+\s+)?{PT}\b"),
    phrases(r"beoordeling|review|recensie|feedback|sterren", rf"\b{NL}\b[^.!?\n,;]{{0,30}}\b(?:aan(?: te )?passen|verwijderen|(?:te )?wijzigen|(?:te )?veranderen|in(?: te )?trekken|herzien|bewerken)\b",
            rf"\b(?:wijzig|verwijder|verander|pas)\s+(?:\w+\s+){{0,2}}(?:uw|je|de|deze)\s+(?:\w+\s+)?{NL}\b"),
    phrases(r"opini|recenzj|ocen|komentarz|gwiazd", rf"\b(?:usun\w*|zmien\w*|zmian\w*|edytow\w*|wycof\w*|poprawi\w*|skasow\w*|zaktualizow\w*|skorygow\w*)\s+(?:\w+\s+){{0,2}}{PL}\b"),
    phrases(r"recension|omdome|betyg|feedback|stjarn", rf"\b(?:ta bort|tar bort|andra|radera|redigera|uppdatera|dra tillbaka|revidera|justera)\s+(?:\w+\s+){{0,2}}{SV}\b"),
    phrases(r"yorum|degerlendirme|puan|bildirim|yildiz", rf"\b{TR}\s+(?:\w+\s+){{0,2}}(?:sil\w*|degistir\w*|kaldir\w*|duzelt\w*|duzenle\w*|guncelle\w*|geri (?:cek|al)\w*)"),
    phrases(r"レビュー|評価|口コミ|フィードバック|星", rf"{JA}(?:の内容|コメント)?(?:を|の)?(?:ご|再|一度|もう一度|どうか|ぜひ|、)*(?:削除|変更|修正|取り?消|取り下げ|消し|消して|書き直|見直し|訂正|編集|撤回)"),
    phrases(r"评|評|review|feedback", rf"(?:修改|删除|更改|移除|撤销|撤回|改掉|去掉|取消|更新|改成|改为|删掉|改一下|删一下|刪除|重新考虑)[^.!?\n。！？，,；]{{0,14}}?{ZH}",
            rf"(?:把|将|將|请|請|麻烦|希望|能否|可否|可以|帮){W}{{0,14}}?{ZH}{W}{{0,8}}?(?:修改|删除|更改|移除|撤销|撤回|改掉|去掉|改成|改为|删掉|改一下|刪除)"),
    phrases(r"تقييم|مراجع|تعليق|نجوم", rf"(?:حذف|تعديل|تغيير|[إا]زال[ةه]|مسح|تحديث|سحب|بحذف|بتعديل|بتغيير|تحذف|تعدل)\s+{W}{{0,20}}?{AR}"),
)  # fmt: skip


THANKS = re.compile(
    r"(?:thank(?:s| you)|dank\w*|merci|gracias|grazie|obrigad\w|bedankt|dziekuj\w+|tack|tesekkur\w*|agradec\w+|ringrazi\w+|appreciate|received|read)\W?\s*(?:\w+\s+){0,5}$"
    r"|(?:感谢|感謝|谢谢|謝謝|多谢)[^.!?\n。！？，,]{0,8}$|شكرا\w*\s+(?:\w+\s+){0,3}$"
)
THANKED = re.compile(r"^[^.!?\n。！？]{0,12}(?:ありがと|感謝|感谢)")


def reviews(text: Folded) -> Iterator[Finding]:
    yield from (found for found in find("REVIEW_INCENTIVE", INCENTIVE, text) if not _thanks(text, found))
    yield from find("REVIEW_CHANGE", CHANGE, text)


def _thanks(text: Folded, found: Finding) -> bool:
    """A review that is thanked for was written already."""
    start, end = found.start or 0, found.end or 0
    before, after = text.typed[max(0, start - 60) : start], text.typed[end : end + 20]
    return THANKS.search(folded(before).latin) is not None or THANKED.search(after) is not None
