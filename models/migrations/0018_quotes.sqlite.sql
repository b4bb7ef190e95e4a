ALTER TABLE "product" ADD COLUMN "cargo" TEXT NOT NULL DEFAULT '[]'

ALTER TABLE "product" ADD COLUMN "carton_quantity" INTEGER

ALTER TABLE "product" ADD COLUMN "carton_length_mm" INTEGER

ALTER TABLE "product" ADD COLUMN "carton_width_mm" INTEGER

ALTER TABLE "product" ADD COLUMN "carton_height_mm" INTEGER

ALTER TABLE "product" ADD COLUMN "carton_weight_grams" INTEGER

CREATE TABLE "freight_quote" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "channel_id" INTEGER NOT NULL,
    "rate_card_id" INTEGER NOT NULL,
    "asked" TEXT NOT NULL,
    "answer" TEXT NOT NULL,
    "ship_date" DATE NOT NULL,
    "country" VARCHAR(2) NOT NULL,
    "postcode" VARCHAR(40) NOT NULL,
    "chargeable" VARCHAR(40) NOT NULL,
    "unit" VARCHAR(3) NOT NULL,
    "total_minor" INTEGER NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "home_minor" INTEGER,
    "order_id" INTEGER,
    "made_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    "waybill" VARCHAR(40) NOT NULL,
    "booked_at" DATETIME,
    "booked_by_id" INTEGER,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("channel_id") REFERENCES "channel" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("rate_card_id") REFERENCES "rate_card" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("made_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("booked_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "freight_quote_uid" ON "freight_quote" ("uid")

CREATE INDEX "freight_quote_channel_id" ON "freight_quote" ("channel_id")

CREATE INDEX "freight_quote_rate_card_id" ON "freight_quote" ("rate_card_id")

CREATE INDEX "freight_quote_order_id" ON "freight_quote" ("order_id")

CREATE INDEX "freight_quote_made_by_id" ON "freight_quote" ("made_by_id")

CREATE INDEX "freight_quote_booked_by_id" ON "freight_quote" ("booked_by_id")

CREATE UNIQUE INDEX "freight_quote_team_id_number" ON "freight_quote" ("team_id", "number")

CREATE INDEX "freight_quote_team_id_created_at_id" ON "freight_quote" ("team_id", "created_at", "id")

CREATE INDEX "freight_quote_team_id_channel_id_created_at_id" ON "freight_quote" ("team_id", "channel_id", "created_at", "id")

CREATE INDEX "freight_quote_team_id_country_created_at_id" ON "freight_quote" ("team_id", "country", "created_at", "id")

CREATE UNIQUE INDEX "freight_quote_booked" ON "freight_quote" ("team_id", "waybill") WHERE ("waybill" != '')

CREATE INDEX "freight_quote_waybill" ON "freight_quote" ("waybill") WHERE ("waybill" != '')

-- A quote that was given is never changed; once it may be said under which tracking number the parcel left.

CREATE TRIGGER "freight_quote_no_change" BEFORE UPDATE OF "id", "uid", "team_id", "number", "channel_id", "rate_card_id", "asked", "answer", "ship_date", "country", "postcode", "chargeable", "unit", "total_minor", "currency", "home_minor", "order_id", "created_at" ON "freight_quote"
BEGIN
    SELECT RAISE(ABORT, 'a quote that was given is never changed');
END

CREATE TRIGGER "freight_quote_booked_once" BEFORE UPDATE OF "waybill", "booked_at" ON "freight_quote"
WHEN OLD."waybill" <> '' OR NEW."waybill" = ''
BEGIN
    SELECT RAISE(ABORT, 'a quote is booked once');
END

CREATE TRIGGER "freight_quote_no_delete" BEFORE DELETE ON "freight_quote"
BEGIN
    SELECT RAISE(ABORT, 'a quote is never deleted');
END

CREATE TRIGGER "freight_quote_no_replace" BEFORE INSERT ON "freight_quote"
WHEN EXISTS (SELECT 1 FROM "freight_quote" WHERE "id" = NEW."id" OR "uid" = NEW."uid" OR ("team_id" = NEW."team_id" AND "number" = NEW."number"))
BEGIN
    SELECT RAISE(ABORT, 'a quote is never replaced');
END
