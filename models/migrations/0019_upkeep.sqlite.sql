ALTER TABLE "day_rate" ADD COLUMN "withdrawn_at" DATETIME

ALTER TABLE "day_rate" ADD COLUMN "withdrawn_by_id" INTEGER REFERENCES "person" ("id") ON DELETE SET NULL

CREATE INDEX "day_rate_withdrawn_by_id" ON "day_rate" ("withdrawn_by_id")

CREATE INDEX "day_rate_day_currency" ON "day_rate" ("day", "currency")

CREATE TABLE "fuel_rate" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "first" DATE NOT NULL,
    "last" DATE,
    "source" VARCHAR(200) NOT NULL,
    "made_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    "withdrawn_at" DATETIME,
    "withdrawn_by_id" INTEGER,
    "replaced_by_id" INTEGER,
    "carrier_id" INTEGER NOT NULL,
    "channel_id" INTEGER,
    "percent" VARCHAR(40) NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("made_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("withdrawn_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("replaced_by_id") REFERENCES "fuel_rate" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("carrier_id") REFERENCES "carrier" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("channel_id") REFERENCES "channel" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "fuel_rate_uid" ON "fuel_rate" ("uid")

CREATE INDEX "fuel_rate_team_id" ON "fuel_rate" ("team_id")

CREATE INDEX "fuel_rate_made_by_id" ON "fuel_rate" ("made_by_id")

CREATE INDEX "fuel_rate_withdrawn_by_id" ON "fuel_rate" ("withdrawn_by_id")

CREATE INDEX "fuel_rate_replaced_by_id" ON "fuel_rate" ("replaced_by_id")

CREATE INDEX "fuel_rate_carrier_id" ON "fuel_rate" ("carrier_id")

CREATE INDEX "fuel_rate_channel_id" ON "fuel_rate" ("channel_id")

CREATE INDEX "fuel_rate_carrier_id_channel_id_withdrawn_at" ON "fuel_rate" ("carrier_id", "channel_id", "withdrawn_at")

CREATE TABLE "channel_surcharge" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "first" DATE NOT NULL,
    "last" DATE,
    "source" VARCHAR(200) NOT NULL,
    "made_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    "withdrawn_at" DATETIME,
    "withdrawn_by_id" INTEGER,
    "replaced_by_id" INTEGER,
    "channel_id" INTEGER NOT NULL,
    "code" VARCHAR(40) NOT NULL,
    "terms" TEXT NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("made_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("withdrawn_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("replaced_by_id") REFERENCES "channel_surcharge" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("channel_id") REFERENCES "channel" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "channel_surcharge_uid" ON "channel_surcharge" ("uid")

CREATE INDEX "channel_surcharge_team_id" ON "channel_surcharge" ("team_id")

CREATE INDEX "channel_surcharge_made_by_id" ON "channel_surcharge" ("made_by_id")

CREATE INDEX "channel_surcharge_withdrawn_by_id" ON "channel_surcharge" ("withdrawn_by_id")

CREATE INDEX "channel_surcharge_replaced_by_id" ON "channel_surcharge" ("replaced_by_id")

CREATE INDEX "channel_surcharge_channel_id" ON "channel_surcharge" ("channel_id")

CREATE INDEX "channel_surcharge_channel_id_withdrawn_at" ON "channel_surcharge" ("channel_id", "withdrawn_at")

CREATE TABLE "remote_list" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "carrier_id" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'read', 'failed', 'in_force', 'discarded', 'withdrawn')),
    "first" DATE,
    "content" BLOB,
    "digest" VARCHAR(64) NOT NULL,
    "row_count" INTEGER NOT NULL,
    "error_count" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL,
    "problem" TEXT NOT NULL,
    "tries" INTEGER NOT NULL,
    "source" VARCHAR(200) NOT NULL,
    "source_sha256" VARCHAR(64) NOT NULL,
    "format" VARCHAR(32) NOT NULL CHECK ("format" IN ('csv', 'xlsx')),
    "made_by_id" INTEGER,
    "decided_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    "decided_at" DATETIME,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("carrier_id") REFERENCES "carrier" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("made_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("decided_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "remote_list_uid" ON "remote_list" ("uid")

CREATE INDEX "remote_list_team_id" ON "remote_list" ("team_id")

CREATE INDEX "remote_list_carrier_id" ON "remote_list" ("carrier_id")

CREATE INDEX "remote_list_made_by_id" ON "remote_list" ("made_by_id")

CREATE INDEX "remote_list_decided_by_id" ON "remote_list" ("decided_by_id")

CREATE UNIQUE INDEX "remote_list_carrier_id_version" ON "remote_list" ("carrier_id", "version")

CREATE INDEX "remote_list_carrier_id_state_first" ON "remote_list" ("carrier_id", "state", "first")

CREATE INDEX "remote_list_state" ON "remote_list" ("state")

CREATE TABLE "rate_fetch" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL,
    "file" VARCHAR(40) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('asking', 'done', 'failed')),
    "status" INTEGER NOT NULL,
    "ms" INTEGER NOT NULL,
    "rates" INTEGER NOT NULL,
    "newest" DATE,
    "problem" TEXT NOT NULL
)

CREATE INDEX "rate_fetch_at" ON "rate_fetch" ("at")

-- What was said stays as it was said: rows are withdrawn, never changed or deleted.

CREATE TRIGGER "day_rate_no_change" BEFORE UPDATE OF "team_id", "currency", "day", "cny", "source" ON "day_rate"
BEGIN
    SELECT RAISE(ABORT, 'a day rate is never changed');
END

CREATE TRIGGER "day_rate_no_replace" BEFORE INSERT ON "day_rate"
WHEN EXISTS (SELECT 1 FROM "day_rate" WHERE "id" = NEW."id" OR "uid" = NEW."uid")
BEGIN
    SELECT RAISE(ABORT, 'a day rate is never replaced');
END

CREATE TRIGGER "fuel_rate_no_change" BEFORE UPDATE OF "team_id", "carrier_id", "channel_id", "percent", "first", "last", "source" ON "fuel_rate"
BEGIN
    SELECT RAISE(ABORT, 'a fuel rate is never changed');
END

CREATE TRIGGER "fuel_rate_no_delete" BEFORE DELETE ON "fuel_rate"
BEGIN
    SELECT RAISE(ABORT, 'a fuel rate is never deleted');
END

CREATE TRIGGER "fuel_rate_no_replace" BEFORE INSERT ON "fuel_rate"
WHEN EXISTS (SELECT 1 FROM "fuel_rate" WHERE "id" = NEW."id" OR "uid" = NEW."uid")
BEGIN
    SELECT RAISE(ABORT, 'a fuel rate is never replaced');
END

CREATE TRIGGER "fuel_rate_stays_withdrawn" BEFORE UPDATE OF "withdrawn_at" ON "fuel_rate"
WHEN OLD."withdrawn_at" IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'what was withdrawn stays so');
END

CREATE TRIGGER "channel_surcharge_no_change" BEFORE UPDATE OF "team_id", "channel_id", "code", "terms", "first", "last", "source" ON "channel_surcharge"
BEGIN
    SELECT RAISE(ABORT, 'a channel surcharge is never changed');
END

CREATE TRIGGER "channel_surcharge_no_delete" BEFORE DELETE ON "channel_surcharge"
BEGIN
    SELECT RAISE(ABORT, 'a channel surcharge is never deleted');
END

CREATE TRIGGER "channel_surcharge_no_replace" BEFORE INSERT ON "channel_surcharge"
WHEN EXISTS (SELECT 1 FROM "channel_surcharge" WHERE "id" = NEW."id" OR "uid" = NEW."uid")
BEGIN
    SELECT RAISE(ABORT, 'a channel surcharge is never replaced');
END

CREATE TRIGGER "channel_surcharge_stays_withdrawn" BEFORE UPDATE OF "withdrawn_at" ON "channel_surcharge"
WHEN OLD."withdrawn_at" IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'what was withdrawn stays so');
END

CREATE TRIGGER "remote_list_no_change" BEFORE UPDATE OF "carrier_id", "version", "content", "digest", "first" ON "remote_list"
WHEN OLD."state" IN ('in_force', 'withdrawn')
BEGIN
    SELECT RAISE(ABORT, 'a list in force is never changed');
END

CREATE TRIGGER "remote_list_no_delete" BEFORE DELETE ON "remote_list"
BEGIN
    SELECT RAISE(ABORT, 'a list is never deleted');
END

CREATE TRIGGER "remote_list_no_replace" BEFORE INSERT ON "remote_list"
WHEN EXISTS (SELECT 1 FROM "remote_list" WHERE "id" = NEW."id" OR "uid" = NEW."uid" OR ("carrier_id" = NEW."carrier_id" AND "version" = NEW."version"))
BEGIN
    SELECT RAISE(ABORT, 'a list is never replaced');
END
