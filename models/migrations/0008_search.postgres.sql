-- What products and orders are found by (models/support/search.py, models/support/search_sql.py).
CREATE FUNCTION search_grams(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    SELECT coalesce(array_agg(DISTINCT gram), '{}') FROM (
        SELECT three AS gram FROM generate_series(1, length(words) - 2) AS at, substr(lower(words), at, 3) AS three
        UNION ALL
        SELECT two FROM generate_series(1, length(words) - 1) AS at, substr(lower(words), at, 2) AS two WHERE two ~ '[^\x01-\x7f]'
    ) AS grams
$$

CREATE TABLE "sold_item" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "sku" VARCHAR(80) NOT NULL,
    "asin" VARCHAR(16) NOT NULL,
    "title" VARCHAR(500) NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "sold_item_team_id_sku_asin_title" ON "sold_item" ("team_id", "sku", "asin", "title")

CREATE FUNCTION "sold_item_insert"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO "sold_item" ("team_id", "sku", "asin", "title")
    SELECT DISTINCT changed."team_id", changed."sku", changed."asin", changed."title" FROM changed
    WHERE changed."sku" <> '' AND NOT EXISTS (SELECT 1 FROM "sold_item" WHERE sold_item."team_id" = changed."team_id" AND sold_item."sku" = changed."sku" AND sold_item."asin" = changed."asin" AND sold_item."title" = changed."title")
    ORDER BY changed."team_id", changed."sku", changed."asin", changed."title" ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$

CREATE TRIGGER "sold_item_insert" AFTER INSERT ON "order_line" REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION "sold_item_insert"()

CREATE FUNCTION "sold_item_update"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."sku" <> '' AND NOT EXISTS (SELECT 1 FROM "sold_item" WHERE "team_id" = NEW."team_id" AND "sku" = NEW."sku" AND "asin" = NEW."asin" AND "title" = NEW."title") THEN
        INSERT INTO "sold_item" ("team_id", "sku", "asin", "title") VALUES (NEW."team_id", NEW."sku", NEW."asin", NEW."title") ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$

CREATE TRIGGER "sold_item_update" AFTER UPDATE OF "sku", "asin", "title" ON "order_line"
FOR EACH ROW WHEN (OLD."sku" IS DISTINCT FROM NEW."sku" OR OLD."asin" IS DISTINCT FROM NEW."asin" OR OLD."title" IS DISTINCT FROM NEW."title") EXECUTE FUNCTION "sold_item_update"()

INSERT INTO "sold_item" ("team_id", "sku", "asin", "title") SELECT DISTINCT "team_id", "sku", "asin", "title" FROM "order_line" WHERE "sku" <> ''

CREATE VIEW "product_words" AS
SELECT "product"."id", "product"."team_id", "product"."code" || ' ' || "product"."title" || ' ' || "product"."brand" || ' ' || coalesce((SELECT string_agg(DISTINCT "variant"."sku" || ' ' || "variant"."gtin", ' ') FROM "variant" WHERE "variant"."product_id" = "product"."id"), '') || ' ' || coalesce((SELECT string_agg(DISTINCT "listing"."asin", ' ') FROM "listing" WHERE "listing"."product_id" = "product"."id"), '') AS "words" FROM "product"

CREATE TABLE "product_search" (
    "id" BIGINT NOT NULL PRIMARY KEY REFERENCES "product" ("id") ON DELETE CASCADE,
    "team_id" BIGINT NOT NULL,
    "words" TEXT NOT NULL
)

INSERT INTO "product_search" ("id", "team_id", "words") SELECT "id", "team_id", "words" FROM "product_words"

CREATE INDEX "product_search_grams" ON "product_search" USING gin (search_grams("words"))

CREATE FUNCTION "product_search_renew"(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM "product_search" WHERE "id" = ANY(ids) ORDER BY "id" FOR UPDATE;
    INSERT INTO "product_search" AS kept ("id", "team_id", "words")
    SELECT "id", "team_id", "words" FROM "product_words" WHERE "id" = ANY(ids) ORDER BY "id"
    ON CONFLICT ("id") DO UPDATE SET "team_id" = excluded."team_id", "words" = excluded."words"
    WHERE kept."words" <> excluded."words" OR kept."team_id" <> excluded."team_id";
END $$

CREATE FUNCTION "product_search_product_insert"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM "product_search_renew"(ARRAY(SELECT DISTINCT "id" FROM changed)); RETURN NULL;
END $$

CREATE TRIGGER "product_search_product_insert" AFTER INSERT ON "product" REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION "product_search_product_insert"()

CREATE FUNCTION "product_search_product_update"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM "product_search_renew"(ARRAY[OLD."id", NEW."id"]::bigint[]); RETURN NULL;
END $$

CREATE TRIGGER "product_search_product_update" AFTER UPDATE OF "team_id", "code", "title", "brand" ON "product"
FOR EACH ROW WHEN (OLD."team_id" IS DISTINCT FROM NEW."team_id" OR OLD."code" IS DISTINCT FROM NEW."code" OR OLD."title" IS DISTINCT FROM NEW."title" OR OLD."brand" IS DISTINCT FROM NEW."brand") EXECUTE FUNCTION "product_search_product_update"()

CREATE FUNCTION "product_search_variant_insert"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM "product_search_renew"(ARRAY(SELECT DISTINCT "product_id" FROM changed)); RETURN NULL;
END $$

CREATE TRIGGER "product_search_variant_insert" AFTER INSERT ON "variant" REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION "product_search_variant_insert"()

CREATE FUNCTION "product_search_variant_delete"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM "product_search_renew"(ARRAY(SELECT DISTINCT "product_id" FROM changed)); RETURN NULL;
END $$

CREATE TRIGGER "product_search_variant_delete" AFTER DELETE ON "variant" REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION "product_search_variant_delete"()

CREATE FUNCTION "product_search_variant_update"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM "product_search_renew"(ARRAY[OLD."product_id", NEW."product_id"]::bigint[]); RETURN NULL;
END $$

CREATE TRIGGER "product_search_variant_update" AFTER UPDATE OF "product_id", "sku", "gtin" ON "variant"
FOR EACH ROW WHEN (OLD."product_id" IS DISTINCT FROM NEW."product_id" OR OLD."sku" IS DISTINCT FROM NEW."sku" OR OLD."gtin" IS DISTINCT FROM NEW."gtin") EXECUTE FUNCTION "product_search_variant_update"()

CREATE FUNCTION "product_search_listing_insert"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM "product_search_renew"(ARRAY(SELECT DISTINCT "product_id" FROM changed)); RETURN NULL;
END $$

CREATE TRIGGER "product_search_listing_insert" AFTER INSERT ON "listing" REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION "product_search_listing_insert"()

CREATE FUNCTION "product_search_listing_delete"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM "product_search_renew"(ARRAY(SELECT DISTINCT "product_id" FROM changed)); RETURN NULL;
END $$

CREATE TRIGGER "product_search_listing_delete" AFTER DELETE ON "listing" REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION "product_search_listing_delete"()

CREATE FUNCTION "product_search_listing_update"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM "product_search_renew"(ARRAY[OLD."product_id", NEW."product_id"]::bigint[]); RETURN NULL;
END $$

CREATE TRIGGER "product_search_listing_update" AFTER UPDATE OF "product_id", "asin" ON "listing"
FOR EACH ROW WHEN (OLD."product_id" IS DISTINCT FROM NEW."product_id" OR OLD."asin" IS DISTINCT FROM NEW."asin") EXECUTE FUNCTION "product_search_listing_update"()

CREATE VIEW "sold_item_words" AS
SELECT "sold_item"."id", "sold_item"."team_id", "sold_item"."sku" || ' ' || "sold_item"."asin" || ' ' || "sold_item"."title" AS "words" FROM "sold_item"

CREATE TABLE "sold_item_search" (
    "id" BIGINT NOT NULL PRIMARY KEY REFERENCES "sold_item" ("id") ON DELETE CASCADE,
    "team_id" BIGINT NOT NULL,
    "words" TEXT NOT NULL
)

INSERT INTO "sold_item_search" ("id", "team_id", "words") SELECT "id", "team_id", "words" FROM "sold_item_words"

CREATE INDEX "sold_item_search_grams" ON "sold_item_search" USING gin (search_grams("words"))

CREATE FUNCTION "sold_item_search_renew"(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM "sold_item_search" WHERE "id" = ANY(ids) ORDER BY "id" FOR UPDATE;
    INSERT INTO "sold_item_search" AS kept ("id", "team_id", "words")
    SELECT "id", "team_id", "words" FROM "sold_item_words" WHERE "id" = ANY(ids) ORDER BY "id"
    ON CONFLICT ("id") DO UPDATE SET "team_id" = excluded."team_id", "words" = excluded."words"
    WHERE kept."words" <> excluded."words" OR kept."team_id" <> excluded."team_id";
END $$

CREATE FUNCTION "sold_item_search_sold_item_insert"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM "sold_item_search_renew"(ARRAY(SELECT DISTINCT "id" FROM changed)); RETURN NULL;
END $$

CREATE TRIGGER "sold_item_search_sold_item_insert" AFTER INSERT ON "sold_item" REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION "sold_item_search_sold_item_insert"()

CREATE FUNCTION "sold_item_search_sold_item_update"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM "sold_item_search_renew"(ARRAY[OLD."id", NEW."id"]::bigint[]); RETURN NULL;
END $$

CREATE TRIGGER "sold_item_search_sold_item_update" AFTER UPDATE OF "team_id", "sku", "asin", "title" ON "sold_item"
FOR EACH ROW WHEN (OLD."team_id" IS DISTINCT FROM NEW."team_id" OR OLD."sku" IS DISTINCT FROM NEW."sku" OR OLD."asin" IS DISTINCT FROM NEW."asin" OR OLD."title" IS DISTINCT FROM NEW."title") EXECUTE FUNCTION "sold_item_search_sold_item_update"()

CREATE INDEX "order_package_tracking_number" ON "order_package" ("tracking_number") WHERE ("tracking_number" != '')
