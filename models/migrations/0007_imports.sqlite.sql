-- Imports of every room: the file on its way, what its records would do, its wrong cells, and the columns a team chose.

CREATE TABLE "import" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "kind" VARCHAR(30) NOT NULL,
    "sha256" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('mapping', 'looking', 'looked', 'applying', 'applied', 'stopped')),
    "format" VARCHAR(32) NOT NULL CHECK ("format" IN ('csv', 'xlsx')),
    "encoding" VARCHAR(20) NOT NULL,
    "delimiter" VARCHAR(1) NOT NULL,
    "sheet" VARCHAR(100) NOT NULL,
    "sheets" TEXT NOT NULL,
    "header_row" INTEGER NOT NULL,
    "headings" TEXT NOT NULL,
    "mapping" TEXT NOT NULL,
    "sample" TEXT NOT NULL,
    "rows" INTEGER NOT NULL,
    "planned" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "error_count" INTEGER NOT NULL,
    "problem" TEXT NOT NULL,
    "tries" INTEGER NOT NULL,
    "uploaded_by_id" INTEGER,
    "applied_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    "looked_at" DATETIME,
    "applied_at" DATETIME,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("uploaded_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("applied_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "import_uid" ON "import" ("uid")

CREATE INDEX "import_team_id" ON "import" ("team_id")

CREATE INDEX "import_uploaded_by_id" ON "import" ("uploaded_by_id")

CREATE INDEX "import_applied_by_id" ON "import" ("applied_by_id")

CREATE UNIQUE INDEX "import_team_id_kind_sha256" ON "import" ("team_id", "kind", "sha256")

CREATE INDEX "import_team_id_kind_created_at_id" ON "import" ("team_id", "kind", "created_at", "id")

CREATE INDEX "import_state" ON "import" ("state")

CREATE TABLE "import_mapping" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "kind" VARCHAR(30) NOT NULL,
    "fingerprint" VARCHAR(64) NOT NULL,
    "mapping" TEXT NOT NULL,
    "used_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE
)

CREATE INDEX "import_mapping_team_id" ON "import_mapping" ("team_id")

CREATE UNIQUE INDEX "import_mapping_team_id_kind_fingerprint" ON "import_mapping" ("team_id", "kind", "fingerprint")

CREATE TABLE "import_entry" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "batch_id" INTEGER NOT NULL,
    "key" VARCHAR(200) NOT NULL,
    "row" INTEGER NOT NULL,
    "verb" VARCHAR(32) NOT NULL CHECK ("verb" IN ('new', 'changed', 'unchanged', 'refused')),
    "differences" TEXT NOT NULL,
    "digest" VARCHAR(32) NOT NULL,
    "outcome" VARCHAR(32) NOT NULL CHECK ("outcome" IN ('', 'created', 'changed', 'unchanged', 'refused', 'held')),
    FOREIGN KEY ("batch_id") REFERENCES "import" ("id") ON DELETE CASCADE
)

CREATE INDEX "import_entry_batch_id" ON "import_entry" ("batch_id")

CREATE INDEX "import_entry_batch_id_verb_id" ON "import_entry" ("batch_id", "verb", "id")

CREATE INDEX "import_entry_batch_id_outcome_id" ON "import_entry" ("batch_id", "outcome", "id")

CREATE TABLE "import_row_error" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "batch_id" INTEGER NOT NULL,
    "row" INTEGER NOT NULL,
    "column" VARCHAR(120) NOT NULL,
    "value" TEXT NOT NULL,
    "words" TEXT NOT NULL,
    FOREIGN KEY ("batch_id") REFERENCES "import" ("id") ON DELETE CASCADE
)

CREATE INDEX "import_row_error_batch_id" ON "import_row_error" ("batch_id")

CREATE INDEX "import_row_error_batch_id_row_id" ON "import_row_error" ("batch_id", "row", "id")

-- What was imported before keeps refusing the same file.

INSERT INTO "import" ("uid", "team_id", "kind", "sha256", "name", "state", "format", "encoding", "delimiter", "sheet", "sheets", "header_row",
    "headings", "mapping", "sample", "rows", "planned", "outcome", "error_count", "problem", "tries", "created_at", "looked_at", "applied_at")
SELECT "uid", "team_id", "kind", "sha256", "name", 'applied', 'csv', 'utf-8-sig', ',', '', '[]', 1,
    '[]', '[]', '[]', "rows", '{}', '{"created":' || "created_count" || ',"changed":' || "changed_count" || '}', "bad_count", '', 0,
    "created_at", "created_at", "created_at"
FROM "import_file"

DROP TABLE "import_file"
