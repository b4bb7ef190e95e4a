CREATE TABLE "tracking_account" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('seventeen', 'yunexpress', 'manual')),
    "name" VARCHAR(80) NOT NULL,
    "carrier_id" INTEGER,
    "base_url" VARCHAR(200) NOT NULL,
    "code" VARCHAR(80) NOT NULL,
    "secret" BYTEA,
    "last4" VARCHAR(4) NOT NULL,
    "secret_set_at" TIMESTAMP,
    "is_shared" BOOLEAN NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('checking', 'active', 'paused', 'refused')),
    "problem" TEXT NOT NULL,
    "problem_at" TIMESTAMP,
    "failures" INTEGER NOT NULL,
    "good_at" TIMESTAMP,
    "rest_until" TIMESTAMP,
    "register_after" TIMESTAMP,
    "quota" TEXT NOT NULL,
    "quota_at" TIMESTAMP,
    "hook" VARCHAR(64) NOT NULL,
    "hook_at" TIMESTAMP,
    "hook_refused_at" TIMESTAMP,
    "made_by_id" INTEGER,
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("carrier_id") REFERENCES "carrier" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("made_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "tracking_account_uid" ON "tracking_account" ("uid")

CREATE INDEX "tracking_account_carrier_id" ON "tracking_account" ("carrier_id")

CREATE UNIQUE INDEX "tracking_account_hook" ON "tracking_account" ("hook")

CREATE UNIQUE INDEX "tracking_account_for_all" ON "tracking_account" ("team_id") WHERE ("carrier_id" IS NULL)

CREATE UNIQUE INDEX "tracking_account_for_carrier" ON "tracking_account" ("team_id", "carrier_id") WHERE ("carrier_id" IS NOT NULL)

CREATE TABLE "following" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "parcel_id" INTEGER NOT NULL,
    "account_id" INTEGER NOT NULL,
    "number" VARCHAR(64) NOT NULL,
    "carrier_key" VARCHAR(20) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'followed', 'stuck', 'ended')),
    "due_at" TIMESTAMP,
    "held_until" TIMESTAMP,
    "tries" INTEGER NOT NULL,
    "problem" TEXT NOT NULL,
    "heard_at" TIMESTAMP,
    "looked_at" TIMESTAMP,
    "registered_at" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("parcel_id") REFERENCES "parcel" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("account_id") REFERENCES "tracking_account" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "following_parcel_id" ON "following" ("parcel_id")

CREATE INDEX "following_account_id_number" ON "following" ("account_id", "number")

CREATE INDEX "following_due" ON "following" ("account_id", "state", "due_at") WHERE ("due_at" IS NOT NULL)

CREATE TABLE "tracking_message" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "account_id" INTEGER NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "sign" VARCHAR(64) NOT NULL,
    "body" BYTEA,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'read', 'unreadable')),
    "received_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("account_id") REFERENCES "tracking_account" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "tracking_message_account_id_digest" ON "tracking_message" ("account_id", "digest")

CREATE INDEX "tracking_message_received_at" ON "tracking_message" ("received_at")

CREATE INDEX "tracking_message_waiting" ON "tracking_message" ("account_id", "id") WHERE ("state" = 'waiting')

CREATE TABLE "tracking_call" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "account_id" INTEGER NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "operation" VARCHAR(60) NOT NULL,
    "status" INTEGER NOT NULL,
    "ms" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "error" VARCHAR(80) NOT NULL,
    FOREIGN KEY ("account_id") REFERENCES "tracking_account" ("id") ON DELETE CASCADE
)

CREATE INDEX "tracking_call_account_id_id" ON "tracking_call" ("account_id", "id")

CREATE INDEX "tracking_call_at" ON "tracking_call" ("at")
