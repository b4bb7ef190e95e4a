CREATE TABLE "sheet_import" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "sha256" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "format" VARCHAR(32) NOT NULL CHECK ("format" IN ('xlsx', 'zip')),
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('reading', 'read', 'drafting', 'drafted', 'stopped')),
    "channel_id" INTEGER,
    "channel_code" VARCHAR(40) NOT NULL,
    "sheet" VARCHAR(100) NOT NULL,
    "sheets" TEXT NOT NULL,
    "passed_over" TEXT NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "effective_from" DATE,
    "effective_to" DATE,
    "rows_read" INTEGER NOT NULL,
    "price_count" INTEGER NOT NULL,
    "error_count" INTEGER NOT NULL,
    "warning_count" INTEGER NOT NULL,
    "change_count" INTEGER NOT NULL,
    "steep_count" INTEGER NOT NULL,
    "compared_with_id" INTEGER,
    "rate_card_id" INTEGER,
    "note" VARCHAR(500) NOT NULL,
    "problem" TEXT NOT NULL,
    "tries" INTEGER NOT NULL,
    "uploaded_by_id" INTEGER,
    "drafted_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    "read_at" DATETIME,
    "drafted_at" DATETIME,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("channel_id") REFERENCES "channel" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("compared_with_id") REFERENCES "rate_card" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("rate_card_id") REFERENCES "rate_card" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("uploaded_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("drafted_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "sheet_import_uid" ON "sheet_import" ("uid")

CREATE INDEX "sheet_import_team_id" ON "sheet_import" ("team_id")

CREATE INDEX "sheet_import_channel_id" ON "sheet_import" ("channel_id")

CREATE INDEX "sheet_import_compared_with_id" ON "sheet_import" ("compared_with_id")

CREATE INDEX "sheet_import_rate_card_id" ON "sheet_import" ("rate_card_id")

CREATE INDEX "sheet_import_uploaded_by_id" ON "sheet_import" ("uploaded_by_id")

CREATE INDEX "sheet_import_drafted_by_id" ON "sheet_import" ("drafted_by_id")

CREATE UNIQUE INDEX "sheet_import_team_id_sha256" ON "sheet_import" ("team_id", "sha256")

CREATE INDEX "sheet_import_team_id_created_at_id" ON "sheet_import" ("team_id", "created_at", "id")

CREATE INDEX "sheet_import_state" ON "sheet_import" ("state")

CREATE TABLE "sheet_problem" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "batch_id" INTEGER NOT NULL,
    "grade" VARCHAR(32) NOT NULL CHECK ("grade" IN ('error', 'warning')),
    "sheet" VARCHAR(100) NOT NULL,
    "row" INTEGER NOT NULL,
    "column" VARCHAR(80) NOT NULL,
    "code" VARCHAR(40) NOT NULL,
    "value" TEXT NOT NULL,
    "words" TEXT NOT NULL,
    FOREIGN KEY ("batch_id") REFERENCES "sheet_import" ("id") ON DELETE CASCADE
)

CREATE INDEX "sheet_problem_batch_id" ON "sheet_problem" ("batch_id")

CREATE INDEX "sheet_problem_batch_id_grade_id" ON "sheet_problem" ("batch_id", "grade", "id")

CREATE TABLE "sheet_change" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "batch_id" INTEGER NOT NULL,
    "zone" VARCHAR(80) NOT NULL,
    "band" VARCHAR(60) NOT NULL,
    "what" VARCHAR(40) NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('changed', 'new', 'removed')),
    "old" VARCHAR(40),
    "new" VARCHAR(40),
    "percent" VARCHAR(40),
    "is_steep" INTEGER NOT NULL,
    FOREIGN KEY ("batch_id") REFERENCES "sheet_import" ("id") ON DELETE CASCADE
)

CREATE INDEX "sheet_change_batch_id" ON "sheet_change" ("batch_id")

CREATE INDEX "sheet_change_batch_id_id" ON "sheet_change" ("batch_id", "id")
