DROP INDEX "ledger_key_act_key"

ALTER TABLE "ledger_key" RENAME TO "ledger_key_before"

CREATE TABLE "ledger_key" (
    "act" VARCHAR(24) NOT NULL,
    "key" VARCHAR(120) NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "answer" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    PRIMARY KEY ("act", "key")
) WITHOUT ROWID

INSERT INTO "ledger_key" SELECT "act", "key", "digest", "answer", "created_at" FROM "ledger_key_before" ORDER BY "act", "key"

DROP TABLE "ledger_key_before"
