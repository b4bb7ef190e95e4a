"""What Amazon's notices say, by kind and language. A kind is read off the header Amazon sets, else off its words; the order is that of
the rule (docs/domain.md §5.4)."""

from __future__ import annotations

import re

BY_HEADER = (
    ("BBC_MESSAGE_CONFIRMATION", "confirmation_receipt"),
    ("OPTED_OUT", "buyer_opt_out"),
    ("OPT_OUT", "buyer_opt_out"),
    ("BOUNCE", "delivery_failure"),
    ("DELIVERY_FAILURE", "delivery_failure"),
    ("RETURN_REQUEST", "return_request"),
    ("A_Z_CLAIM", "a2z_claim"),
    ("A_TO_Z", "a2z_claim"),
    ("REFUND", "refund_notice"),
)
QA_SENDERS = ("community-help", "customer-questions", "answers")


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.I)


RELAYED = _any(
    r"contacted by a (?:customer|buyer) (?:regarding|about) the order", r"To respond to this customer, please reply to this e-?mail",
    r"von einem (?:Kunden|Käufer) (?:bezüglich|zu|wegen)[^.\n]{0,60}Bestellung kontaktiert", r"Um Ihren Käufer zu kontaktieren, antworten Sie bitte",
    r"été contactés? par un client", r"répondre directement à ce client", r"contactado un cliente|un cliente (?:nos|se) ha (?:puesto en contacto|contactado)",
    r"Para (?:responder|enviarle una respuesta) al cliente,? +por favor respond", r"contattat[io] da un cliente", r"Per rispondere a questo cliente",
    r"購入者様へのご連絡は、直接こちらのメールにご返信", r"(?:お客様|購入者様)から(?:以下|下記)の(?:ご注文|注文)", r"买家(?:就|針對|针对)[^。\n]{0,30}订单[^。\n]{0,20}(?:联系|聯繫)了我们",
    r"如需(?:回复|答复)(?:此|该)(?:买家|客户)", r"gecontacteerd door een klant|Je kunt de klant antwoorden door op deze e-mail",
    r"Aby skontaktować się z tym klientem", r"kontaktats av en kund|Om du vill svara (?:den här )?kunden", r"contatados por um cliente|contato com este cliente",
    r"Bu müşteriye cevap vermek için", r"للرد على هذا العميل",
)  # fmt: skip
BY_WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("delivery_failure", _any(
        r"unable to deliver (?:the|your) (?:message|e-?mail)", r"(?:message|e-?mail) (?:you sent )?(?:could not|was not|couldn['’]t|wasn['’]t) (?:be )?delivered",
        r"undeliverable", r"delivery (?:status notification \(failure\)|has failed|failure)", r"(?:Nachricht|E-?Mail)[^.\n]{0,60}(?:nicht zugestellt|konnte nicht (?:zugestellt|übermittelt))",
        r"(?:pas pu|n['’]a pas pu|impossible de) (?:être )?(?:remettre|livrer|délivrer|distribuer|remis|envoyer)[^.\n]{0,40}(?:message|e-?mail)",
        r"(?:message|e-?mail)[^.\n]{0,40}n['’]a pas (?:pu être|été) (?:remis|distribué|envoyé|livré)",
        r"(?:no (?:hemos|se ha|ha) podido|no se pudo|imposible) (?:entregar|enviar)[^.\n]{0,40}(?:mensaje|correo)", r"(?:mensaje|correo)[^.\n]{0,40}no (?:se )?(?:ha podido|pudo) (?:ser )?(?:entregado|entregar|enviar)",
        r"(?:impossibile|non (?:è stato possibile|siamo riusciti a)) (?:recapitare|consegnare|inviare)[^.\n]{0,40}(?:messaggio|e-?mail)",
        r"メッセージ(?:を|は)?(?:お)?(?:送信|配信|配送|お届け)(?:することが)?(?:でき(?:ません|なかった)|されませんでした)", r"(?:无法|無法|未能)(?:发送|送达|投递|傳送|送達)[^。\n]{0,20}(?:消息|邮件|信息|郵件|訊息)",
        r"(?:消息|邮件|信息)[^。\n]{0,20}(?:无法|未能)(?:发送|送达|投递)", r"(?:bericht|e-?mail)[^.\n]{0,40}(?:niet (?:worden )?(?:bezorgd|afgeleverd)|kon(?:den)? niet)",
        r"nie (?:udało się|można było) (?:dostarczyć|wysłać)[^.\n]{0,30}wiadomości|wiadomość nie (?:została|mogła)[^.\n]{0,20}dostarczon", r"(?:meddelande[^.\n]{0,40}kunde inte (?:levereras|skickas)|kunde inte leverera)",
        r"não (?:foi possível|conseguimos) (?:entregar|enviar)[^.\n]{0,30}(?:mensagem|e-?mail)", r"(?:mesaj|ileti|e-posta)[^.\n]{0,40}(?:iletilemedi|teslim edilemedi|gönderilemedi)", r"تعذ[ّ]?ر (?:تسليم|إرسال)|لم نتمكن من (?:تسليم|إرسال)",
    )),
    ("buyer_opt_out", _any(
        r"opt(?:ed)?[ -]?out", r"chosen not to receive", r"(?:Käufer|Kunde)[^.\n]{0,80}(?:abgemeldet|keine[^.\n]{0,30}Nachrichten[^.\n]{0,20}(?:erhalten|empfangen)|abbestellt)",
        r"(?:acheteur|client)[^.\n]{0,60}(?:choisi de ne (?:pas|plus) recevoir|désabonné|ne souhaite (?:pas|plus) recevoir)", r"(?:comprador|cliente)[^.\n]{0,60}(?:ha (?:optado|elegido|decidido) (?:por )?no recibir|dado de baja|darse de baja)",
        r"(?:acquirente|cliente)[^.\n]{0,60}(?:scelto di non ricevere|disattivato|disiscritto)", r"(?:購入者|お客様)[^。\n]{0,40}(?:受信(?:しない|を拒否)|配信停止|オプトアウト)",
        r"买家[^。\n]{0,30}(?:选择(?:不|拒绝)接收|退订|不接收)|買家[^。\n]{0,30}(?:選擇不接收|退訂)", r"(?:koper|klant)[^.\n]{0,60}(?:afgemeld|geen[^.\n]{0,20}berichten[^.\n]{0,20}ontvangen)",
        r"(?:kupujący|klient)[^.\n]{0,60}(?:zrezygnował|nie chce otrzymywać)", r"(?:köparen|kunden)[^.\n]{0,60}(?:valt att inte ta emot|avregistrerat)",
        r"(?:comprador|cliente)[^.\n]{0,60}(?:optou por não receber|cancelou o recebimento)", r"alıcı[^.\n]{0,60}(?:almamayı (?:seçti|tercih etti))", r"اختار[^.\n]{0,30}عدم (?:تلقي|استلام)",
    )),
    ("a2z_claim", _any(
        r"a[ -]?(?:to|-)[ -]?z\b[^.\n]{0,40}(?:claim|guarantee)", r"(?:claim|guarantee)[^.\n]{0,40}\ba-to-z\b", r"A[ -]bis[ -]Z[ -]?(?:Garantie|Antrag|Anspruch)", r"garantie (?:de )?A[ àa-]+Z",
        r"garant[ií]a (?:de la )?(?:['\"«“]?A) a (?:la )?Z", r"garanzia (?:dalla )?A (?:alla )?Z", r"(?:Amazon)?マーケットプレイス保証|マーケットプレイス保証申請",
        r"亚马逊商城交易保障索赔|亞馬遜商城交易保障|A-to-Z[^。\n]{0,10}(?:索赔|保障|申诉)", r"A[- ]tot[- ]Z[- ]?(?:garantie|claim)", r"gwarancj\w* (?:od )?A do Z", r"A[- ]till[- ]Ö[- ]?garanti|A[- ]till[- ]Z[- ]?garanti", r"garantia (?:de )?A a Z", r"A['’]?dan Z['’]?ye (?:garanti|talep)", r"ضمان (?:من )?(?:A|أ) (?:إلى|الى) (?:Z|ي)",
    )),
    ("refund_notice", _any(
        r"refund (?:has been |was )?(?:initiated|issued|processed|completed|notification|confirmation)", r"(?:issued|processed|initiated) (?:a |the |your )?refund", r"refund (?:for|on) order", r"Erstattung[^.\n]{0,40}(?:veranlasst|ausgestellt|vorgenommen|eingeleitet|bearbeitet)|(?:veranlasst|eingeleitet)[^.\n]{0,20}Erstattung|Erstattung (?:für|zu)[^.\n]{0,20}Bestellung",
        r"remboursement (?:a été |effectué|émis|initié|traité)|remboursement (?:pour|de) (?:la |votre )?commande", r"reembolso[^.\n]{0,30}(?:emitido|tramitado|procesado|realizado|iniciado|processado)|reembolso (?:para|del|do) (?:el )?pedido",
        r"rimborso[^.\n]{0,30}(?:emesso|effettuato|elaborato|avviato)|rimborso (?:per|relativo)[^.\n]{0,20}ordine", r"返金(?:が|を|の)?[^。\n]{0,12}(?:完了|処理|行い|行われ|通知|お知らせ|手続き)", r"(?:已|已经)?(?:退款|退款通知)[^。\n]{0,12}(?:已(?:发放|处理|完成|发起)|通知|成功)|已(?:发放|处理|发起)[^。\n]{0,8}退款|(?:發放|處理)退款",
        r"terugbetaling[^.\n]{0,30}(?:verwerkt|uitgevoerd|gestart)", r"zwrot (?:pieniędzy|środków|kosztów)[^.\n]{0,30}(?:został|przetworzon|zrealizowan|wydan)", r"återbetalning[^.\n]{0,30}(?:har|genomförts|behandlats|utfärdats)", r"(?:para )?iade[^.\n]{0,20}(?:ödemesi|yapıldı|işleme alındı)", r"(?:تم|جرى) (?:إصدار|رد|معالجة)[^.\n]{0,20}(?:المبلغ|الاسترداد)",
    )),
    ("return_request", _any(
        r"return (?:request|authori[sz]ation)", r"request(?:ed|s|ing)? (?:a|to) return", r"return (?:has been )?requested", r"Rücksende(?:antrag|anfrage|genehmigung)|Rückgabeanfrage|Rückgabe(?:antrag)?[^.\n]{0,20}(?:beantragt|angefragt)|Rücksendung[^.\n]{0,40}(?:beantragt|angefragt|autorisiert|genehmigt)",
        r"demande de retour|retour (?:a été )?(?:demandé|autorisé)|autorisation de retour", r"(?:solicitud|autorización) de devolución|devolución[^.\n]{0,20}(?:solicitada|autorizada)|solicitado (?:una|la) devolución",
        r"(?:richiesta|autorizzazione) (?:di|al) reso|reso[^.\n]{0,20}(?:richiesto|autorizzato)|richiesto (?:un|il) reso", r"返品(?:の)?(?:リクエスト|申請|依頼|承認|許可)", r"退货(?:请求|申请|授权)|(?:申请|请求)退货|退貨(?:要求|申請|請求)",
        r"retourverzoek|retouraanvraag|retour[^.\n]{0,20}aangevraagd", r"(?:prośba|wniosek|żądanie) o zwrot|zwrot[^.\n]{0,20}zgłoszon", r"returbegäran|begäran om retur|retur[^.\n]{0,20}begär", r"(?:solicitação|pedido|autorização) de devolução", r"iade (?:talebi|isteği|talep)", r"طلب (?:إرجاع|ارجاع)",
    )),
)  # fmt: skip


def kind_of(local: str, subject: str, text: str, notification: str) -> str:
    """The kind of a notice: by Amazon's own header, by its sender, by the words of its subject, then by those of its text."""
    for sign, kind in BY_HEADER:
        if sign in notification:
            return kind
    for words in (subject, text):
        if RELAYED.search(words):
            return "amazon_cs_relay"
        for kind, pattern in BY_WORDS:
            if pattern.search(words):
                return kind
        if local in QA_SENDERS:
            return "amazon_qa"
    return "amazon_system"
