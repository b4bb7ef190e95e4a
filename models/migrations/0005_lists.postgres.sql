CREATE TABLE "list_layout" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "person_id" INTEGER NOT NULL,
    "list_name" VARCHAR(40) NOT NULL,
    "columns" TEXT NOT NULL,
    "is_compact" BOOLEAN NOT NULL,
    "opens_with" VARCHAR(40) NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE INDEX "list_layout_team_id" ON "list_layout" ("team_id")

CREATE INDEX "list_layout_person_id" ON "list_layout" ("person_id")

CREATE UNIQUE INDEX "list_layout_person_id_team_id_list_name" ON "list_layout" ("person_id", "team_id", "list_name")

CREATE TABLE "saved_view" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "person_id" INTEGER NOT NULL,
    "list_name" VARCHAR(40) NOT NULL,
    "name" VARCHAR(60) NOT NULL,
    "query" VARCHAR(2000) NOT NULL,
    "is_shared" BOOLEAN NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "saved_view_uid" ON "saved_view" ("uid")

CREATE INDEX "saved_view_team_id" ON "saved_view" ("team_id")

CREATE INDEX "saved_view_person_id" ON "saved_view" ("person_id")

CREATE INDEX "saved_view_team_id_list_name_person_id" ON "saved_view" ("team_id", "list_name", "person_id")

CREATE TABLE "bulk_run" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "person_id" INTEGER NOT NULL,
    "list_name" VARCHAR(40) NOT NULL,
    "action" VARCHAR(40) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'done', 'cancelled')),
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "undoes_id" INTEGER,
    "created_at" TIMESTAMP NOT NULL,
    "finished_at" TIMESTAMP,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("undoes_id") REFERENCES "bulk_run" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "bulk_run_uid" ON "bulk_run" ("uid")

CREATE INDEX "bulk_run_team_id" ON "bulk_run" ("team_id")

CREATE INDEX "bulk_run_person_id" ON "bulk_run" ("person_id")

CREATE UNIQUE INDEX "bulk_run_undoes_id" ON "bulk_run" ("undoes_id")

CREATE TABLE "bulk_row" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "run_id" INTEGER NOT NULL,
    "record_id" BIGINT NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'done', 'failed')),
    "called" VARCHAR(120) NOT NULL,
    "words" TEXT NOT NULL,
    FOREIGN KEY ("run_id") REFERENCES "bulk_run" ("id") ON DELETE CASCADE
)

CREATE INDEX "bulk_row_run_id" ON "bulk_row" ("run_id")

CREATE INDEX "bulk_row_run_id_state_id" ON "bulk_row" ("run_id", "state", "id")
