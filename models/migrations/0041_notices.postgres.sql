CREATE TABLE "wallet_alert" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "wallet_id" INTEGER NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('low', 'overdrawn', 'frozen')),
    "began_at" TIMESTAMP NOT NULL,
    "ended_at" TIMESTAMP,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "wallet_alert_open" ON "wallet_alert" ("wallet_id", "kind") WHERE ("ended_at" IS NULL)

CREATE TABLE "notice_address" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "person_id" INTEGER NOT NULL,
    "address" BYTEA NOT NULL,
    "code_hash" VARCHAR(64) NOT NULL,
    "tries" INTEGER NOT NULL,
    "asked_at" TIMESTAMP NOT NULL,
    "confirmed_at" TIMESTAMP,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "notice_address_person_id" ON "notice_address" ("person_id")

CREATE TABLE "muted_notice" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "person_id" INTEGER NOT NULL,
    "kind" VARCHAR(40) NOT NULL,
    "since" TIMESTAMP NOT NULL,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "muted_notice_person_id_kind" ON "muted_notice" ("person_id", "kind")

CREATE TABLE "notice" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "person_id" INTEGER NOT NULL,
    "kind" VARCHAR(40) NOT NULL,
    "subject" VARCHAR(200) NOT NULL,
    "body" BYTEA,
    "path" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'sending', 'sent', 'failed', 'dropped')),
    "attempts" INTEGER NOT NULL,
    "due_at" TIMESTAMP NOT NULL,
    "problem" VARCHAR(40) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "ended_at" TIMESTAMP,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "notice_uid" ON "notice" ("uid")

CREATE INDEX "notice_person_id" ON "notice" ("person_id")

CREATE INDEX "notice_state_due_at" ON "notice" ("state", "due_at")
