CREATE TABLE "wallet_alert" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "wallet_id" INTEGER NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('low', 'overdrawn', 'frozen')),
    "began_at" DATETIME NOT NULL,
    "ended_at" DATETIME,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "wallet_alert_open" ON "wallet_alert" ("wallet_id", "kind") WHERE ("ended_at" IS NULL)

CREATE TABLE "notice_address" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "person_id" INTEGER NOT NULL,
    "address" BLOB NOT NULL,
    "code_hash" VARCHAR(64) NOT NULL,
    "tries" INTEGER NOT NULL,
    "asked_at" DATETIME NOT NULL,
    "confirmed_at" DATETIME,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "notice_address_person_id" ON "notice_address" ("person_id")

CREATE TABLE "muted_notice" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "person_id" INTEGER NOT NULL,
    "kind" VARCHAR(40) NOT NULL,
    "since" DATETIME NOT NULL,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "muted_notice_person_id_kind" ON "muted_notice" ("person_id", "kind")

CREATE TABLE "notice" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "person_id" INTEGER NOT NULL,
    "kind" VARCHAR(40) NOT NULL,
    "subject" VARCHAR(200) NOT NULL,
    "body" BLOB,
    "path" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'sending', 'sent', 'failed', 'dropped')),
    "attempts" INTEGER NOT NULL,
    "due_at" DATETIME NOT NULL,
    "problem" VARCHAR(40) NOT NULL,
    "created_at" DATETIME NOT NULL,
    "ended_at" DATETIME,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "notice_uid" ON "notice" ("uid")

CREATE INDEX "notice_person_id" ON "notice" ("person_id")

CREATE INDEX "notice_state_due_at" ON "notice" ("state", "due_at")
