DROP INDEX "work_count_team_id_person_id_grain_start_measure_store_id"

DROP INDEX "work_count_start"

ALTER TABLE "work_count" RENAME TO "work_count_before"

CREATE TABLE "work_count" (
    "team_id" INTEGER NOT NULL,
    "person_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "measure" VARCHAR(60) NOT NULL,
    "grain" VARCHAR(32) NOT NULL CHECK ("grain" IN ('quarter', 'day')),
    "start" DATETIME NOT NULL,
    "count" INTEGER NOT NULL,
    "last_at" DATETIME NOT NULL,
    PRIMARY KEY ("team_id", "person_id", "grain", "start", "measure", "store_id"),
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE
) WITHOUT ROWID

INSERT INTO "work_count"
SELECT "team_id", "person_id", "store_id", "measure", "grain", "start", "count", "last_at" FROM "work_count_before"
WHERE "grain" = 'day' OR "start" >= datetime('now', '-40 days')

DROP TABLE "work_count_before"

CREATE INDEX "work_count_start" ON "work_count" ("start")
