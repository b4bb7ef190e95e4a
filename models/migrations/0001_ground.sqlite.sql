CREATE TABLE "event" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "at" DATETIME NOT NULL,
    "name" VARCHAR(64) NOT NULL,
    "actor_kind" VARCHAR(16) NOT NULL,
    "actor_id" INTEGER,
    "actor_label" VARCHAR(80) NOT NULL,
    "team_id" INTEGER,
    "store_id" INTEGER,
    "object_kind" VARCHAR(40) NOT NULL,
    "object_id" INTEGER,
    "object_label" VARCHAR(120) NOT NULL,
    "details" TEXT NOT NULL,
    "address" VARCHAR(45) NOT NULL,
    "request_id" VARCHAR(36) NOT NULL
)

CREATE INDEX "event_team_id_id" ON "event" ("team_id", "id")

CREATE INDEX "event_object_kind_object_id_id" ON "event" ("object_kind", "object_id", "id")

CREATE INDEX "event_actor_id_id" ON "event" ("actor_id", "id")

CREATE INDEX "event_name_id" ON "event" ("name", "id")

CREATE INDEX "event_at" ON "event" ("at")

CREATE TABLE "event_seal" (
    "seq" INTEGER NOT NULL PRIMARY KEY,
    "event_id" INTEGER NOT NULL,
    "previous" VARCHAR(64) NOT NULL,
    "hash" VARCHAR(64) NOT NULL
)

CREATE UNIQUE INDEX "event_seal_event_id" ON "event_seal" ("event_id")

CREATE UNIQUE INDEX "event_seal_hash" ON "event_seal" ("hash")

CREATE TABLE "seal_head" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "hash" VARCHAR(64) NOT NULL,
    "event_id" INTEGER NOT NULL,
    "sealed_at" DATETIME
)

CREATE TABLE "checkpoint" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "hash" VARCHAR(64) NOT NULL,
    "at" DATETIME NOT NULL,
    "root_version" INTEGER NOT NULL,
    "signature" VARCHAR(100) NOT NULL
)

CREATE UNIQUE INDEX "checkpoint_seq" ON "checkpoint" ("seq")

CREATE TABLE "job_run" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "job" VARCHAR(60) NOT NULL,
    "scope" VARCHAR(60) NOT NULL,
    "slot" DATETIME NOT NULL,
    "token" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "lease_until" DATETIME NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('running', 'done', 'failed', 'cancelled')),
    "cancel_asked" INTEGER NOT NULL,
    "done" INTEGER NOT NULL,
    "total" INTEGER,
    "error" TEXT NOT NULL,
    "started_at" DATETIME NOT NULL,
    "finished_at" DATETIME
)

CREATE UNIQUE INDEX "job_run_job_scope_slot" ON "job_run" ("job", "scope", "slot")

CREATE INDEX "job_run_job_id" ON "job_run" ("job", "id")

CREATE INDEX "job_run_state_lease_until" ON "job_run" ("state", "lease_until")

CREATE UNIQUE INDEX "job_run_under_way" ON "job_run" ("job", "scope") WHERE ("state" = 'running')

CREATE TABLE "job_wake" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "job" VARCHAR(60) NOT NULL,
    "scope" VARCHAR(60) NOT NULL,
    "asked_at" DATETIME NOT NULL
)

CREATE UNIQUE INDEX "job_wake_job_scope" ON "job_wake" ("job", "scope")

CREATE TABLE "team" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "slug" VARCHAR(32) NOT NULL,
    "name" VARCHAR(120) NOT NULL,
    "is_operator" INTEGER NOT NULL,
    "timezone" VARCHAR(64) NOT NULL,
    "created_at" DATETIME NOT NULL
)

CREATE UNIQUE INDEX "team_uid" ON "team" ("uid")

CREATE UNIQUE INDEX "team_slug" ON "team" ("slug")

CREATE UNIQUE INDEX "team_one_operator" ON "team" ("is_operator") WHERE "is_operator"

CREATE TABLE "person" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "login" VARCHAR(40) NOT NULL,
    "name" VARCHAR(120) NOT NULL,
    "password_hash" VARCHAR(255),
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('invited', 'active', 'suspended')),
    "epoch" INTEGER NOT NULL,
    "language" VARCHAR(12) NOT NULL,
    "timezone" VARCHAR(64) NOT NULL,
    "theme" VARCHAR(8) NOT NULL,
    "created_at" DATETIME NOT NULL,
    "last_seen_at" DATETIME
)

CREATE UNIQUE INDEX "person_uid" ON "person" ("uid")

CREATE UNIQUE INDEX "person_login" ON "person" ("login")

CREATE TABLE "role" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER,
    "key" VARCHAR(40) NOT NULL,
    "name" VARCHAR(80) NOT NULL,
    "idle_minutes" INTEGER NOT NULL,
    "for_operator" INTEGER NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "role_uid" ON "role" ("uid")

CREATE INDEX "role_team_id" ON "role" ("team_id")

CREATE UNIQUE INDEX "role_team_id_key" ON "role" ("team_id", "key")

CREATE TABLE "role_permission" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "role_id" INTEGER NOT NULL,
    "permission" VARCHAR(60) NOT NULL,
    FOREIGN KEY ("role_id") REFERENCES "role" ("id") ON DELETE CASCADE
)

CREATE INDEX "role_permission_role_id" ON "role_permission" ("role_id")

CREATE UNIQUE INDEX "role_permission_role_id_permission" ON "role_permission" ("role_id", "permission")

CREATE TABLE "grant" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "person_id" INTEGER NOT NULL,
    "team_id" INTEGER NOT NULL,
    "role_id" INTEGER NOT NULL,
    "all_stores" INTEGER NOT NULL,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("role_id") REFERENCES "role" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "grant_uid" ON "grant" ("uid")

CREATE INDEX "grant_person_id" ON "grant" ("person_id")

CREATE INDEX "grant_team_id" ON "grant" ("team_id")

CREATE INDEX "grant_role_id" ON "grant" ("role_id")

CREATE UNIQUE INDEX "grant_person_id_team_id_role_id" ON "grant" ("person_id", "team_id", "role_id")

CREATE INDEX "grant_team_id_person_id" ON "grant" ("team_id", "person_id")

CREATE TABLE "grant_store" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "grant_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    FOREIGN KEY ("grant_id") REFERENCES "grant" ("id") ON DELETE CASCADE
)

CREATE INDEX "grant_store_grant_id" ON "grant_store" ("grant_id")

CREATE UNIQUE INDEX "grant_store_grant_id_store_id" ON "grant_store" ("grant_id", "store_id")

CREATE TABLE "network" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER,
    "person_id" INTEGER,
    "cidr" VARCHAR(49) NOT NULL,
    "note" VARCHAR(120) NOT NULL,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "network_uid" ON "network" ("uid")

CREATE INDEX "network_team_id" ON "network" ("team_id")

CREATE INDEX "network_person_id" ON "network" ("person_id")

CREATE TABLE "bucket" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('account', 'address')),
    "key" VARCHAR(64) NOT NULL,
    "failures" INTEGER NOT NULL,
    "since" DATETIME NOT NULL,
    "locked_until" DATETIME
)

CREATE UNIQUE INDEX "bucket_kind_key" ON "bucket" ("kind", "key")

CREATE TABLE "session" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "token_hash" VARCHAR(64) NOT NULL,
    "person_id" INTEGER NOT NULL,
    "epoch" INTEGER NOT NULL,
    "idle_minutes" INTEGER NOT NULL,
    "created_at" DATETIME NOT NULL,
    "last_seen_at" DATETIME NOT NULL,
    "ended_at" DATETIME,
    "address" VARCHAR(45) NOT NULL,
    "device" VARCHAR(200) NOT NULL,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "session_uid" ON "session" ("uid")

CREATE UNIQUE INDEX "session_token_hash" ON "session" ("token_hash")

CREATE INDEX "session_person_id" ON "session" ("person_id")

CREATE INDEX "session_person_id_ended_at" ON "session" ("person_id", "ended_at")

CREATE TABLE "invitation" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "person_id" INTEGER NOT NULL,
    "token_hash" VARCHAR(64) NOT NULL,
    "purpose" VARCHAR(32) NOT NULL CHECK ("purpose" IN ('setup', 'invite', 'reset')),
    "epoch" INTEGER NOT NULL,
    "created_at" DATETIME NOT NULL,
    "expires_at" DATETIME NOT NULL,
    "used_at" DATETIME,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE INDEX "invitation_person_id" ON "invitation" ("person_id")

CREATE UNIQUE INDEX "invitation_token_hash" ON "invitation" ("token_hash")

-- Append-only tables: no UPDATE, no DELETE, and no INSERT OR REPLACE around the DELETE trigger.

CREATE TRIGGER "event_no_update" BEFORE UPDATE ON "event"
BEGIN
    SELECT RAISE(ABORT, 'event is append-only');
END

CREATE TRIGGER "event_no_delete" BEFORE DELETE ON "event"
BEGIN
    SELECT RAISE(ABORT, 'event is append-only');
END

CREATE TRIGGER "event_no_replace" BEFORE INSERT ON "event"
WHEN EXISTS (SELECT 1 FROM "event" WHERE "id" = NEW."id")
BEGIN
    SELECT RAISE(ABORT, 'event is append-only');
END

CREATE TRIGGER "event_seal_no_update" BEFORE UPDATE ON "event_seal"
BEGIN
    SELECT RAISE(ABORT, 'event_seal is append-only');
END

CREATE TRIGGER "event_seal_no_delete" BEFORE DELETE ON "event_seal"
BEGIN
    SELECT RAISE(ABORT, 'event_seal is append-only');
END

CREATE TRIGGER "event_seal_no_replace" BEFORE INSERT ON "event_seal"
WHEN EXISTS (SELECT 1 FROM "event_seal" WHERE "seq" = NEW."seq" OR "event_id" = NEW."event_id" OR "hash" = NEW."hash")
BEGIN
    SELECT RAISE(ABORT, 'event_seal is append-only');
END

CREATE TRIGGER "checkpoint_no_update" BEFORE UPDATE ON "checkpoint"
BEGIN
    SELECT RAISE(ABORT, 'checkpoint is append-only');
END

CREATE TRIGGER "checkpoint_no_delete" BEFORE DELETE ON "checkpoint"
BEGIN
    SELECT RAISE(ABORT, 'checkpoint is append-only');
END

CREATE TRIGGER "checkpoint_no_replace" BEFORE INSERT ON "checkpoint"
WHEN EXISTS (SELECT 1 FROM "checkpoint" WHERE "id" = NEW."id" OR "seq" = NEW."seq")
BEGIN
    SELECT RAISE(ABORT, 'checkpoint is append-only');
END
