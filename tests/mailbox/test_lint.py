"""What Amazon minds in an answer is found, whatever it hides behind; and what is harmless is left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.mailbox.lint import CODES, Attached, channels, links, lint
from models.mailbox.lint.cancelling import ASK_CANCEL
from models.mailbox.lint.folded import folded
from models.mailbox.lint.marketing import MARKETING
from models.mailbox.lint.phrases import has_any
from models.mailbox.lint.reviews import CHANGE, INCENTIVE

ORDER = "302-1234567-7654321"


def codes(text, **asked):
    return {finding.code for finding in lint(text, **asked)}


HARMLESS = [
    f"Your order {ORDER} was sent on 12.09.2026, e.g. by air, and arrives within 3-5 days.",
    "Tracking number: 1Z999AA10123456784. DHL 00340434161094042557, USPS 9400 1000 0000 0000 0000 00.",
    "Your parcel RR123456785CN is on its way; the other is LP00123456789012, the third JJD0099999999.",
    "Sendungsnummer 1234567890, Lieferung am 22.11.2026 zwischen 10:00 und 14:30 Uhr, z.B. beim Nachbarn, d.h. u.a. gegenüber.",
    "The size is 12.5 cm x 30.25 cm (4.9 x 11.9 in), 120x60x40 mm, weight 0.5 kg, version 2.0.1, Wi-Fi 802.11.ac, USB 3.0.",
    "We refunded $25.90, i.e. 1.299,00 € or 12,345.67 USD; 10% of the price was already paid back.",
    "Please find the invoice attached: invoice_2026-09.pdf and manual.v2.pdf (see p. 3).",
    "EAN 4006381333931, SKU AB-1234-XL, model HT-700.20, HS code 6109100010, ZIP 10115, invoice RE-2026-000123.",
    "Thank you for your feedback. We will review your request and change the address.",
    "Your order was cancelled as you asked. If you want to cancel, please let us know. Please do not cancel the order.",
    "The cable is online again from our production line; the headline says 100% cotton. I can't find it on-line.",
    "Your message arrived.It was read by Mr.Smith at No.5, St.Gallen. Thanks.In case of doubt write again.",
    "Ihre Bestellung wurde storniert. Möchten Sie stornieren? Sie können die Bestellung in Ihrem Konto stornieren.",
    "商品已经发货,运单号 SF1234567890123,预计11月25日送达。如有问题请回复此邮件。",
    "ご注文の商品は11月22日に発送いたしました。追跡番号は1234-5678-9012です。サイズは12.5cmです。",
    "Votre colis n° 6A12345678901 est arrivé au point de retrait. Le 12/09/2026, à 14h30.",
    "El punto de venta no abre. Su pedido llega el 12-09-2026. Opinión: no podemos cambiar la dirección.",
    "Il pacco arriva il 25.11.2026; la valutazione del danno richiede tempo.",
    "3 < 5 and a<b, 5 > 3; R&D; “quoted” – dash … ™ © ® → ✓ §",
    "I AM sorry. The USB HDMI DVI VGA adapter (LED, LCD) was sent by DHL.",
    "لقد تم شحن طلبك رقم 302-1234567-7654321 وسيصل يوم ١٢/٠٩/٢٠٢٦.",
    "The order number is 111-1234567-1234567, the reference 20261122001, quantity 100 pcs, 2024-2026, 50/60 Hz, 5V/2A, 5000 mAh.",
    "Siparişiniz iptal edildi. Kargo takip numarası 123456789012.",
    "Uw bestelling is verzonden op 22-11-2026, pakket 3STEST1234567.",
    "We can deliver between 8.30 and 17.15. Room 12.5, floor 3.",
    "Choose (a) refund or (b) replacement. Can we chat here? What app do you use? I message you tomorrow. Draw a straight line: start at A.",
    "Thank you for your positive feedback; we will refund the rest. Thanks for giving us 5 stars!",
    "Vielen Dank für Ihr Feedback; wir erstatten Ihnen 5 €. Danke für Ihre Bewertung, wir werden die Anleitung ändern.",
    "Merci pour votre commentaire, nous vous avons remboursé. Revisaremos sus comentarios. Bedankt voor uw feedback, we zullen de verpakking aanpassen.",
    "レビューありがとうございます。返金いたします。感谢您的好评!我们会改进产品。三折叠手机壳",
    "UPS ref: 1Z 999 AA1 01 2345 6784, post RR 123 456 785 CN, FedEx 7712 3456 7890, Rechnung Nr. 0123456789, part 123-456-789.",
    "Vom 01.09.–05.09.2026, 01.-05.09.2026 oder 12.09.2026 - 15.09.2026 (01/12/2026-05/12/2026). Kundennummer 0123456789, No. 01234567890.",
    "420 94107 9400 1000 0000 0000 0000 00 and DE89 3704 0044 0532 0130 00 and 4111 1111 1111 1111.",
    "Könnten Sie uns mitteilen, ob Sie stornieren möchten? Veuillez ne pas annuler. Por favor, no cancele el pedido. 请不要取消订单。请勿取消订单。キャンセルしないでください。",
    "It took a great deal of time. Keep the VX-500 and the CVX-5; connect line 1. The item has good reviews.",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless_is_left_alone(text):
    assert codes(text) == set()


BAD = {
    "LINK_EXTERNAL": [
        "See https://www.example.com/help", "Look at http://bit.ly/x1", "www.example.de", "go to example.com", "shop-mueller.de has it", "HTTP://EXAMPLE.COM",
        "ｅｘａｍｐｌｅ．ｃｏｍ", "example(dot)com", "example [dot] com", "example dot com", "beispiel (punkt) de", "example . com", "exa\u200bmple.c\u200dom", "exаmple.com",
        "hxxps://example.org", "youtu.be/abc", "t.me/shop", "https://amazon.com.evil.example/x", "https://amazon.de@evil.com/", "amazon-refund.com", "amаzon.de",
        "请访问example.com查看", "例子.中国", "ejemplo punto com", "amazon.de.evil.com", "(example.com)", "«beispiel.de»", "myshop . de", "https:\\\\example.com", "Besuchen: Example.Shop/x", "example。com",
    ],
    "LINK_AMAZON": ["https://www.amazon.de/gp/help", "see amazon.co.uk/your-orders", "https://sellercentral.amazon.com/x", "https://amzn.to/3abc"],
    "EMAIL": [
        "bob@example.com", "bob [at] example.com", "bob(at)gmail(dot)com", "bob at gmail dot com", "ｂｏｂ＠ｅｘａｍｐｌｅ．ｃｏｍ", "bob @ example . com", "mailto:x@y.de",
        "b\u200bob@exam\u200bple.com", "abc123def456@marketplace.amazon.de", "write to bob at gmail.com", "bob arroba gmail punto com", "名前@例え.jp", "bob_at_example_dot_com", "bob (a) example.com",
    ],
    "PHONE": [
        "+49 30 1234567", "Call 0049 30 1234567", "(555) 123-4567", "555-123-4567", "555.123.4567", "030/12345678", "13800138000", "138-0013-8000", "138 0013 8000", "090-1234-5678", "06 12 34 56 78",
        "06.12.34.56.78", "+44 (0)20 7946 0958", "07911 123456", "Tel: 1234567", "call me on 5551234567", "+86 138 0013 8000", "１３８００１３８０００", "٠١٢٣٤٥٦٧٨٩", "0532 123 45 67",
        "612 345 678", "400-820-8820", "five five five one two three four five six seven", "一三八零零一三八零零零", "98765 43210", "+1-800-555-0199", "070-123 45 67", "1\ufe0f\u20e33800138000", "电话：021-12345678", "In case of problems: 030 1234567", "My number is 01711234567", "phone number: 0171 1234567", "Telefonnummer 03012345678", "012345678901 no; 0171-1234567 yes", "About your order please use 555-123-4567",
    ],
    "OTHER_CHANNEL": [
        "WhatsApp", "whats app me", "What's app", "watsapp", "W h a t s A p p", "WeChat", "We Chat", "weixin", "微信", "加微", "加V", "v信", "薇信", "Telegram", "tele gram", "QQ 12345678", "QQ群", "扣扣", "LINE ID: abc",
        "add me on LINE app", "LINEで連絡してください", "公式LINE", "واتساب", "واتس اب", "تيليجرام", "ワッツアップ", "Viber", "wa.me/4915112345678", "ＷｈａｔｓＡｐｐ", "What\u200bsApp", "Whаtsарр", "вотсап", "wechаt", "facebook", "Instagram", "카카오톡", "My line is @shop1", "We Chat: abc", "add me on we chat", "vx:abc", "加我vx", "LINE: shop123", "on Messenger",
    ],
    "REVIEW_INCENTIVE": [
        "Leave a review and get a free gift.", "We will refund you if you leave a review.", "A $10 gift card for your honest review!", "Please leave us a 5 star review.", "Rate us 5 stars", "We hope for a positive review.", "Wir freuen uns über eine positive Bewertung.",
        "Für eine Bewertung erhalten Sie einen Gutschein.", "Laissez un avis et recevez un cadeau.", "Le damos un regalo por su reseña.", "Un buono per la tua recensione",
        "レビューを書いていただくとギフトを差し上げます", "写好评返现10元", "给五星好评送礼品", "Bir yorum yazın, hediye kazanın", "En present för din recension", "Prezent za opinię", "Gratis cadeau voor uw review", "Ganhe um brinde por sua avaliação", "اكتب تقييم واحصل على هدية",
    ],
    "REVIEW_CHANGE": [
        "Please remove your negative review.", "Could you change your feedback?", "would you update your 1 star rating to 5", "Please delete the review you left.", "Bitte ändern Sie Ihre Bewertung.", "Können Sie die Rezension löschen?",
        "Veuillez modifier votre avis.", "Pourriez-vous supprimer votre commentaire ?", "Por favor, elimine su reseña.", "¿Puede cambiar su valoración?", "Può modificare la sua recensione?", "レビューを削除していただけますか", "評価の変更をお願いします",
        "请删除您的差评", "麻烦您修改一下评价", "Kunt u uw beoordeling aanpassen?", "Proszę usunąć opinię.", "Kan du ta bort din recension?", "Poderia remover a sua avaliação?", "Yorumunuzu silebilir misiniz?", "يرجى حذف التقييم", "Please take your review down.", "请把差评删掉", "Bitte Ihr Feedback noch einmal zu überdenken",
    ],
    "MARKETING": [
        "Here is a coupon", "Use discount code SAVE10", "20% off your next order", "Gutschein", "10 % Rabatt", "Rabattcode X", "code promo ABC", "15% de réduction", "código de descuento", "20 % de descuento", "codice sconto", "10% di sconto",
        "クーポンをご利用ください", "20%割引", "优惠券", "全场8折", "kortingscode", "10% korting", "kod rabatowy", "rabattkod", "código de desconto", "indirim kodu", "%20 indirim", "كود خصم", "خصم 20%", "Visit our store", "Black Friday", "Check out our other products", "Subscribe to our newsletter", "voucher",
    ],
    "EMOJI": ["Thanks 😀", "Thank you ❤️", "✅ done", "1️⃣ first", "🇩🇪", "⭐", "☺"],
    "ASK_CANCEL": [
        "Please cancel the order.", "Could you please cancel your order?", "Kindly request a cancellation.", "You need to cancel the order.", "Bitte stornieren Sie die Bestellung.", "Könnten Sie die Bestellung bitte stornieren?", "Veuillez annuler votre commande.",
        "Por favor, cancele su pedido.", "La preghiamo di annullare l'ordine.", "キャンセルをお願いします", "注文をキャンセルしてください", "请取消订单", "麻烦您申请取消", "Kunt u de bestelling annuleren?", "Proszę anulować zamówienie.", "Vänligen avbeställ ordern.", "Por favor, cancele o pedido.", "Lütfen siparişi iptal edin.", "يرجى إلغاء الطلب",
    ],
    "PLACEHOLDER_LEFT": ["Dear {{buyer_name}}", "{{ x }}", "Order {{order_id}}", "｛｛name｝｝", "Dear {buyer_name},"],
    "BLANK_LINES": ["a\n\n\nb", "a\r\n\r\n\r\nb", "a\n \n\t\nb"],
    "ALL_CAPS": ["PLEASE CONTACT US NOW", "Hello. THIS IS VERY IMPORTANT for you.", "BITTE ANTWORTEN SIE UNS"],
    "HTML": ["<b>Hello</b>", "<img src=x>", "a<br>b", "<a href='x'>y</a>", "<script>", "<div class=\"a\">x", "[img]x[/img]", "&nbsp;x", "<p>"],
}  # fmt: skip


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in BAD.items() for text in texts])
def test_what_amazon_minds_is_found(code, text):
    assert code in codes(text)


@pytest.mark.parametrize("text", BAD["EMAIL"])
def test_a_host_inside_an_address_is_no_link_of_its_own(text):
    assert codes(text) == {"EMAIL"}


@pytest.mark.parametrize("text", BAD["LINK_AMAZON"])
def test_amazons_own_links_are_a_note_alone(text):
    assert codes(text) == {"LINK_AMAZON"}


def test_warnings_do_not_block_and_errors_do():
    notes = {code for code, rule in CODES.items() if rule.severity == "warning"}
    assert notes == {"LINK_AMAZON", "BLANK_LINES", "ALL_CAPS", "LANGUAGE"}
    assert [finding.blocks for finding in lint("See amazon.de/x or x@y.de")] == [False, True]
    assert all(str(finding.words) for finding in lint("x@y.de"))


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u00a0\u3000", "\ufeff"])
def test_nothing_to_read_is_empty(text):
    assert codes(text) == {"EMPTY"}
    assert codes(text, proactive=True) == {"EMPTY", "ORDER_ID_MISSING"}


def test_a_message_we_begin_names_its_order():
    assert codes(f"About {ORDER}.", proactive=True, order_id=ORDER) == set()
    assert codes("About ３０２–1234567–7654321.", proactive=True, order_id=ORDER) == set()
    assert codes("About your order.", proactive=True) == {"ORDER_ID_MISSING"}
    assert codes("About your order.", proactive=False) == set()
    assert "ORDER_ID_MISSING" in codes("About 302-1234567-0000000.", proactive=True, order_id=ORDER)
    assert "ORDER_ID_MISSING" in codes("About {{order_id}}.", proactive=True, order_id=ORDER)


@pytest.mark.parametrize(
    ("text", "language", "is_other"),
    [
        ("Thank you for your message", "ja_JP", True), ("Thank you for your message", "ja", True), ("ありがとうございます", "ja_JP", False), ("ありがとうございます", "en_US", True),
        ("ありがとうございます", "zh_CN", True), ("感谢您的来信,我们马上处理您的请求。", "ja", True), ("感谢您的来信", "zh_CN", False), ("感谢您的来信", "de", True), ("Vielen Dank", "fr_FR", False), ("شكرا لرسالتك", "ar_AE", False),
        ("شكرا لرسالتك", "en", True), ("Thank you for your message", "ar", True), ("Thank you", None, False), ("Thank you", "", False), ("Спасибо за письмо", "de_DE", True), ("OK", "ja", False),
        ("ご注文のUSB-C Charging Cable Pro 2mを発送しました。ありがとうございます。", "ja", False), ("Thank you for your message", "tlh", False),
    ],
)  # fmt: skip
def test_another_script_than_the_buyers_is_told(text, language, is_other):
    assert ("LANGUAGE" in codes(text, buyer_language=language)) is is_other


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([Attached("a.pdf", "application/pdf", 10)], set()), ([Attached("a.JPG"), Attached("b.jpeg", "image/jpeg"), Attached("c.png"), Attached("d.txt", "text/plain; charset=utf-8")], set()),
        ([Attached("a.exe")], {"ATTACH_TYPE"}), ([Attached("invoice.pdf.exe")], {"ATTACH_TYPE"}), ([Attached("a.pdf", "application/x-msdownload")], {"ATTACH_TYPE"}), ([Attached("a.docx")], {"ATTACH_TYPE"}),
        ([Attached("", "image/png")], set()), ([Attached("noending")], {"ATTACH_TYPE"}), ([Attached("a.png", "application/octet-stream")], set()), ([Attached("a.gif", "image/gif")], {"ATTACH_TYPE"}),
        ([Attached("a.pdf", "", 6_000_000), Attached("b.pdf", "", 6_000_000)], {"ATTACH_SIZE"}), ([Attached("a.pdf", "", 10 * 1024 * 1024)], set()), ([Attached("a.pdf", "", 10 * 1024 * 1024 + 1)], {"ATTACH_SIZE"}),
        ([Attached("\u202efdp.exe")], {"ATTACH_TYPE"}),
    ],
)  # fmt: skip
def test_what_goes_along_is_small_and_of_a_known_kind(files, expected):
    assert codes("Hello.", attachments=files) == expected


def test_the_name_of_a_file_that_goes_along_is_no_link():
    assert codes("See readme.info for more.", attachments=[Attached("readme.info")]) == {"ATTACH_TYPE"}
    assert codes("See readme.info for more.") == {"LINK_EXTERNAL"}


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        ("Write to bob@example.com now", "EMAIL", "bob@example.com"), ("ａｂ ｂｏｂ＠ｅｘ．ｃｏｍ", "EMAIL", "ｂｏｂ＠ｅｘ．ｃｏｍ"), ("Größe ß: see www.example.de/x ok", "LINK_EXTERNAL", "www.example.de/x"),
        ("ﬁne, call +49 30 1234567 please", "PHONE", "+49 30 1234567"), ("Hi 😀", "EMOJI", "😀"), ("Dear {{name}}", "PLACEHOLDER_LEFT", "{{name}}"),
    ],
)  # fmt: skip
def test_a_finding_points_at_the_text_as_it_was_typed(text, code, part):
    found = next(finding for finding in lint(text) if finding.code == code)
    assert text[found.start : found.end] == part


def test_each_code_is_told_once_in_the_order_of_the_rules():
    found = [finding.code for finding in lint("😀 a@b.de c@d.de www.x.de +49 30 1234567 WhatsApp coupon <b>x</b>")]
    assert found == [code for code in CODES if code in found] and len(found) == len(set(found)) == 7


ANY = st.text(alphabet=st.characters(), max_size=300)
PIECES = st.lists(
    st.sampled_from([*"aA1.@-+/( \n{}<>0\u200b。．٣ß😀éア漢", "www", "http", "://", "com", "review", "cancel", "dot", "%", "line", "please", "302-1234567-7654321"]), max_size=120
).map("".join)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(ANY | PIECES, st.booleans(), st.sampled_from([None, "ja", "zh_CN", "xx"]))
@example("\ud800", True, "ja")
@example("゛\u3099", False, None)
def test_any_text_is_answered_with_known_codes_and_places_within_it(text, proactive, language):
    for finding in lint(text, proactive=proactive, buyer_language=language):
        assert finding.code in CODES
        assert finding.start is None or 0 <= finding.start < finding.end <= len(text)


WHOLE = [*HARMLESS, *(text for texts in BAD.values() for text in texts)]
KNOWN = [word for text in WHOLE for word in text.split()]
GLANCES = [one for group in (INCENTIVE, CHANGE, MARKETING, ASK_CANCEL) for one in group]
LOOKS = [(links.EMAIL, links.may_hold_address), (links.URL, links.may_hold_url), (links.BARE, links.may_hold_ending), (links.SPELLED, links.may_be_spelled)]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(KNOWN), max_size=25), st.sampled_from([" ", "", "\n", "\t"]))
def test_no_quick_look_hides_what_its_pattern_would_find(words, between):
    assert_nothing_hidden(between.join(words))


def test_no_quick_look_hides_anything_known():
    for text in WHOLE:
        assert_nothing_hidden(text)


def assert_nothing_hidden(text):
    seen = folded(text)
    text = seen.latin
    for glance in GLANCES:
        assert glance.may_stand_in(seen) or glance.pattern.search(text) is None
    for parts, pattern in channels.NAMES:
        assert has_any(parts, channels.squeezed(text)) or pattern.search(text) is None
    for pattern, may_hold in LOOKS:
        assert may_hold(text) or pattern.search(text) is None


@pytest.mark.parametrize("code", [code for code in BAD if code not in ("EMPTY", "ALL_CAPS")])
def test_what_is_found_alone_is_found_behind_four_thousand_harmless_signs(code):
    long = "\n".join(HARMLESS)[:4000]
    assert all(code in codes(f"{long}\n{text}") for text in BAD[code])


@settings(max_examples=100, deadline=None)
@given(ANY)
def test_folding_keeps_the_way_back(text):
    seen = folded(text)
    assert len(seen.plain) == len(seen.latin)
    if seen.places is not None:
        assert len(seen.places) == len(seen.plain) and list(seen.places) == sorted(seen.places)


@pytest.mark.parametrize(
    "text",
    ["a" * 20_000, "1" * 20_000, "1 " * 10_000, "a." * 10_000, "(" * 20_000, "review " * 3_000, "please cancel " * 1_500, "%" * 20_000, "{{" * 10_000, "<a " * 7_000, "w" * 20_000, "zero " * 4_000, "http://" * 3_000,
     "a@" * 10_000, "五" * 20_000, "AAAA " * 4_000, "a-" * 10_000, "at " * 7_000, "\n" * 20_000, " " * 20_000, "+1" * 10_000, "1x" * 10_000, "the your a review and " * 900, "W h a t s " * 2_000, "漢字" * 10_000, "漢@" * 10_000],
    ids=range(26),
)  # fmt: skip
def test_no_text_makes_it_slow(text):
    """Ten times as much as anybody may send, made to hurt."""
    began = time.process_time()
    lint(text, buyer_language="ja", proactive=True)
    assert time.process_time() - began < 1.5
