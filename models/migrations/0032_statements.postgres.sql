CREATE TABLE "statement" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "wallet_id" INTEGER NOT NULL,
    "number" VARCHAR(40) NOT NULL,
    "first_day" DATE NOT NULL,
    "last_day" DATE NOT NULL,
    "zone" VARCHAR(64) NOT NULL,
    "language" VARCHAR(12) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'running', 'ready', 'replaced', 'failed')),
    "opening_minor" BIGINT,
    "closing_minor" BIGINT,
    "lines" INTEGER NOT NULL,
    "pages" INTEGER NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "root_version" INTEGER NOT NULL,
    "code" VARCHAR(19) NOT NULL,
    "file_digest" VARCHAR(64) NOT NULL,
    "replaced_by_id" INTEGER,
    "asked_by_id" INTEGER,
    "problem" TEXT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "issued_at" TIMESTAMP,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("replaced_by_id") REFERENCES "statement" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("asked_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "statement_uid" ON "statement" ("uid")

CREATE UNIQUE INDEX "statement_number" ON "statement" ("number")

CREATE INDEX "statement_wallet_id_last_day_id" ON "statement" ("wallet_id", "last_day", "id")

CREATE INDEX "statement_state_id" ON "statement" ("state", "id")

-- What was issued is never changed; only that it was replaced is written beside it.

CREATE TRIGGER "statement_no_change" BEFORE UPDATE OF "number", "wallet_id", "first_day", "last_day", "opening_minor", "closing_minor", "lines", "digest", "code", "file_digest", "issued_at" ON "statement"
FOR EACH ROW WHEN (OLD."state" IN ('ready', 'replaced')) EXECUTE FUNCTION ledger_kept()

CREATE TRIGGER "statement_no_delete" BEFORE DELETE ON "statement"
FOR EACH ROW EXECUTE FUNCTION ledger_kept()
