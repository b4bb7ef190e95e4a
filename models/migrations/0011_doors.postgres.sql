ALTER TABLE "bucket" DROP CONSTRAINT "bucket_kind_check"

ALTER TABLE "bucket" ADD CONSTRAINT "bucket_kind_check" CHECK ("kind" IN ('account', 'device', 'address', 'network', 'portal'))

ALTER TABLE "bucket" ADD COLUMN "device" VARCHAR(24) NOT NULL DEFAULT ''

ALTER TABLE "bucket" ADD COLUMN "last_at" TIMESTAMP

DROP INDEX "bucket_kind_key"

CREATE UNIQUE INDEX "bucket_kind_key_device" ON "bucket" ("kind", "key", "device")

CREATE TABLE "failed_try" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "person_id" INTEGER NOT NULL,
    "address" VARCHAR(45) NOT NULL,
    "times" INTEGER NOT NULL,
    "first_at" TIMESTAMP NOT NULL,
    "last_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE INDEX "failed_try_person_id" ON "failed_try" ("person_id")

CREATE UNIQUE INDEX "failed_try_person_id_address" ON "failed_try" ("person_id", "address")

CREATE TABLE "past_password" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "person_id" INTEGER NOT NULL,
    "password_hash" VARCHAR(255) NOT NULL,
    "chosen_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE INDEX "past_password_person_id" ON "past_password" ("person_id")

CREATE INDEX "past_password_person_id_id" ON "past_password" ("person_id", "id")

ALTER TABLE "person" ADD COLUMN "password_at" TIMESTAMP

-- Who had a password is taken to have chosen it today.
UPDATE "person" SET "password_at" = timezone('UTC', now()) WHERE "password_hash" IS NOT NULL

INSERT INTO "past_password" ("person_id", "password_hash", "chosen_at")
    SELECT "id", "password_hash", "password_at" FROM "person" WHERE "password_hash" IS NOT NULL
