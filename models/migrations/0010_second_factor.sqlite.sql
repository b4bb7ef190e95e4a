ALTER TABLE "session" ADD COLUMN "stage" VARCHAR(32) NOT NULL DEFAULT 'open' CHECK ("stage" IN ('half', 'enrolling', 'open'))

ALTER TABLE "session" ADD COLUMN "proved_at" DATETIME

ALTER TABLE "session" ADD COLUMN "proved_by" VARCHAR(32) NOT NULL DEFAULT 'password' CHECK ("proved_by" IN ('password', 'code', 'passkey', 'recovery'))

ALTER TABLE "session" ADD COLUMN "wrong_proofs" INTEGER NOT NULL DEFAULT 0

ALTER TABLE "session" ADD COLUMN "challenge" VARCHAR(100) NOT NULL DEFAULT ''

ALTER TABLE "session" ADD COLUMN "challenge_until" DATETIME

CREATE TABLE "authenticator" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "person_id" INTEGER NOT NULL,
    "name" VARCHAR(60) NOT NULL,
    "secret" BLOB NOT NULL,
    "last_step" INTEGER NOT NULL,
    "created_at" DATETIME NOT NULL,
    "confirmed_at" DATETIME,
    "last_used_at" DATETIME,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "authenticator_uid" ON "authenticator" ("uid")

CREATE INDEX "authenticator_person_id" ON "authenticator" ("person_id")

CREATE TABLE "passkey" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "person_id" INTEGER NOT NULL,
    "name" VARCHAR(60) NOT NULL,
    "credential_id" VARCHAR(1400) NOT NULL,
    "public_key" BLOB NOT NULL,
    "sign_count" INTEGER NOT NULL,
    "is_verifying" INTEGER NOT NULL,
    "created_at" DATETIME NOT NULL,
    "last_used_at" DATETIME,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "passkey_uid" ON "passkey" ("uid")

CREATE INDEX "passkey_person_id" ON "passkey" ("person_id")

CREATE UNIQUE INDEX "passkey_credential_id" ON "passkey" ("credential_id")

CREATE TABLE "recovery_code" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "person_id" INTEGER NOT NULL,
    "code_hash" VARCHAR(64) NOT NULL,
    "created_at" DATETIME NOT NULL,
    "used_at" DATETIME,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE INDEX "recovery_code_person_id" ON "recovery_code" ("person_id")

CREATE UNIQUE INDEX "recovery_code_code_hash" ON "recovery_code" ("code_hash")

CREATE TABLE "factor_reset" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "person_id" INTEGER NOT NULL,
    "reason" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('asked', 'approved', 'done', 'refused', 'stopped')),
    "asked_by_id" INTEGER NOT NULL,
    "approved_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    "due_at" DATETIME,
    "done_at" DATETIME,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("asked_by_id") REFERENCES "person" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("approved_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "factor_reset_uid" ON "factor_reset" ("uid")

CREATE INDEX "factor_reset_team_id" ON "factor_reset" ("team_id")

CREATE INDEX "factor_reset_person_id" ON "factor_reset" ("person_id")

CREATE INDEX "factor_reset_asked_by_id" ON "factor_reset" ("asked_by_id")

CREATE INDEX "factor_reset_approved_by_id" ON "factor_reset" ("approved_by_id")

CREATE INDEX "factor_reset_state_due_at" ON "factor_reset" ("state", "due_at")

CREATE INDEX "factor_reset_person_id_state" ON "factor_reset" ("person_id", "state")
