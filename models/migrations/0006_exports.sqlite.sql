CREATE TABLE "export" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "person_id" INTEGER NOT NULL,
    "list_name" VARCHAR(40) NOT NULL,
    "query" TEXT NOT NULL,
    "columns" TEXT NOT NULL,
    "file_format" VARCHAR(32) NOT NULL CHECK ("file_format" IN ('csv', 'xlsx')),
    "zone" VARCHAR(64) NOT NULL,
    "language" VARCHAR(12) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('sent', 'waiting_approval', 'waiting', 'running', 'ready', 'failed', 'refused', 'deleted', 'expired')),
    "is_personal" INTEGER NOT NULL,
    "reason" VARCHAR(200) NOT NULL,
    "approved_by_id" INTEGER,
    "is_solo" INTEGER NOT NULL,
    "row_count" INTEGER NOT NULL,
    "done" INTEGER NOT NULL,
    "attempts" INTEGER NOT NULL,
    "file_name" VARCHAR(64) NOT NULL,
    "size_bytes" INTEGER NOT NULL,
    "problem" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "started_at" DATETIME,
    "expires_at" DATETIME,
    "link_hash" VARCHAR(64),
    "link_session" INTEGER,
    "link_until" DATETIME,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("approved_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "export_uid" ON "export" ("uid")

CREATE UNIQUE INDEX "export_link_hash" ON "export" ("link_hash")

CREATE INDEX "export_team_id_person_id_id" ON "export" ("team_id", "person_id", "id")

CREATE INDEX "export_state_expires_at" ON "export" ("state", "expires_at")
