CREATE TABLE "application" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "name" VARCHAR(80) NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('private', 'public')),
    "client_id" VARCHAR(120) NOT NULL,
    "application_id" VARCHAR(120) NOT NULL,
    "client_secret" BYTEA NOT NULL,
    "secret_last4" VARCHAR(4) NOT NULL,
    "secret_set_at" TIMESTAMP NOT NULL,
    "is_draft" BOOLEAN NOT NULL,
    "is_shared" BOOLEAN NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "application_uid" ON "application" ("uid")

CREATE INDEX "application_team_id" ON "application" ("team_id")

CREATE UNIQUE INDEX "application_team_id_client_id" ON "application" ("team_id", "client_id")

CREATE TABLE "store" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "name" VARCHAR(80) NOT NULL,
    "region" VARCHAR(32) NOT NULL CHECK ("region" IN ('na', 'eu', 'fe')),
    "seller_id" VARCHAR(24) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('new', 'checking', 'active', 'refused', 'authorize_again', 'disconnected')),
    "problem" TEXT NOT NULL,
    "declared_by_id" INTEGER,
    "declared_at" TIMESTAMP NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "disconnected_at" TIMESTAMP,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "store_uid" ON "store" ("uid")

CREATE INDEX "store_team_id" ON "store" ("team_id")

CREATE INDEX "store_team_id_state" ON "store" ("team_id", "state")

CREATE UNIQUE INDEX "store_connected_once" ON "store" ("seller_id", "region") WHERE (("state" != 'disconnected') AND ("seller_id" != ''))

CREATE TABLE "authorization" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "store_id" INTEGER NOT NULL,
    "application_id" INTEGER NOT NULL,
    "refresh_token" BYTEA,
    "code" BYTEA,
    "last4" VARCHAR(4) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "authorization_store_id" ON "authorization" ("store_id")

CREATE INDEX "authorization_application_id" ON "authorization" ("application_id")

CREATE TABLE "store_marketplace" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "store_id" INTEGER NOT NULL,
    "marketplace_id" VARCHAR(24) NOT NULL,
    "name" VARCHAR(80) NOT NULL,
    "country" VARCHAR(4) NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "language" VARCHAR(12) NOT NULL,
    "is_participating" BOOLEAN NOT NULL,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE CASCADE
)

CREATE INDEX "store_marketplace_store_id" ON "store_marketplace" ("store_id")

CREATE UNIQUE INDEX "store_marketplace_store_id_marketplace_id" ON "store_marketplace" ("store_id", "marketplace_id")

CREATE TABLE "consent" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "state_hash" VARCHAR(64) NOT NULL,
    "session_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "application_id" INTEGER NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "used_at" TIMESTAMP,
    FOREIGN KEY ("session_id") REFERENCES "session" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("application_id") REFERENCES "application" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "consent_state_hash" ON "consent" ("state_hash")

CREATE INDEX "consent_session_id" ON "consent" ("session_id")

CREATE INDEX "consent_store_id" ON "consent" ("store_id")

CREATE INDEX "consent_application_id" ON "consent" ("application_id")

CREATE TABLE "rate_bucket" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "owner" VARCHAR(60) NOT NULL,
    "operation" VARCHAR(60) NOT NULL,
    "rate" DOUBLE PRECISION NOT NULL,
    "burst" INTEGER NOT NULL,
    "full_at" TIMESTAMP NOT NULL
)

CREATE UNIQUE INDEX "rate_bucket_owner_operation" ON "rate_bucket" ("owner", "operation")

CREATE TABLE "call_log" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "operation" VARCHAR(60) NOT NULL,
    "method" VARCHAR(8) NOT NULL,
    "status" INTEGER NOT NULL,
    "ms" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "request_id" VARCHAR(80) NOT NULL,
    "rate" DOUBLE PRECISION,
    "error" VARCHAR(80) NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT
)

CREATE INDEX "call_log_team_id" ON "call_log" ("team_id")

CREATE INDEX "call_log_store_id" ON "call_log" ("store_id")

CREATE INDEX "call_log_team_id_id" ON "call_log" ("team_id", "id")

CREATE INDEX "call_log_store_id_operation_id" ON "call_log" ("store_id", "operation", "id")

CREATE INDEX "call_log_at" ON "call_log" ("at")

CREATE TABLE "sync" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "store_id" INTEGER NOT NULL,
    "kind" VARCHAR(30) NOT NULL,
    "watermark" TIMESTAMP,
    "page_token" TEXT NOT NULL,
    "page_query" TEXT NOT NULL,
    "page_at" TIMESTAMP,
    "good_at" TIMESTAMP,
    "failed_at" TIMESTAMP,
    "failures" INTEGER NOT NULL,
    "problem" TEXT NOT NULL,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE CASCADE
)

CREATE INDEX "sync_store_id" ON "sync" ("store_id")

CREATE UNIQUE INDEX "sync_store_id_kind" ON "sync" ("store_id", "kind")
