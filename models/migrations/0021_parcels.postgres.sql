CREATE TABLE "parcel" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('draft', 'labelled', 'shipped', 'delivered', 'lost', 'returned', 'void')),
    "country" VARCHAR(2) NOT NULL,
    "grams" INTEGER NOT NULL,
    "length_mm" INTEGER NOT NULL,
    "width_mm" INTEGER NOT NULL,
    "height_mm" INTEGER NOT NULL,
    "cargo" TEXT NOT NULL,
    "channel_id" INTEGER,
    "quote_id" INTEGER,
    "carrier_id" INTEGER,
    "carrier_name" VARCHAR(80) NOT NULL,
    "tracking_number" VARCHAR(64) NOT NULL,
    "core" VARCHAR(64) NOT NULL,
    "doubt" VARCHAR(200) NOT NULL,
    "status" VARCHAR(40) NOT NULL,
    "sub_status" VARCHAR(80) NOT NULL,
    "last_event_at" TIMESTAMP,
    "made_by_id" INTEGER,
    "created_at" TIMESTAMP NOT NULL,
    "labelled_at" TIMESTAMP,
    "shipped_at" TIMESTAMP,
    "ended_at" TIMESTAMP,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("channel_id") REFERENCES "channel" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("quote_id") REFERENCES "freight_quote" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("carrier_id") REFERENCES "carrier" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("made_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "parcel_uid" ON "parcel" ("uid")

CREATE INDEX "parcel_channel_id" ON "parcel" ("channel_id")

CREATE UNIQUE INDEX "parcel_quote_id" ON "parcel" ("quote_id")

CREATE INDEX "parcel_carrier_id" ON "parcel" ("carrier_id")

CREATE UNIQUE INDEX "parcel_team_id_number" ON "parcel" ("team_id", "number")

CREATE INDEX "parcel_team_id_created_at_id" ON "parcel" ("team_id", "created_at", "id")

CREATE INDEX "parcel_team_id_state_created_at_id" ON "parcel" ("team_id", "state", "created_at", "id")

CREATE INDEX "parcel_team_id_store_id_created_at_id" ON "parcel" ("team_id", "store_id", "created_at", "id")

CREATE INDEX "parcel_team_id_channel_id_created_at_id" ON "parcel" ("team_id", "channel_id", "created_at", "id")

CREATE INDEX "parcel_tracking_number" ON "parcel" ("team_id", "tracking_number") WHERE ("tracking_number" != '')

CREATE TABLE "parcel_line" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "parcel_id" INTEGER NOT NULL,
    "order_id" INTEGER NOT NULL,
    "order_line_id" BIGINT NOT NULL,
    "quantity" INTEGER NOT NULL CHECK (quantity > 0),
    "sku" VARCHAR(80) NOT NULL,
    "declared_name" VARCHAR(120) NOT NULL,
    "declared_name_cn" VARCHAR(120) NOT NULL,
    "hs_code" VARCHAR(14) NOT NULL,
    "origin" VARCHAR(2) NOT NULL,
    "value_minor" BIGINT NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "grams" INTEGER NOT NULL,
    FOREIGN KEY ("parcel_id") REFERENCES "parcel" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("order_line_id") REFERENCES "order_line" ("id") ON DELETE RESTRICT
)

CREATE INDEX "parcel_line_parcel_id" ON "parcel_line" ("parcel_id")

CREATE INDEX "parcel_line_order_id" ON "parcel_line" ("order_id")

CREATE INDEX "parcel_line_order_line_id" ON "parcel_line" ("order_line_id")

CREATE UNIQUE INDEX "parcel_line_parcel_id_order_line_id" ON "parcel_line" ("parcel_id", "order_line_id")

CREATE TABLE "tracking_event" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "parcel_id" INTEGER NOT NULL,
    "provider" VARCHAR(20) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "description" VARCHAR(500) NOT NULL,
    "location" VARCHAR(160) NOT NULL,
    "status" VARCHAR(40) NOT NULL,
    "sub_status" VARCHAR(80) NOT NULL,
    "offset_minutes" INTEGER,
    "arrived_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("parcel_id") REFERENCES "parcel" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "tracking_event_parcel_id_provider_at_digest" ON "tracking_event" ("parcel_id", "provider", "at", "digest")

CREATE TABLE "confirmation" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "parcel_id" INTEGER NOT NULL,
    "order_id" INTEGER NOT NULL,
    "reference" INTEGER NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'sending', 'unsure', 'confirmed', 'refused', 'taken_back')),
    "problem" TEXT NOT NULL,
    "tries" INTEGER NOT NULL,
    "due_at" TIMESTAMP NOT NULL,
    "asked_by_id" INTEGER,
    "created_at" TIMESTAMP NOT NULL,
    "decided_at" TIMESTAMP,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("parcel_id") REFERENCES "parcel" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("asked_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "confirmation_uid" ON "confirmation" ("uid")

CREATE INDEX "confirmation_parcel_id" ON "confirmation" ("parcel_id")

CREATE INDEX "confirmation_order_id" ON "confirmation" ("order_id")

CREATE UNIQUE INDEX "confirmation_order_id_reference" ON "confirmation" ("order_id", "reference")

CREATE INDEX "confirmation_state_due_at" ON "confirmation" ("state", "due_at")

CREATE INDEX "confirmation_team_id_state_created_at_id" ON "confirmation" ("team_id", "state", "created_at", "id")

CREATE UNIQUE INDEX "confirmation_once" ON "confirmation" ("parcel_id", "order_id") WHERE ("state" NOT IN ('refused', 'taken_back'))

-- What a carrier said is never changed, and goes only with its parcel.

CREATE TRIGGER "tracking_event_no_update" BEFORE UPDATE ON "tracking_event"
FOR EACH ROW EXECUTE FUNCTION portolan_append_only()
