ALTER TABLE "product" ADD COLUMN "hs_code" VARCHAR(14) NOT NULL DEFAULT ''

ALTER TABLE "product" ADD COLUMN "declared_name" VARCHAR(120) NOT NULL DEFAULT ''

ALTER TABLE "product" ADD COLUMN "declared_name_cn" VARCHAR(120) NOT NULL DEFAULT ''

CREATE TABLE "ship_from" (
    "team_id" INTEGER NOT NULL PRIMARY KEY,
    "name" VARCHAR(80) NOT NULL,
    "company" VARCHAR(80) NOT NULL,
    "line1" VARCHAR(120) NOT NULL,
    "line2" VARCHAR(120) NOT NULL,
    "city" VARCHAR(80) NOT NULL,
    "region" VARCHAR(80) NOT NULL,
    "postcode" VARCHAR(20) NOT NULL,
    "country" VARCHAR(2) NOT NULL,
    "phone" VARCHAR(40) NOT NULL,
    "ioss_number" VARCHAR(14) NOT NULL,
    "changed_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE
)

CREATE TABLE "paper" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "person_id" INTEGER NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('labels', 'slips', 'picks')),
    "parcels" TEXT NOT NULL,
    "left_out" TEXT NOT NULL,
    "language" VARCHAR(12) NOT NULL,
    "zone" VARCHAR(64) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'running', 'ready', 'failed', 'deleted', 'expired')),
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL,
    "attempts" INTEGER NOT NULL,
    "file_name" VARCHAR(64) NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "problem" TEXT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "started_at" TIMESTAMP,
    "expires_at" TIMESTAMP,
    "link_hash" VARCHAR(64),
    "link_session" INTEGER,
    "link_until" TIMESTAMP,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "paper_uid" ON "paper" ("uid")

CREATE UNIQUE INDEX "paper_link_hash" ON "paper" ("link_hash")

CREATE INDEX "paper_team_id_person_id_id" ON "paper" ("team_id", "person_id", "id")

CREATE INDEX "paper_state_expires_at" ON "paper" ("state", "expires_at")

CREATE TABLE "waybill" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "parcel_id" INTEGER NOT NULL,
    "account_id" INTEGER,
    "account_name" VARCHAR(80) NOT NULL,
    "order_id" INTEGER,
    "method" VARCHAR(40) NOT NULL,
    "reference" VARCHAR(40) NOT NULL,
    "number" VARCHAR(64) NOT NULL,
    "tracking_number" VARCHAR(64) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'asking', 'unsure', 'made', 'ready', 'refused')),
    "problem" TEXT NOT NULL,
    "tries" INTEGER NOT NULL,
    "due_at" TIMESTAMP NOT NULL,
    "pdf" BYTEA,
    "asked_by_id" INTEGER,
    "created_at" TIMESTAMP NOT NULL,
    "claimed_at" TIMESTAMP,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("parcel_id") REFERENCES "parcel" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("account_id") REFERENCES "tracking_account" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("asked_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "waybill_uid" ON "waybill" ("uid")

CREATE UNIQUE INDEX "waybill_parcel_id" ON "waybill" ("parcel_id")

CREATE UNIQUE INDEX "waybill_reference" ON "waybill" ("reference")

CREATE INDEX "waybill_account_id_state_due_at" ON "waybill" ("account_id", "state", "due_at")
