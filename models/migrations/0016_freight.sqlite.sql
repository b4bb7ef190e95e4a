CREATE TABLE "carrier" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "code" VARCHAR(40) NOT NULL,
    "name" VARCHAR(80) NOT NULL,
    "name_cn" VARCHAR(80) NOT NULL,
    "website" VARCHAR(200) NOT NULL,
    "track_key" INTEGER,
    "is_active" INTEGER NOT NULL,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "carrier_uid" ON "carrier" ("uid")

CREATE INDEX "carrier_team_id" ON "carrier" ("team_id")

CREATE UNIQUE INDEX "carrier_team_id_code" ON "carrier" ("team_id", "code")

CREATE TABLE "channel" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "carrier_id" INTEGER NOT NULL,
    "code" VARCHAR(40) NOT NULL,
    "name" VARCHAR(80) NOT NULL,
    "name_cn" VARCHAR(80) NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('small_parcel', 'express', 'postal', 'fba_air', 'fba_sea', 'fba_rail', 'fba_truck', 'local')),
    "is_active" INTEGER NOT NULL,
    "includes_fuel" INTEGER NOT NULL,
    "includes_duty" INTEGER NOT NULL,
    "includes_clearance" INTEGER NOT NULL,
    "label_api" VARCHAR(32) NOT NULL CHECK ("label_api" IN ('none', 'manual', 'yunexpress', 'yanwen', '4px')),
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("carrier_id") REFERENCES "carrier" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "channel_uid" ON "channel" ("uid")

CREATE INDEX "channel_team_id" ON "channel" ("team_id")

CREATE INDEX "channel_carrier_id" ON "channel" ("carrier_id")

CREATE UNIQUE INDEX "channel_team_id_code" ON "channel" ("team_id", "code")

CREATE INDEX "channel_team_id_is_active_code" ON "channel" ("team_id", "is_active", "code")

CREATE TABLE "rate_card" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "channel_id" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "revision" INTEGER NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('draft', 'approved', 'retired', 'discarded')),
    "currency" VARCHAR(3) NOT NULL,
    "unit" VARCHAR(3) NOT NULL,
    "effective_from" DATE,
    "effective_to" DATE,
    "content" BLOB NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "row_count" INTEGER NOT NULL,
    "source" VARCHAR(200) NOT NULL,
    "source_sha256" VARCHAR(64) NOT NULL,
    "note" VARCHAR(500) NOT NULL,
    "made_by_id" INTEGER,
    "changed_by_id" INTEGER,
    "approved_by_id" INTEGER,
    "is_alone" INTEGER NOT NULL,
    "created_at" DATETIME NOT NULL,
    "approved_at" DATETIME,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("channel_id") REFERENCES "channel" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("made_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("changed_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("approved_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "rate_card_uid" ON "rate_card" ("uid")

CREATE INDEX "rate_card_team_id" ON "rate_card" ("team_id")

CREATE INDEX "rate_card_channel_id" ON "rate_card" ("channel_id")

CREATE INDEX "rate_card_made_by_id" ON "rate_card" ("made_by_id")

CREATE INDEX "rate_card_changed_by_id" ON "rate_card" ("changed_by_id")

CREATE INDEX "rate_card_approved_by_id" ON "rate_card" ("approved_by_id")

CREATE UNIQUE INDEX "rate_card_channel_id_version" ON "rate_card" ("channel_id", "version")

CREATE INDEX "rate_card_team_id_state_created_at_id" ON "rate_card" ("team_id", "state", "created_at", "id")

CREATE INDEX "rate_card_channel_id_state_effective_from" ON "rate_card" ("channel_id", "state", "effective_from")

CREATE INDEX "rate_card_team_id_source_sha256" ON "rate_card" ("team_id", "source_sha256")

CREATE TABLE "day_rate" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER,
    "currency" VARCHAR(3) NOT NULL,
    "day" DATE NOT NULL,
    "cny" VARCHAR(40) NOT NULL,
    "source" VARCHAR(32) NOT NULL CHECK ("source" IN ('bank', 'history', 'hand')),
    "made_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("made_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "day_rate_uid" ON "day_rate" ("uid")

CREATE INDEX "day_rate_team_id" ON "day_rate" ("team_id")

CREATE INDEX "day_rate_made_by_id" ON "day_rate" ("made_by_id")

CREATE INDEX "day_rate_currency_day" ON "day_rate" ("currency", "day")

-- What was decided is never changed; only its last day and its state move.

CREATE TRIGGER "rate_card_no_change" BEFORE UPDATE OF "content", "digest", "version", "channel_id", "currency", "unit", "effective_from" ON "rate_card"
WHEN OLD."state" <> 'draft'
BEGIN
    SELECT RAISE(ABORT, 'a decided rate card is never changed');
END

CREATE TRIGGER "rate_card_no_delete" BEFORE DELETE ON "rate_card"
BEGIN
    SELECT RAISE(ABORT, 'a rate card is never deleted');
END

CREATE TRIGGER "rate_card_no_replace" BEFORE INSERT ON "rate_card"
WHEN EXISTS (SELECT 1 FROM "rate_card" WHERE "id" = NEW."id" OR "uid" = NEW."uid" OR ("channel_id" = NEW."channel_id" AND "version" = NEW."version"))
BEGIN
    SELECT RAISE(ABORT, 'a rate card is never replaced');
END
