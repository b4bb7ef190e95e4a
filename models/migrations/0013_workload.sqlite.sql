DROP INDEX "event_team_id_id"

DROP INDEX "event_actor_id_id"

DROP INDEX "event_name_id"

DROP INDEX "event_object_kind_object_id_id"

CREATE INDEX "event_team_id_at_id" ON "event" ("team_id", "at", "id")

CREATE INDEX "event_actor_id_at_id" ON "event" ("actor_id", "at", "id")

CREATE INDEX "event_team_id_actor_id_at_id" ON "event" ("team_id", "actor_id", "at", "id")

CREATE INDEX "event_team_id_name_at_id" ON "event" ("team_id", "name", "at", "id")

CREATE INDEX "event_team_id_store_id_at_id" ON "event" ("team_id", "store_id", "at", "id")

CREATE INDEX "event_team_id_object_label_at_id" ON "event" ("team_id", "object_label", "at", "id")

CREATE INDEX "event_address_at_id" ON "event" ("address", "at", "id")

CREATE INDEX "event_request_id_at_id" ON "event" ("request_id", "at", "id")

CREATE INDEX "event_object_kind_object_id_at_id" ON "event" ("object_kind", "object_id", "at", "id")

CREATE TABLE "log_anchor" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "hash" VARCHAR(64) NOT NULL,
    "first_seq" INTEGER NOT NULL,
    "first_at" DATETIME NOT NULL,
    "last_at" DATETIME NOT NULL,
    "file" VARCHAR(80) NOT NULL,
    "sha256" VARCHAR(64) NOT NULL,
    "at" DATETIME NOT NULL,
    "root_version" INTEGER NOT NULL,
    "signature" VARCHAR(100) NOT NULL
)

CREATE UNIQUE INDEX "log_anchor_seq" ON "log_anchor" ("seq")

CREATE TABLE "work_count" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "person_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "measure" VARCHAR(60) NOT NULL,
    "grain" VARCHAR(32) NOT NULL CHECK ("grain" IN ('quarter', 'day')),
    "start" DATETIME NOT NULL,
    "count" INTEGER NOT NULL,
    "last_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "work_count_team_id_person_id_grain_start_measure_store_id" ON "work_count" ("team_id", "person_id", "grain", "start", "measure", "store_id")

CREATE INDEX "work_count_start" ON "work_count" ("start")

CREATE TABLE "work_mark" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    "measures" VARCHAR(64) NOT NULL
)

CREATE TABLE "work_pulse" (
    "team_id" INTEGER NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE
)

CREATE TABLE "work_target" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "person_id" INTEGER NOT NULL,
    "measure" VARCHAR(60) NOT NULL,
    "every" VARCHAR(32) NOT NULL CHECK ("every" IN ('day', 'week')),
    "amount" INTEGER NOT NULL,
    "since" DATE NOT NULL,
    "set_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("set_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "work_target_uid" ON "work_target" ("uid")

CREATE INDEX "work_target_team_id_person_id_measure_since_id" ON "work_target" ("team_id", "person_id", "measure", "since", "id")

-- What an anchor covers may leave; nothing else. An anchor names a true link and covers no event of the last 365 days.

DROP TRIGGER "event_no_delete"

CREATE TRIGGER "event_no_delete" BEFORE DELETE ON "event"
WHEN NOT EXISTS (SELECT 1 FROM "event_seal" WHERE "event_id" = OLD."id" AND "seq" <= (SELECT MAX("seq") FROM "log_anchor"))
BEGIN
    SELECT RAISE(ABORT, 'event is append-only');
END

DROP TRIGGER "event_seal_no_delete"

CREATE TRIGGER "event_seal_no_delete" BEFORE DELETE ON "event_seal"
WHEN OLD."seq" > COALESCE((SELECT MAX("seq") FROM "log_anchor"), 0)
    OR EXISTS (SELECT 1 FROM "event" WHERE "id" = OLD."event_id")
BEGIN
    SELECT RAISE(ABORT, 'event_seal is append-only');
END

CREATE TRIGGER "log_anchor_true" BEFORE INSERT ON "log_anchor"
WHEN NOT EXISTS (SELECT 1 FROM "event_seal" WHERE "seq" = NEW."seq" AND "hash" = NEW."hash")
    OR NEW."seq" <= COALESCE((SELECT MAX("seq") FROM "log_anchor"), 0)
BEGIN
    SELECT RAISE(ABORT, 'log_anchor names no link of the chain');
END

CREATE TRIGGER "log_anchor_floor" BEFORE INSERT ON "log_anchor"
WHEN EXISTS (SELECT 1 FROM "event_seal" JOIN "event" ON "event"."id" = "event_seal"."event_id"
    WHERE "event_seal"."seq" <= NEW."seq" AND "event"."at" > datetime('now', '-365 days'))
BEGIN
    SELECT RAISE(ABORT, 'events of the last 365 days stay');
END

CREATE TRIGGER "log_anchor_no_update" BEFORE UPDATE ON "log_anchor"
BEGIN
    SELECT RAISE(ABORT, 'log_anchor is append-only');
END

CREATE TRIGGER "log_anchor_no_delete" BEFORE DELETE ON "log_anchor"
BEGIN
    SELECT RAISE(ABORT, 'log_anchor is append-only');
END

CREATE TRIGGER "log_anchor_no_replace" BEFORE INSERT ON "log_anchor"
WHEN EXISTS (SELECT 1 FROM "log_anchor" WHERE "id" = NEW."id" OR "seq" = NEW."seq")
BEGIN
    SELECT RAISE(ABORT, 'log_anchor is append-only');
END
