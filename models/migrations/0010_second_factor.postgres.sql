ALTER TABLE "session" ADD COLUMN "stage" VARCHAR(32) NOT NULL DEFAULT 'open' CHECK ("stage" IN ('half', 'enrolling', 'open'))

ALTER TABLE "session" ADD COLUMN "proved_at" TIMESTAMP

ALTER TABLE "session" ADD COLUMN "proved_by" VARCHAR(32) NOT NULL DEFAULT 'password' CHECK ("proved_by" IN ('password', 'code', 'passkey', 'recovery'))

ALTER TABLE "session" ADD COLUMN "wrong_proofs" INTEGER NOT NULL DEFAULT 0

ALTER TABLE "session" ADD COLUMN "challenge" VARCHAR(100) NOT NULL DEFAULT ''

ALTER TABLE "session" ADD COLUMN "challenge_until" TIMESTAMP

CREATE TABLE "authenticator" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "person_id" INTEGER NOT NULL,
    "name" VARCHAR(60) NOT NULL,
    "secret" BYTEA NOT NULL,
    "last_step" BIGINT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "confirmed_at" TIMESTAMP,
    "last_used_at" TIMESTAMP,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "authenticator_uid" ON "authenticator" ("uid")

CREATE INDEX "authenticator_person_id" ON "authenticator" ("person_id")

CREATE TABLE "passkey" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "person_id" INTEGER NOT NULL,
    "name" VARCHAR(60) NOT NULL,
    "credential_id" VARCHAR(1400) NOT NULL,
    "public_key" BYTEA NOT NULL,
    "sign_count" BIGINT NOT NULL,
    "is_verifying" BOOLEAN NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "last_used_at" TIMESTAMP,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "passkey_uid" ON "passkey" ("uid")

CREATE INDEX "passkey_person_id" ON "passkey" ("person_id")

CREATE UNIQUE INDEX "passkey_credential_id" ON "passkey" ("credential_id")

CREATE TABLE "recovery_code" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "person_id" INTEGER NOT NULL,
    "code_hash" VARCHAR(64) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "used_at" TIMESTAMP,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE INDEX "recovery_code_person_id" ON "recovery_code" ("person_id")

CREATE UNIQUE INDEX "recovery_code_code_hash" ON "recovery_code" ("code_hash")

CREATE TABLE "factor_reset" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "person_id" INTEGER NOT NULL,
    "reason" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('asked', 'approved', 'done', 'refused', 'stopped')),
    "asked_by_id" INTEGER NOT NULL,
    "approved_by_id" INTEGER,
    "created_at" TIMESTAMP NOT NULL,
    "due_at" TIMESTAMP,
    "done_at" TIMESTAMP,
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
