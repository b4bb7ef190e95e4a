-- What products and orders are found by (models/support/search.py, models/support/search_sql.py).
CREATE TABLE "search_due" ("kind" TEXT NOT NULL, "id" INTEGER NOT NULL, PRIMARY KEY ("kind", "id")) WITHOUT ROWID

CREATE TABLE "sold_item" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "sku" VARCHAR(80) NOT NULL,
    "asin" VARCHAR(16) NOT NULL,
    "title" VARCHAR(500) NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "sold_item_team_id_sku_asin_title" ON "sold_item" ("team_id", "sku", "asin", "title")

CREATE TRIGGER "sold_item_insert" AFTER INSERT ON "order_line"
WHEN NEW."sku" <> '' AND NOT EXISTS (SELECT 1 FROM "sold_item" WHERE "team_id" = NEW."team_id" AND "sku" = NEW."sku" AND "asin" = NEW."asin" AND "title" = NEW."title")
BEGIN
    INSERT INTO "sold_item" ("team_id", "sku", "asin", "title") VALUES (NEW."team_id", NEW."sku", NEW."asin", NEW."title");
END

CREATE TRIGGER "sold_item_update" AFTER UPDATE OF "sku", "asin", "title" ON "order_line"
WHEN NEW."sku" <> '' AND NOT EXISTS (SELECT 1 FROM "sold_item" WHERE "team_id" = NEW."team_id" AND "sku" = NEW."sku" AND "asin" = NEW."asin" AND "title" = NEW."title")
BEGIN
    INSERT INTO "sold_item" ("team_id", "sku", "asin", "title") VALUES (NEW."team_id", NEW."sku", NEW."asin", NEW."title");
END

INSERT INTO "sold_item" ("team_id", "sku", "asin", "title") SELECT DISTINCT "team_id", "sku", "asin", "title" FROM "order_line" WHERE "sku" <> ''

CREATE VIEW "product_words" AS
SELECT "product"."id", "product"."team_id", "product"."code" || ' ' || "product"."title" || ' ' || "product"."brand" || ' ' || coalesce((SELECT group_concat(DISTINCT "variant"."sku" || ' ' || "variant"."gtin") FROM "variant" WHERE "variant"."product_id" = "product"."id"), '') || ' ' || coalesce((SELECT group_concat(DISTINCT "listing"."asin") FROM "listing" WHERE "listing"."product_id" = "product"."id"), '') AS "words" FROM "product"

CREATE VIRTUAL TABLE "product_search" USING fts5("words", "team_id" UNINDEXED, tokenize = 'trigram')

CREATE TRIGGER "product_search_product_insert" AFTER INSERT ON "product"
BEGIN
    INSERT INTO "search_due" SELECT 'product', NEW."id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'product' AND "id" = NEW."id");
END

CREATE TRIGGER "product_search_product_delete" AFTER DELETE ON "product"
BEGIN
    INSERT INTO "search_due" SELECT 'product', OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'product' AND "id" = OLD."id");
END

CREATE TRIGGER "product_search_product_update" AFTER UPDATE OF "team_id", "code", "title", "brand" ON "product"
BEGIN
    INSERT INTO "search_due" SELECT 'product', OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'product' AND "id" = OLD."id");
    INSERT INTO "search_due" SELECT 'product', NEW."id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'product' AND "id" = NEW."id");
END

CREATE TRIGGER "product_search_variant_insert" AFTER INSERT ON "variant"
BEGIN
    INSERT INTO "search_due" SELECT 'product', NEW."product_id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'product' AND "id" = NEW."product_id");
END

CREATE TRIGGER "product_search_variant_delete" AFTER DELETE ON "variant"
BEGIN
    INSERT INTO "search_due" SELECT 'product', OLD."product_id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'product' AND "id" = OLD."product_id");
END

CREATE TRIGGER "product_search_variant_update" AFTER UPDATE OF "product_id", "sku", "gtin" ON "variant"
BEGIN
    INSERT INTO "search_due" SELECT 'product', OLD."product_id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'product' AND "id" = OLD."product_id");
    INSERT INTO "search_due" SELECT 'product', NEW."product_id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'product' AND "id" = NEW."product_id");
END

CREATE TRIGGER "product_search_listing_insert" AFTER INSERT ON "listing"
BEGIN
    INSERT INTO "search_due" SELECT 'product', NEW."product_id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'product' AND "id" = NEW."product_id");
END

CREATE TRIGGER "product_search_listing_delete" AFTER DELETE ON "listing"
BEGIN
    INSERT INTO "search_due" SELECT 'product', OLD."product_id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'product' AND "id" = OLD."product_id");
END

CREATE TRIGGER "product_search_listing_update" AFTER UPDATE OF "product_id", "asin" ON "listing"
BEGIN
    INSERT INTO "search_due" SELECT 'product', OLD."product_id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'product' AND "id" = OLD."product_id");
    INSERT INTO "search_due" SELECT 'product', NEW."product_id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'product' AND "id" = NEW."product_id");
END

INSERT INTO "product_search" ("rowid", "words", "team_id") SELECT "id", "words", "team_id" FROM "product_words"

CREATE VIEW "sold_item_words" AS
SELECT "sold_item"."id", "sold_item"."team_id", "sold_item"."sku" || ' ' || "sold_item"."asin" || ' ' || "sold_item"."title" AS "words" FROM "sold_item"

CREATE VIRTUAL TABLE "sold_item_search" USING fts5("words", "team_id" UNINDEXED, tokenize = 'trigram')

CREATE TRIGGER "sold_item_search_sold_item_insert" AFTER INSERT ON "sold_item"
BEGIN
    INSERT INTO "search_due" SELECT 'sold_item', NEW."id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'sold_item' AND "id" = NEW."id");
END

CREATE TRIGGER "sold_item_search_sold_item_delete" AFTER DELETE ON "sold_item"
BEGIN
    INSERT INTO "search_due" SELECT 'sold_item', OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'sold_item' AND "id" = OLD."id");
END

CREATE TRIGGER "sold_item_search_sold_item_update" AFTER UPDATE OF "team_id", "sku", "asin", "title" ON "sold_item"
BEGIN
    INSERT INTO "search_due" SELECT 'sold_item', OLD."id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'sold_item' AND "id" = OLD."id");
    INSERT INTO "search_due" SELECT 'sold_item', NEW."id" WHERE NOT EXISTS (SELECT 1 FROM "search_due" WHERE "kind" = 'sold_item' AND "id" = NEW."id");
END

INSERT INTO "sold_item_search" ("rowid", "words", "team_id") SELECT "id", "words", "team_id" FROM "sold_item_words"

CREATE INDEX "order_package_tracking_number" ON "order_package" ("tracking_number") WHERE ("tracking_number" != '')
