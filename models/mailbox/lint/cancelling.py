"""Asking the buyer to cancel. To say that an order was cancelled, or may be, is no asking; nor is “please do not cancel”."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.mailbox.lint.codes import Finding
from models.mailbox.lint.folded import Folded
from models.mailbox.lint.phrases import find, phrases

START = r"(?:^|[.!?\n]\s{0,3})"
EN_BETWEEN = r"(?:(?:please|kindly|also|just|simply|now|then|possibly|maybe|mind|consider|go ahead and|submit|request|make|send|file|open|start|initiate|try to|help|us|to|first|an?|the|order|place|be so kind as|be willing)\s+){0,5}"
ASK_CANCEL = (
    phrases(
        r"cancel",
        rf"\b(?:please|kindly|pls|plz)\s+{EN_BETWEEN}cancel(?:lation|ation)?\b",
        rf"\b(?:can|could|would|will) you\s+{EN_BETWEEN}cancel(?:l?ing|lation|ation)?\b",
        r"\b(?:you\s+(?:need to|have to|must|should|may want to|might want to|had better)|(?:we|i)\s+(?:would\s+|kindly\s+|must\s+)*(?:ask|request|advise|suggest|recommend|urge|like to ask|need|want|appreciate if|be grateful if|appreciate it if)\s+(?:that\s+)?you(?:\s+(?:could|to|would))?|ask(?:ing)? you to|it would be (?:best|better|great|easier|helpful) if you(?: could| would)?|feel free to)\s+(?:(?:please|just|also|simply|now|submit|request|a|the)\s+){0,3}cancel(?:lation)?\b",
        rf"{START}cancel (?:the|your|this) (?:order|purchase)\b",
    ),
    phrases(
        r"storn",
        r"\bbitte\s+(?:(?:sie|noch|einfach|selbst|die|den|ihre|bestellung|auftrag|ihren|diese|zuerst|jetzt|um|darum)\s+){0,5}(?:zu )?stornier\w*|(?<!mochten )(?<!wollen )\bstornieren sie\b|\bbitte beantragen sie (?:die |eine )?stornierung",
        r"\b(?:konnen|konnten|wurden|koennten|wuerden|mussen|sollten) sie\b[^.!?\n]{0,60}\bstornier\w*|\bbitten (?:wir )?sie\b[^.!?\n]{0,60}\bstornier\w*|\bsie (?:mussen|mussten|sollten)\b[^.!?\n]{0,60}\bstornieren\b",
    ),
    phrases(
        r"annul",
        rf"\b(?:veuillez|merci (?:de|d')|priere de|nous vous (?:prions|demandons|invitons|conseillons)|pouvez-vous|pourriez-vous|vous devez|il faut|demandons|invitons)\b[^.!?\n]{{0,40}}\bannul(?:er|ez|ation)\b|{START}annulez\b",
        r"\b(?:per favore|la preghiamo di|vi preghiamo di|si prega di|puo|potrebbe|puoi|potresti|deve|dovrebbe|le chiediamo di|la invitiamo a)\b[^.!?\n,]{0,40}\bannull(?:are|i|a|ate|amento)\b|\bannulli (?:il|l'|questo)|\bannulla il tuo ordine",
        rf"\b(?:gelieve|alstublieft|alsjeblieft|graag|kunt u|zou u|kun je|wilt u|u moet|verzoeken u|vragen u)\b[^.!?\n]{{0,50}}\b(?:te )?annule(?:ren|ring|er)\b|{START}annuleer\b",
        r"\b(?:vanligen|var god(?:a)?|snalla|kan du|kan ni|skulle du|vi ber (?:dig|er)|du (?:maste|behover|bor)|ni (?:maste|behover))\b[^.!?\n]{0,40}\bannuller\w*",
    ),
    phrases(
        r"cancel|anul",
        rf"\b(?:por favor,?|le (?:pedimos|rogamos|solicitamos)|rogamos|podria|puede(?: usted)?|podrias|puedes|debe|tiene que|solicite|pedimos(?: que)?|poderia|pode|gentileza|precisa)(?!\w)(?!\s+(?:indiqu|decir|confirm|avis|diga|inform))\s[^.!?\n,]{{0,30}}\b(?:cancel(?:e|ar|es|en|acion|amento)|anul(?:e|ar|es|acion))\b|{START}cancele (?:su|el|la|o|seu)\b",
        r"\b(?:per favore|la preghiamo di|si prega di|puo|potrebbe|le chiediamo di)\b[^.!?\n,]{0,30}\bcancell(?:are|i)\b[^.!?\n]{0,20}\bordin",
        rf"\b(?:prosze|prosimy|czy (?:moze|moga|moglby|moglaby)\w*|musi|powinien|powinna)\b[^.!?\n]{{0,40}}\b(?:o )?anulow\w+|{START}anuluj\b",
    ),
    phrases(
        r"avbest|avbok|makuler|odwol",
        rf"\b(?:vanligen|var god(?:a)?|snalla|kan du|kan ni|skulle du|vi ber (?:dig|er)|du (?:maste|behover|bor)|ni (?:maste|behover))\b[^.!?\n]{{0,40}}\b(?:avbestall\w*|avbok\w*|makuler\w*)|{START}avbestall\b|\bprosimy o odwolani\w+",
    ),
    phrases(r"iptal", r"\b(?:siparis\w*|lutfen)\b[^.!?\n]{0,40}\biptal (?:edin(?:iz)?|eder misiniz|edebilir misiniz|etmeniz\w*|talebi? (?:olustur|gonder)\w*)|\biptal ed(?:in|iniz|er misiniz|ebilir misiniz)\b"),
    phrases(
        r"キャンセル|取消|取り消",
        r"キャンセル(?:の?(?:申請|手続き?|リクエスト|依頼|処理|操作))?(?:を)?(?:して(?:ください|下さい|いただ|頂|くださ|もらえ)|お願い|(?:いただ|頂)(?:け|き|く)|願い)|注文を?取り?消し?(?:て(?:ください|いただ|頂)|を?お願い)",
    ),
    phrases(r"取消|撤销|撤单|退单", r"(?:请|麻烦|烦请|希望您?|建议您?|需要您|能否|可以请|請|劳烦|能不能|可否|拜托)[^。！？\n]{0,12}?(?:取消|撤销|撤单|退单)(?!后|通知|原因|了)"),
    phrases(r"إلغ|الغ|ألغ|تلغي", r"(?:يرجى|نرجو|الرجاء|من فضلك|هل يمكنك|نطلب منك|رجاء)\s+[^.!?\n]{0,25}(?:[إا]لغاء|[أا]لغ|تلغي)"),
)  # fmt: skip
NEGATED = re.compile(
    r"\b(?:not|n't|never|nicht|ne pas|no need|niet|inte|nie|nao|no)\b|不要|请勿|請勿|无需|別|别|しない|なさらない|لا |\b(?:tell|know|whether|ob|mitteilen|confirm)\b"
)


def cancellations(text: Folded) -> Iterator[Finding]:
    for finding in find("ASK_CANCEL", ASK_CANCEL, text):
        if not NEGATED.search(text.typed[finding.start : finding.end].lower()):
            yield finding
