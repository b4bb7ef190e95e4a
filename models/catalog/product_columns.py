"""The columns of a sheet of products, with the headings that mean them in English and Chinese (docs/products.md).

A row is a variant; rows of one code make one product, whose own columns come from its first row.
"""

from __future__ import annotations

from models.catalog.product import LANGUAGES
from models.imports.fields import Field, Part
from models.support.words import say

NAMES = {
    "de": ("german", "deutsch", "德语"), "fr": ("french", "français", "法语"), "it": ("italian", "意大利语"),
    "es": ("spanish", "西班牙语"), "ja": ("japanese", "日语"), "nl": ("dutch", "荷兰语"), "pl": ("polish", "波兰语"),
    "sv": ("swedish", "瑞典语"), "pt": ("portuguese", "葡萄牙语"), "tr": ("turkish", "土耳其语"), "ar": ("arabic", "阿拉伯语"),
    "en": ("english", "英语"), "zh": ("chinese", "中文"),
}  # fmt: skip
MONEY = {
    "USD": ("us$", "$", "美元", "美金"), "EUR": ("€", "欧元"), "GBP": ("£", "英镑"), "JPY": ("yen", "日元", "円"), "CNY": ("rmb", "人民币", "元"),
    "CAD": ("加元",), "AUD": ("澳元",), "MXN": ("墨西哥比索",), "SEK": ("瑞典克朗",), "PLN": ("兹罗提",), "AED": ("迪拉姆",),
}  # fmt: skip
LANGUAGE = Part("[a-z]{2}", NAMES, tuple(LANGUAGES))
BULLET = Part(r"[1-9]\d?(:[a-z]{2})?", {}, tuple("12345"), joint="")
IMAGE = Part("[1-9]", {}, tuple("123456789"), joint="")
CURRENCY = Part("[A-Z]{3}", MONEY, ("USD", "EUR", "GBP", "JPY", "CAD", "AUD", "MXN", "SEK", "PLN", "AED"))
OPTION = Part(r"[a-z_]+(\.[a-z_]+)?", {}, ("color", "size"))
ATTRIBUTE = Part(
    r"[a-z][a-z0-9_]*(#([2-9]|[1-9]\d))?(\.[a-z][a-z0-9_]*)*", {}, ("material",)
)  # Its second value: material#2.

FIELDS = (
    Field("code", say("Code"), ("product code", "item code", "style", "spu", "parent sku", "产品编码", "商品编码", "编码", "款号", "货号", "父sku")),
    Field("title", say("Title"), ("name", "product name", "item name", "product title", "标题", "产品标题", "商品标题", "产品名称", "商品名称", "品名"), required=True),
    Field("title", say("Title"), ("标题", "产品标题"), part=LANGUAGE),
    Field("brand", say("Brand"), ("brand name", "品牌", "品牌名", "品牌名称")),
    Field("product_type", say("Product type"), ("type", "amazon product type", "feed product type", "产品类型", "商品类型", "亚马逊产品类型")),
    Field("language", say("Language"), ("text language", "语言", "语种", "文案语言")),
    Field("description", say("Description"), ("product description", "描述", "产品描述", "商品描述", "详情")),
    Field("description", say("Description"), ("描述", "产品描述"), part=LANGUAGE),
    Field("bullet", say("Bullet point"), ("bullet point", "bullets", "key feature", "五点", "五点描述", "卖点", "要点"), part=BULLET),
    Field("keywords", say("Search terms"), ("search terms", "keyword", "generic keyword", "关键词", "搜索词", "关键字", "搜索关键词")),
    Field("keywords", say("Search terms"), ("关键词", "搜索词"), part=LANGUAGE),
    Field("sku", say("SKU"), ("seller sku", "variant sku", "msku", "item sku", "sku编码", "卖家sku", "商家sku", "变体sku", "子sku"), required=True),
    Field("gtin", say("Barcode"), ("barcode", "ean", "upc", "ean/upc", "product id", "条码", "条形码", "商品条码", "国际条码")),
    Field("option", say("Option"), ("option", "variation", "选项", "变体属性"), part=OPTION, alone={
        "color": ("color", "colour", "color name", "颜色", "色彩"), "size": ("size", "size name", "尺码", "尺寸", "规格"),
    }),
    Field("quantity", say("Stock"), ("qty", "stock", "available", "inventory", "库存", "数量", "库存数量", "可售库存", "可用库存")),
    Field("cost", say("Cost"), ("unit cost", "cost price", "purchase price", "成本", "成本价", "采购价", "采购成本", "进货价")),
    Field("cost_currency", say("Cost currency"), ("currency of cost", "成本币种", "采购币种", "成本货币")),
    Field("price", say("Price"), ("selling price", "sale price", "售价", "价格", "销售价", "单价"), part=CURRENCY),
    Field("package_length_mm", say("Package length (mm)"), ("package length", "length", "包装长", "包装长度", "长")),
    Field("package_width_mm", say("Package width (mm)"), ("package width", "width", "包装宽", "包装宽度", "宽")),
    Field("package_height_mm", say("Package height (mm)"), ("package height", "height", "包装高", "包装高度", "高")),
    Field("package_weight_grams", say("Package weight (g)"), ("package weight", "gross weight", "包装重量", "毛重", "重量")),
    Field("item_weight_grams", say("Item weight (g)"), ("item weight", "net weight", "净重", "产品重量", "商品重量")),
    Field("carton_quantity", say("Pieces in a carton"), ("carton quantity", "units per carton", "pcs per carton", "装箱数", "箱规", "每箱数量", "装箱数量")),
    Field("carton_length_mm", say("Carton length (mm)"), ("carton length", "外箱长", "箱长", "外箱长度")),
    Field("carton_width_mm", say("Carton width (mm)"), ("carton width", "外箱宽", "箱宽", "外箱宽度")),
    Field("carton_height_mm", say("Carton height (mm)"), ("carton height", "外箱高", "箱高", "外箱高度")),
    Field("carton_weight_grams", say("Carton weight (g)"), ("carton weight", "外箱重量", "整箱重量", "箱重", "整箱毛重")),
    Field("cargo", say("Kinds of cargo"), ("cargo tags", "cargo type", "cargo", "货物属性", "货物类型", "物流属性", "带电属性")),
    Field("hs_code", say("HS code"), ("hs", "tariff code", "customs code", "海关编码", "hs编码", "商品编号", "税则号")),
    Field("declared_name", say("Declared name"), ("declared name", "customs name", "english declared name", "报关英文名", "英文申报名", "英文报关名", "申报英文名")),
    Field("declared_name_cn", say("Declared name in Chinese"), ("chinese declared name", "报关中文名", "中文申报名", "中文报关名", "申报中文名", "报关品名")),
    Field("country_of_origin", say("Made in"), ("country of origin", "origin", "原产国", "原产地", "产地")),
    Field("image", say("Image"), ("image", "image url", "picture", "photo", "图片", "主图", "图片链接", "图片地址"), part=IMAGE, alone={
        "1": ("main image", "main image url", "image url", "主图", "主图链接", "主图地址"),
    }),
    Field("attr", say("Attribute"), ("attribute", "属性"), part=ATTRIBUTE, alone={"material": ("material", "材质", "材料")}),
)  # fmt: skip

WHOLE = {
    "package_length_mm", "package_width_mm", "package_height_mm", "package_weight_grams", "item_weight_grams", "quantity",
    "carton_quantity", "carton_length_mm", "carton_width_mm", "carton_height_mm", "carton_weight_grams",
}  # fmt: skip
OF_PRODUCT = {
    "code", "product_type", "brand", "language", "country_of_origin", "title", "description", "keywords", "cargo",
    "hs_code", "declared_name", "declared_name_cn",
} | (WHOLE - {"quantity"})  # fmt: skip


def empty_columns(currencies: list[str]) -> list[str]:
    """The columns of an empty file to fill in."""
    return [
        "code", "title", "brand", "product_type", "language", "description", *(f"bullet{n}" for n in range(1, 6)), "keywords", "sku", "gtin",
        "option:color", "option:size", "quantity", "cost", "cost_currency", *(f"price:{c}" for c in currencies), "package_length_mm",
        "package_width_mm", "package_height_mm", "package_weight_grams", "item_weight_grams", "carton_quantity",
        "carton_length_mm", "carton_width_mm", "carton_height_mm", "carton_weight_grams", "cargo", "hs_code", "declared_name",
        "declared_name_cn", "country_of_origin", "image1", "image2",
    ]  # fmt: skip
