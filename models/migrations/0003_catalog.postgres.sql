CREATE TABLE "product_type" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(80) NOT NULL,
    "marketplace_id" VARCHAR(24) NOT NULL,
    "locale" VARCHAR(12) NOT NULL,
    "display_name" VARCHAR(120) NOT NULL,
    "version" VARCHAR(80) NOT NULL,
    "checksum" VARCHAR(80) NOT NULL,
    "schema" TEXT NOT NULL,
    "groups" TEXT NOT NULL,
    "fetched_at" TIMESTAMP
)

CREATE UNIQUE INDEX "product_type_name_marketplace_id_locale" ON "product_type" ("name", "marketplace_id", "locale")

CREATE INDEX "product_type_marketplace_id_locale" ON "product_type" ("marketplace_id", "locale")

CREATE TABLE "product" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "code" VARCHAR(40) NOT NULL,
    "title" VARCHAR(500) NOT NULL,
    "product_type" VARCHAR(80) NOT NULL,
    "brand" VARCHAR(120) NOT NULL,
    "language" VARCHAR(8) NOT NULL,
    "country_of_origin" VARCHAR(2) NOT NULL,
    "package_length_mm" INTEGER,
    "package_width_mm" INTEGER,
    "package_height_mm" INTEGER,
    "package_weight_grams" INTEGER,
    "item_weight_grams" INTEGER,
    "attributes" TEXT NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('active', 'archived')),
    "version" INTEGER NOT NULL,
    "variant_count" INTEGER NOT NULL,
    "first_sku" VARCHAR(40) NOT NULL,
    "image_url" VARCHAR(2000) NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "product_uid" ON "product" ("uid")

CREATE INDEX "product_team_id" ON "product" ("team_id")

CREATE UNIQUE INDEX "product_team_id_code" ON "product" ("team_id", "code")

CREATE INDEX "product_team_id_state_updated_at_id" ON "product" ("team_id", "state", "updated_at", "id")

CREATE INDEX "product_team_id_state_title_id" ON "product" ("team_id", "state", "title", "id")

CREATE INDEX "product_team_id_state_product_type_updated_at_id" ON "product" ("team_id", "state", "product_type", "updated_at", "id")

CREATE INDEX "product_team_id_state_product_type_title_id" ON "product" ("team_id", "state", "product_type", "title", "id")

CREATE TABLE "product_text" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "product_id" INTEGER NOT NULL,
    "language" VARCHAR(8) NOT NULL,
    "title" VARCHAR(500) NOT NULL,
    "description" TEXT NOT NULL,
    "bullets" TEXT NOT NULL,
    "keywords" TEXT NOT NULL,
    FOREIGN KEY ("product_id") REFERENCES "product" ("id") ON DELETE CASCADE
)

CREATE INDEX "product_text_product_id" ON "product_text" ("product_id")

CREATE UNIQUE INDEX "product_text_product_id_language" ON "product_text" ("product_id", "language")

CREATE TABLE "variant" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "product_id" INTEGER NOT NULL,
    "sku" VARCHAR(40) NOT NULL,
    "gtin" VARCHAR(14) NOT NULL,
    "options" TEXT NOT NULL,
    "cost_minor" BIGINT,
    "cost_currency" VARCHAR(3) NOT NULL,
    "quantity" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("product_id") REFERENCES "product" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "variant_uid" ON "variant" ("uid")

CREATE INDEX "variant_team_id" ON "variant" ("team_id")

CREATE INDEX "variant_product_id" ON "variant" ("product_id")

CREATE UNIQUE INDEX "variant_team_id_sku" ON "variant" ("team_id", "sku")

CREATE INDEX "variant_product_id_position" ON "variant" ("product_id", "position")

CREATE INDEX "variant_team_id_gtin" ON "variant" ("team_id", "gtin")

CREATE TABLE "variant_price" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "variant_id" INTEGER NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "amount_minor" BIGINT NOT NULL CHECK (amount_minor > 0),
    FOREIGN KEY ("variant_id") REFERENCES "variant" ("id") ON DELETE CASCADE
)

CREATE INDEX "variant_price_variant_id" ON "variant_price" ("variant_id")

CREATE UNIQUE INDEX "variant_price_variant_id_currency" ON "variant_price" ("variant_id", "currency")

CREATE TABLE "product_image" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "product_id" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "url" VARCHAR(2000) NOT NULL,
    "file_name" VARCHAR(80) NOT NULL,
    "width" INTEGER,
    "height" INTEGER,
    "shown_file" VARCHAR(80) NOT NULL,
    "problem" TEXT NOT NULL,
    "tries" INTEGER NOT NULL,
    "try_at" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("product_id") REFERENCES "product" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "product_image_uid" ON "product_image" ("uid")

CREATE INDEX "product_image_product_id" ON "product_image" ("product_id")

CREATE INDEX "product_image_product_id_position" ON "product_image" ("product_id", "position")

CREATE INDEX "product_image_try_at" ON "product_image" ("try_at")

CREATE TABLE "import_file" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "kind" VARCHAR(30) NOT NULL,
    "sha256" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "rows" INTEGER NOT NULL,
    "created_count" INTEGER NOT NULL,
    "changed_count" INTEGER NOT NULL,
    "bad_count" INTEGER NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "import_file_uid" ON "import_file" ("uid")

CREATE INDEX "import_file_team_id" ON "import_file" ("team_id")

CREATE UNIQUE INDEX "import_file_team_id_kind_sha256" ON "import_file" ("team_id", "kind", "sha256")

CREATE TABLE "listing" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "marketplace_id" VARCHAR(24) NOT NULL,
    "variant_id" INTEGER NOT NULL,
    "product_id" INTEGER NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('draft', 'live', 'suppressed', 'removed')),
    "asin" VARCHAR(10) NOT NULL,
    "overrides" TEXT NOT NULL,
    "seen_version" INTEGER NOT NULL,
    "publication_state" VARCHAR(16) NOT NULL,
    "issue_count" INTEGER NOT NULL,
    "statuses" TEXT NOT NULL,
    "live_price_minor" BIGINT,
    "live_currency" VARCHAR(3) NOT NULL,
    "live_quantity" INTEGER,
    "live_at" TIMESTAMP,
    "read_at" TIMESTAMP,
    "watch_at" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("variant_id") REFERENCES "variant" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("product_id") REFERENCES "product" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "listing_uid" ON "listing" ("uid")

CREATE INDEX "listing_team_id" ON "listing" ("team_id")

CREATE INDEX "listing_store_id" ON "listing" ("store_id")

CREATE INDEX "listing_variant_id" ON "listing" ("variant_id")

CREATE INDEX "listing_product_id" ON "listing" ("product_id")

CREATE UNIQUE INDEX "listing_store_id_marketplace_id_variant_id" ON "listing" ("store_id", "marketplace_id", "variant_id")

CREATE INDEX "listing_team_id_id" ON "listing" ("team_id", "id")

CREATE INDEX "listing_team_id_state_id" ON "listing" ("team_id", "state", "id")

CREATE INDEX "listing_team_id_publication_state_id" ON "listing" ("team_id", "publication_state", "id")

CREATE INDEX "listing_team_id_store_id_id" ON "listing" ("team_id", "store_id", "id")

CREATE INDEX "listing_team_id_marketplace_id_id" ON "listing" ("team_id", "marketplace_id", "id")

CREATE INDEX "listing_product_id_id" ON "listing" ("product_id", "id")

CREATE INDEX "listing_watch_at" ON "listing" ("watch_at")

CREATE TABLE "publication" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "listing_id" INTEGER NOT NULL,
    "batch" UUID NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'previewed', 'submitted', 'accepted', 'live', 'refused', 'failed', 'stopped')),
    "language" VARCHAR(12) NOT NULL,
    "product_version" INTEGER NOT NULL,
    "attributes" TEXT NOT NULL,
    "submission_id" VARCHAR(80) NOT NULL,
    "preview_answer" TEXT NOT NULL,
    "submit_answer" TEXT NOT NULL,
    "read_answer" TEXT NOT NULL,
    "problem" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "reads" INTEGER NOT NULL,
    "due_at" TIMESTAMP NOT NULL,
    "asked_by_id" INTEGER,
    "created_at" TIMESTAMP NOT NULL,
    "submitted_at" TIMESTAMP,
    "accepted_at" TIMESTAMP,
    "ended_at" TIMESTAMP,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("listing_id") REFERENCES "listing" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "publication_uid" ON "publication" ("uid")

CREATE INDEX "publication_team_id" ON "publication" ("team_id")

CREATE INDEX "publication_store_id" ON "publication" ("store_id")

CREATE INDEX "publication_listing_id" ON "publication" ("listing_id")

CREATE INDEX "publication_batch" ON "publication" ("batch")

CREATE INDEX "publication_store_id_state_due_at" ON "publication" ("store_id", "state", "due_at")

CREATE INDEX "publication_listing_id_id" ON "publication" ("listing_id", "id")

CREATE UNIQUE INDEX "publication_under_way" ON "publication" ("listing_id") WHERE ("state" IN ('waiting', 'previewed', 'submitted', 'accepted'))

CREATE TABLE "issue" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "publication_id" INTEGER NOT NULL,
    "stage" VARCHAR(32) NOT NULL CHECK ("stage" IN ('check', 'preview', 'submit', 'read', 'late')),
    "code" VARCHAR(40) NOT NULL,
    "severity" VARCHAR(16) NOT NULL,
    "attributes" TEXT NOT NULL,
    "field" VARCHAR(120) NOT NULL,
    "messages" TEXT NOT NULL,
    "words" TEXT NOT NULL,
    "enforcements" TEXT NOT NULL,
    "seen_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("publication_id") REFERENCES "publication" ("id") ON DELETE CASCADE
)

CREATE INDEX "issue_publication_id" ON "issue" ("publication_id")

CREATE INDEX "issue_publication_id_severity" ON "issue" ("publication_id", "severity")
