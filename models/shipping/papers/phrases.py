"""What a packing slip says, in the language of the marketplace it was bought on. Ours, fixed and short; items keep their own titles."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from models.stores.marketplace import MARKETPLACES

NAMES = ("title", "to", "order", "ordered", "parcel", "item", "pieces", "gift", "thanks", "questions")
RIGHT_TO_LEFT = ("ar",)
_PHRASES = {
    "en": ("Packing slip", "Ship to", "Order", "Ordered on", "Parcel", "Item", "Pieces", "Gift message",
           "Thank you for your order.", "Questions? Write to us through the order in your Amazon account."),
    "de": ("Lieferschein", "Lieferanschrift", "Bestellung", "Bestellt am", "Paket", "Artikel", "Stück", "Geschenkbotschaft",
           "Vielen Dank für Ihre Bestellung.", "Fragen? Schreiben Sie uns über die Bestellung in Ihrem Amazon-Konto."),
    "fr": ("Bon de livraison", "Livrer à", "Commande", "Commandé le", "Colis", "Article", "Quantité", "Message cadeau",
           "Merci pour votre commande.", "Une question ? Écrivez-nous depuis la commande dans votre compte Amazon."),
    "it": ("Distinta di spedizione", "Spedire a", "Ordine", "Ordinato il", "Pacco", "Articolo", "Quantità", "Messaggio regalo",
           "Grazie per il tuo ordine.", "Domande? Scrivici dall’ordine nel tuo account Amazon."),
    "es": ("Albarán de entrega", "Enviar a", "Pedido", "Fecha del pedido", "Paquete", "Artículo", "Unidades", "Mensaje de regalo",
           "Gracias por tu pedido.", "¿Tienes preguntas? Escríbenos desde el pedido en tu cuenta de Amazon."),
    "nl": ("Pakbon", "Verzenden naar", "Bestelling", "Besteld op", "Pakket", "Artikel", "Aantal", "Cadeauboodschap",
           "Bedankt voor je bestelling.", "Vragen? Schrijf ons via de bestelling in je Amazon-account."),
    "pl": ("Specyfikacja przesyłki", "Adres dostawy", "Zamówienie", "Data zamówienia", "Paczka", "Produkt", "Sztuk", "Wiadomość do prezentu",
           "Dziękujemy za zamówienie.", "Pytania? Napisz do nas przez zamówienie na swoim koncie Amazon."),
    "sv": ("Följesedel", "Levereras till", "Beställning", "Beställd den", "Paket", "Artikel", "Antal", "Presenthälsning",
           "Tack för din beställning.", "Frågor? Skriv till oss via beställningen på ditt Amazon-konto."),
    "tr": ("Paketleme fişi", "Teslimat adresi", "Sipariş", "Sipariş tarihi", "Koli", "Ürün", "Adet", "Hediye mesajı",
           "Siparişiniz için teşekkür ederiz.", "Sorularınız mı var? Amazon hesabınızdaki siparişten bize yazın."),
    "ja": ("納品書", "お届け先", "注文番号", "注文日", "荷物", "商品", "数量", "ギフトメッセージ",
           "ご注文ありがとうございます。", "ご質問は、Amazonアカウントの注文履歴からご連絡ください。"),
    "ar": ("قسيمة التعبئة", "الشحن إلى", "رقم الطلب", "تاريخ الطلب", "الطرد", "المنتج", "الكمية", "رسالة الهدية",
           "شكرًا لطلبك.", "لديك أسئلة؟ راسلنا من صفحة الطلب في حسابك على أمازون."),
    "pt": ("Lista de conteúdo", "Enviar para", "Pedido", "Data do pedido", "Pacote", "Artigo", "Quantidade", "Mensagem de presente",
           "Obrigado pelo seu pedido.", "Dúvidas? Escreva-nos a partir do pedido na sua conta Amazon."),
    "zh": ("装箱单", "收件人", "订单号", "下单日期", "包裹", "商品", "数量", "礼品留言",
           "感谢您的订购。", "如有疑问，请通过您亚马逊账户中的订单与我们联系。"),
}  # fmt: skip
PHRASES = {language: MappingProxyType(dict(zip(NAMES, phrases, strict=True))) for language, phrases in _PHRASES.items()}


def language_of(marketplace_id: str) -> str:
    """In which language a buyer of this marketplace is written to; English where none of ours is its own."""
    known = MARKETPLACES.get(marketplace_id)
    language = known.language.partition("_")[0] if known else "en"
    return language if language in PHRASES else "en"


def phrases(language: str) -> Mapping[str, str]:
    return PHRASES[language]
