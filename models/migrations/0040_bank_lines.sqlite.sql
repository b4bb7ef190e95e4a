CREATE TABLE "bank_file" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "account" VARCHAR(60) NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "sha256" VARCHAR(64) NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('mapping', 'looked', 'applied')),
    "shape" TEXT NOT NULL,
    "headings" TEXT NOT NULL,
    "mapping" TEXT NOT NULL,
    "rows" INTEGER NOT NULL,
    "counts" TEXT NOT NULL,
    "problems" TEXT NOT NULL,
    "uploaded_by_id" INTEGER,
    "applied_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    "applied_at" DATETIME,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("uploaded_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("applied_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "bank_file_uid" ON "bank_file" ("uid")

CREATE UNIQUE INDEX "bank_file_team_id_sha256" ON "bank_file" ("team_id", "sha256")

CREATE INDEX "bank_file_team_id_created_at_id" ON "bank_file" ("team_id", "created_at", "id")

CREATE TABLE "bank_original" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "file_id" INTEGER NOT NULL,
    "content" BLOB NOT NULL,
    FOREIGN KEY ("file_id") REFERENCES "bank_file" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "bank_original_file_id" ON "bank_original" ("file_id")

CREATE TABLE "bank_line" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "file_id" INTEGER NOT NULL,
    "row_number" INTEGER NOT NULL,
    "booked_on" DATE NOT NULL,
    "amount_minor" INTEGER NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "balance_minor" INTEGER,
    "reference" VARCHAR(64) NOT NULL,
    "summary" BLOB,
    "counterparty" BLOB,
    "fingerprint" VARCHAR(64) NOT NULL,
    "occurrence" INTEGER NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('unmatched', 'proposed', 'matched', 'aside', 'outgoing')),
    "recharge_id" INTEGER,
    "rule" VARCHAR(12) NOT NULL,
    "reason" VARCHAR(200) NOT NULL,
    "decided_by_id" INTEGER,
    "decided_at" DATETIME,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("file_id") REFERENCES "bank_file" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("recharge_id") REFERENCES "recharge" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("decided_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "bank_line_uid" ON "bank_line" ("uid")

CREATE INDEX "bank_line_file_id" ON "bank_line" ("file_id")

CREATE UNIQUE INDEX "bank_line_recharge_id" ON "bank_line" ("recharge_id")

CREATE UNIQUE INDEX "bank_line_team_id_fingerprint_occurrence" ON "bank_line" ("team_id", "fingerprint", "occurrence")

CREATE INDEX "bank_line_team_id_booked_on_id" ON "bank_line" ("team_id", "booked_on", "id")

CREATE INDEX "bank_line_team_id_state_booked_on_id" ON "bank_line" ("team_id", "state", "booked_on", "id")
