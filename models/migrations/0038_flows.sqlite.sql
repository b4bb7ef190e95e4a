-- Kinds of transfers that carriers' bills and claims need. A table of millions is not made anew for a check: its text is changed, which
-- touches no row.
PRAGMA writable_schema = ON

UPDATE "sqlite_master" SET "sql" = replace("sql", '''exchange'', ''payout'')', '''exchange'', ''payout'', ''bill'', ''claim'')') WHERE "type" = 'table' AND "name" = 'transfer'

PRAGMA writable_schema = RESET

-- A posted difference is open again when its transfer was reversed, and not before.
DROP TRIGGER "bill_line_posted_once"

CREATE TRIGGER "bill_line_posted_once" BEFORE UPDATE OF "state", "agreed_minor", "posted_ref", "reason", "dispute" ON "bill_line"
WHEN OLD."posted_ref" <> '' AND NOT (
    NEW."state" = 'open' AND NEW."posted_ref" = '' AND NEW."agreed_minor" IS NULL
    AND EXISTS (SELECT 1 FROM "transfer" WHERE "reverses_id" = CAST(substr(OLD."posted_ref", 3) AS INTEGER))
)
BEGIN
    SELECT RAISE(ABORT, 'a posted difference is never changed');
END

CREATE TABLE "bill_wait" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "line_id" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "since" DATETIME NOT NULL,
    FOREIGN KEY ("line_id") REFERENCES "bill_line" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "bill_wait_line_id" ON "bill_wait" ("line_id")

CREATE TABLE "alone_limit" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "wallet_id" INTEGER NOT NULL,
    "amount_minor" INTEGER NOT NULL CHECK (amount_minor >= 0),
    "set_by_id" INTEGER,
    "set_at" DATETIME NOT NULL,
    FOREIGN KEY ("wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("set_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "alone_limit_wallet_id" ON "alone_limit" ("wallet_id")

CREATE TABLE "redress" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "wallet_id" INTEGER NOT NULL,
    "parcel_id" INTEGER NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('refund', 'lost', 'damaged')),
    "amount_minor" INTEGER NOT NULL CHECK (amount_minor > 0),
    "currency" VARCHAR(3) NOT NULL,
    "reason" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'approved', 'rejected')),
    "requested_by_id" INTEGER,
    "decided_by_id" INTEGER,
    "decided_at" DATETIME,
    "note" VARCHAR(200) NOT NULL,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("parcel_id") REFERENCES "parcel" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("requested_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("decided_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "redress_uid" ON "redress" ("uid")

CREATE INDEX "redress_parcel_id" ON "redress" ("parcel_id")

CREATE INDEX "redress_created_at_id" ON "redress" ("created_at", "id")

CREATE INDEX "redress_state_created_at_id" ON "redress" ("state", "created_at", "id")

CREATE UNIQUE INDEX "redress_waits_once" ON "redress" ("parcel_id", "kind") WHERE ("state" = 'waiting')

CREATE TABLE "team_closing" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "reason" VARCHAR(200) NOT NULL,
    "payouts" TEXT NOT NULL,
    "blocked" TEXT NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'approved', 'rejected')),
    "requested_by_id" INTEGER,
    "decided_by_id" INTEGER,
    "decided_at" DATETIME,
    "note" VARCHAR(200) NOT NULL,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("requested_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("decided_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "team_closing_uid" ON "team_closing" ("uid")

CREATE UNIQUE INDEX "team_closing_waits_once" ON "team_closing" ("team_id") WHERE ("state" = 'waiting')

-- What was proposed is decided as it is.
CREATE TRIGGER "redress_no_change" BEFORE UPDATE OF "id", "uid", "team_id", "wallet_id", "parcel_id", "kind", "amount_minor", "currency", "reason", "created_at" ON "redress"
BEGIN
    SELECT RAISE(ABORT, 'what was proposed is never changed');
END

CREATE TRIGGER "team_closing_no_change" BEFORE UPDATE OF "id", "uid", "team_id", "reason", "payouts", "created_at" ON "team_closing"
BEGIN
    SELECT RAISE(ABORT, 'what was proposed is never changed');
END
