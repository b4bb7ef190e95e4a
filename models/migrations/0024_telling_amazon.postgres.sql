ALTER TABLE "carrier" ADD COLUMN "amazon_name" VARCHAR(80) NOT NULL DEFAULT ''

ALTER TABLE "confirmation" ADD COLUMN "number" VARCHAR(64) NOT NULL DEFAULT ''

ALTER TABLE "confirmation" ADD COLUMN "carrier" VARCHAR(90) NOT NULL DEFAULT ''

ALTER TABLE "confirmation" ADD COLUMN "left_at" TIMESTAMP

ALTER TABLE "confirmation" ADD COLUMN "sent_at" TIMESTAMP

ALTER TABLE "confirmation" ADD COLUMN "is_combined" BOOLEAN NOT NULL DEFAULT FALSE

DROP INDEX "confirmation_once"

CREATE UNIQUE INDEX "confirmation_once" ON "confirmation" ("parcel_id", "order_id", "number") WHERE ("state" NOT IN ('refused', 'taken_back'))

CREATE INDEX "confirmation_team_id_created_at_id" ON "confirmation" ("team_id", "created_at", "id")

CREATE INDEX "confirmation_number" ON "confirmation" ("team_id", "number") WHERE ("number" != '')

CREATE TABLE "seller_count" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "marketplace_id" VARCHAR(24) NOT NULL,
    "days" INTEGER NOT NULL,
    "name" VARCHAR(24) NOT NULL,
    "hits" INTEGER NOT NULL,
    "total" INTEGER NOT NULL,
    "counted_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "seller_count_store_id_marketplace_id_days_name" ON "seller_count" ("store_id", "marketplace_id", "days", "name")

CREATE INDEX "seller_count_team_id_store_id" ON "seller_count" ("team_id", "store_id")
