CREATE TABLE "receipt" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "recharge_id" INTEGER NOT NULL,
    "language" VARCHAR(12) NOT NULL,
    "content" TEXT NOT NULL,
    "pdf" BYTEA NOT NULL,
    "file_sha256" VARCHAR(64) NOT NULL,
    "made_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("recharge_id") REFERENCES "recharge" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "receipt_recharge_id_language" ON "receipt" ("recharge_id", "language")

CREATE INDEX "transfer_not_freight" ON "transfer" ("wallet_id", "posted_at", "id") WHERE ("kind" NOT IN ('freight', 'extra'))

CREATE TRIGGER "receipt_no_change" BEFORE UPDATE OR DELETE ON "receipt"
FOR EACH ROW EXECUTE FUNCTION ledger_kept()

CREATE TRIGGER "receipt_no_truncate" BEFORE TRUNCATE ON "receipt"
FOR EACH STATEMENT EXECUTE FUNCTION ledger_kept()
