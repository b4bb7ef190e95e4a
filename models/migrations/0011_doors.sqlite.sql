-- A check cannot be changed, so the table is made anew. What was counted stays.
ALTER TABLE "bucket" RENAME TO "bucket_before"

DROP INDEX "bucket_kind_key"

CREATE TABLE "bucket" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('account', 'device', 'address', 'network', 'portal')),
    "key" VARCHAR(64) NOT NULL,
    "device" VARCHAR(24) NOT NULL DEFAULT '',
    "failures" INTEGER NOT NULL,
    "since" DATETIME NOT NULL,
    "last_at" DATETIME,
    "locked_until" DATETIME
)

CREATE UNIQUE INDEX "bucket_kind_key_device" ON "bucket" ("kind", "key", "device")

INSERT INTO "bucket" ("id", "kind", "key", "failures", "since", "locked_until")
    SELECT "id", "kind", "key", "failures", "since", "locked_until" FROM "bucket_before"

DROP TABLE "bucket_before"

CREATE TABLE "failed_try" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "person_id" INTEGER NOT NULL,
    "address" VARCHAR(45) NOT NULL,
    "times" INTEGER NOT NULL,
    "first_at" DATETIME NOT NULL,
    "last_at" DATETIME NOT NULL,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE INDEX "failed_try_person_id" ON "failed_try" ("person_id")

CREATE UNIQUE INDEX "failed_try_person_id_address" ON "failed_try" ("person_id", "address")

CREATE TABLE "past_password" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "person_id" INTEGER NOT NULL,
    "password_hash" VARCHAR(255) NOT NULL,
    "chosen_at" DATETIME NOT NULL,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE INDEX "past_password_person_id" ON "past_password" ("person_id")

CREATE INDEX "past_password_person_id_id" ON "past_password" ("person_id", "id")

ALTER TABLE "person" ADD COLUMN "password_at" DATETIME

-- Who had a password is taken to have chosen it today.
UPDATE "person" SET "password_at" = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE "password_hash" IS NOT NULL

INSERT INTO "past_password" ("person_id", "password_hash", "chosen_at")
    SELECT "id", "password_hash", "password_at" FROM "person" WHERE "password_hash" IS NOT NULL
