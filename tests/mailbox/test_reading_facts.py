"""What a mail tells: orders, products, other mails, who wrote it, and what kind it is."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

import pytest

from models.mailbox.reading.reader import read_all
from tests.mailbox.written import BEGIN, CASE, END, ORDER, PLAIN, RELAY, mail, parts

# Facts


@pytest.mark.parametrize(
    ("subject", "body", "ids"),
    [
        (f"Order: {ORDER}", "111-1111111-2222222", (ORDER, "111-1111111-2222222")), (f"(注文:{ORDER})", ORDER, (ORDER,)), ("", f"1{ORDER} {ORDER}1 -{ORDER} {ORDER}-", ()), ("", "３０２－１２３４５６７－７６５４３２１", (ORDER,)), ("", f"a{ORDER}b", (ORDER,)), ("", f"Order {ORDER}\n{BEGIN}\nhi\n{END}", (ORDER,)),
    ],
)  # fmt: skip
def test_order_ids_are_found_in_subject_then_text_each_once(subject, body, ids):
    assert mail(f"Subject: {subject}", body=body).order_ids == ids


def test_asins_are_whole_and_in_capitals():
    assert mail("Subject: B0ABCDEFGH", body="B0ABCDEFGH 商品B012345678は AB0ABCDEFGH B0ABCDEFGHI b0abcdefgh").asins == (
        "B0ABCDEFGH",
        "B012345678",
    )


def test_other_mails_are_named_with_their_brackets_oldest_first():
    found = mail("References: <a@x>\r\n <b@x> <a@x>", "In-Reply-To: <c@x>")
    assert (found.references, found.in_reply_to) == (("<a@x>", "<b@x>", "<c@x>"), "<c@x>")
    assert mail("In-Reply-To: bare@x").references == ("<bare@x>",)


def test_what_is_missing_is_made_and_told():
    received = datetime(2026, 11, 22, 9, 30)
    bare = b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nx"
    found = read_all(bare, received)
    assert (found.date, found.message_id) == (received, f"<{sha256(bare).hexdigest()}@local>")
    assert found.warnings == {"MISSING_DATE", "MISSING_MESSAGE_ID"}
    assert mail("Date: yesterday").warnings == {"MISSING_DATE"}
    assert mail("Date: Fri, 20 Nov 2026 23:30:00 -0500").date == datetime(2026, 11, 21, 4, 30)
    assert mail("Date: Mon, 99 Foo 99999 99:99:99 +9999").date is None


# Who wrote, and what kind it is


DOMAINS = {
    "com": "US", "ca": "CA", "com.mx": "MX", "com.br": "BR", "co.uk": "UK", "de": "DE", "fr": "FR", "it": "IT", "es": "ES", "nl": "NL", "se": "SE", "pl": "PL", "com.be": "BE", "ie": "IE", "com.tr": "TR", "ae": "AE",
    "sa": "SA", "eg": "EG", "in": "IN", "sg": "SG", "com.au": "AU", "co.jp": "JP",
}  # fmt: skip


@pytest.mark.parametrize(("domain", "code"), DOMAINS.items())
def test_a_relay_address_names_buyer_case_and_marketplace(domain, code):
    found = mail(sender=f"X <AbCdEfGh+{CASE.upper()}@Marketplace.Amazon.{domain}>")
    assert (found.buyer_key, found.case_key, found.marketplace, found.type) == ("abcdefgh", CASE, code, "buyer_message")
    assert found.starts_sla and mail(sender=f"abcdefgh@marketplace.amazon.{domain}").case_key is None


@pytest.mark.parametrize(
    "sender",
    [
        "abcdefgh@marketplace.amazon.com.evil.example", "abcdefgh@marketplace.amazon.co", "abcdefgh@marketplace-amazon.de", "short@marketplace.amazon.de", "abcdefgh@marketplace.amaz0n.de", "abcdefgh@marketplace.arnazon.de", "abcdefgh@marketplace.аmazon.de",
        "abcdefgh@marketplace.xn--mazon-3ve.de", "support@amazon-service.com", f"abcdefgh+{CASE}@mail.example", "abcdefgh+notauuid@marketplace.amazon.de", "abcdefgh@marketplace.amazon.xyz", "x@amazon.secure-login.example", '"abcdefgh@marketplace.amazon.de" <x@mail.example>', "abcdefgh@marketplace.amzon.com",
    ],
)  # fmt: skip
def test_who_looks_like_amazon_and_is_not_is_suspect(sender):
    found = mail(sender=sender)
    assert (found.type, found.warnings - {"HEADER_RAW_8BIT"}, found.starts_sla) == (
        "phishing_suspect",
        {"LOOKALIKE_DOMAIN"},
        False,
    )
    assert found.buyer_key is None and found.marketplace is None


@pytest.mark.parametrize(
    "sender",
    [
        "bob@mail.example",
        "info@amazonas-reisen.example",
        "news@market.example",
        "x@marketplace.example",
        "a@amazonia.example",
        "carrier@dhl.de",
    ],
)
def test_everybody_else_is_nobody_special(sender):
    found = mail(sender=sender)
    assert (found.type, found.warnings, found.starts_sla, found.buyer_key) == ("other", set(), False, None)


@pytest.mark.parametrize(
    ("results", "is_failed"),
    [
        ("mx.example; spf=fail smtp.mailfrom=x; dkim=pass", True), ("mx; dkim=fail (bad)", True), ("mx; DKIM = FAIL", True), ("mx; spf=softfail; dkim=none", False), ("mx; spf=pass; dkim=pass; dmarc=fail", False), ("mx; spf=permerror", False), ("", False), ("mx; x-spf=fail", False),
    ],
)  # fmt: skip
def test_a_failed_check_is_suspect_and_a_missing_one_is_not(results, is_failed):
    found = mail(f"Authentication-Results: {results}")
    assert (found.type == "phishing_suspect", found.warnings) == (is_failed, {"AUTH_FAIL"} if is_failed else set())


NOTICES = [
    ("delivery_failure", "We were unable to deliver the message you sent"), ("delivery_failure", "Ihre Nachricht konnte nicht zugestellt werden"), ("delivery_failure", "Votre message n'a pas pu être remis"), ("delivery_failure", "No hemos podido entregar su mensaje"),
    ("delivery_failure", "Impossibile recapitare il messaggio"), ("delivery_failure", "メッセージを送信できませんでした"), ("delivery_failure", "无法发送您的消息"),
    ("buyer_opt_out", "This buyer has chosen to opt out of unsolicited messages"), ("buyer_opt_out", "Der Käufer möchte keine unerwünschten Nachrichten erhalten"), ("buyer_opt_out", "L'acheteur a choisi de ne pas recevoir de messages"), ("buyer_opt_out", "El comprador ha optado por no recibir mensajes"),
    ("buyer_opt_out", "L'acquirente ha scelto di non ricevere messaggi"), ("buyer_opt_out", "購入者はメッセージの受信を拒否しています"), ("buyer_opt_out", "买家已选择不接收消息"),
    ("return_request", f"Return request for order {ORDER}"), ("return_request", "Rücksendeantrag für Bestellung"), ("return_request", "Demande de retour"), ("return_request", "Solicitud de devolución"), ("return_request", "Richiesta di reso"), ("return_request", "返品リクエスト"), ("return_request", "退货请求"),
    ("a2z_claim", "A-to-z Guarantee claim"), ("a2z_claim", "A-bis-z-Garantie"), ("a2z_claim", "Garantie A à Z"), ("a2z_claim", "Garantía de la A a la Z"), ("a2z_claim", "Garanzia dalla A alla Z"), ("a2z_claim", "マーケットプレイス保証申請"), ("a2z_claim", "亚马逊商城交易保障索赔"),
    ("refund_notice", "Refund initiated for order"), ("refund_notice", "Erstattung veranlasst"), ("refund_notice", "Remboursement effectué"), ("refund_notice", "Reembolso emitido"), ("refund_notice", "Rimborso emesso"), ("refund_notice", "返金が完了しました"), ("refund_notice", "退款已处理"),
    ("amazon_cs_relay", "We've been contacted by a customer regarding the order identified below."), ("amazon_cs_relay", "Um Ihren Käufer zu kontaktieren, antworten Sie bitte auf diese E-Mail"), ("amazon_cs_relay", "Per rispondere a questo cliente, risponda a quest'e-mail"), ("amazon_cs_relay", "購入者様へのご連絡は、直接こちらのメールにご返信いただくか"),
    ("amazon_system", "Your payment is on the way"), ("amazon_system", "Ihre Bestellung wurde versandt"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "words"), NOTICES)
def test_amazons_notices_are_told_apart_by_their_words(kind, words):
    for found in (
        mail(f"Subject: {words}", sender="donotreply@amazon.com"),
        mail(body=words, sender="Amazon <no-reply@sellercentral.amazon.de>"),
    ):
        assert found.type == kind
        assert found.starts_sla == (kind == "amazon_cs_relay") and found.marketplace is None
    assert mail(f"Subject: {words}").type == "buyer_message"


@pytest.mark.parametrize(
    ("header", "kind"),
    [("BBC_MESSAGE_CONFIRMATION_TO_MERCHANT", "confirmation_receipt"), ("RETURN_REQUEST", "return_request"), ("A_Z_CLAIM_RESPONDENT_NOTIFY", "a2z_claim"), ("REFUND_ISSUED", "refund_notice"), ("BUYER_OPTED_OUT_BSM_MESSAGES", "buyer_opt_out"), ("NEWS", "amazon_system")],
)  # fmt: skip
def test_amazons_own_header_says_the_kind_before_any_words(header, kind):
    assert mail(f"X-Space-Notification-Type: {header}", sender="donotreply@amazon.com").type == kind


def test_a_copy_of_our_answer_and_a_question_about_a_product_start_no_clock():
    copy = mail("X-Space-Notification-Type: BBC_MESSAGE_CONFIRMATION_TO_MERCHANT")
    assert (copy.type, copy.starts_sla, copy.buyer_key) == ("confirmation_receipt", False, "a1b2c3d4e5f6g7")
    assert mail("X-Space-Notification-Type: BBC_MESSAGE_SENT_TO_MERCHANT").type == "buyer_message"
    assert mail(sender="community-help@amazon.co.uk").type == "amazon_qa"


def test_a_returned_mail_names_the_one_that_came_back():
    header, body = parts(
        f"{PLAIN}\r\n\r\nfailed",
        "Content-Type: message/delivery-status\r\n\r\nStatus: 5.1.1",
        "Content-Type: message/rfc822\r\n\r\nMessage-ID: <ours@shop.example>\r\n\r\nx",
        kind="report",
    )
    found = mail(header, sender="MAILER-DAEMON@mail.example", body=body)
    assert (found.type, found.references) == ("delivery_failure", ("<ours@shop.example>",))


def test_amazons_service_for_a_buyer_is_answered_to_the_buyer():
    found = mail(
        f"Reply-To: {RELAY}",
        sender="cs@amazon.de",
        body="We've been contacted by a customer regarding the order identified below.",
    )
    assert (found.type, found.buyer_key, found.marketplace, found.reply_to) == (
        "amazon_cs_relay",
        "a1b2c3d4e5f6g7",
        "DE",
        RELAY,
    )


def test_where_a_mail_went_and_what_language_it_is_in_are_told():
    found = mail(
        "To: Shop <support+main@shop.example>",
        "Delivered-To: box@shop.example",
        "X-Marketplace-ID: A1PA6795UKMFR9",
        body="Guten Tag, wo ist meine Bestellung? Ich habe sie noch nicht.",
    )
    assert found.recipients == ("support+main@shop.example", "box@shop.example")
    assert (found.marketplace_id, found.language) == ("A1PA6795UKMFR9", "de")
    assert [
        mail(body=text).language for text in ("どこですか", "订单在哪里", "where is my order please", "أين طلبي", "ok")
    ] == ["ja", "zh", "en", "ar", None]
