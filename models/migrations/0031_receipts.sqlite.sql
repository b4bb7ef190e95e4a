CREATE TABLE "receipt" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "recharge_id" INTEGER NOT NULL,
    "language" VARCHAR(12) NOT NULL,
    "content" TEXT NOT NULL,
    "pdf" BLOB NOT NULL,
    "file_sha256" VARCHAR(64) NOT NULL,
    "made_at" DATETIME NOT NULL,
    FOREIGN KEY ("recharge_id") REFERENCES "recharge" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "receipt_recharge_id_language" ON "receipt" ("recharge_id", "language")

CREATE INDEX "transfer_not_freight" ON "transfer" ("wallet_id", "posted_at", "id") WHERE ("kind" NOT IN ('freight', 'extra'))

CREATE TRIGGER "receipt_no_update" BEFORE UPDATE ON "receipt"
BEGIN
    SELECT RAISE(ABORT, 'a receipt is never changed');
END

CREATE TRIGGER "receipt_no_delete" BEFORE DELETE ON "receipt"
BEGIN
    SELECT RAISE(ABORT, 'a receipt is never deleted');
END

CREATE TRIGGER "receipt_no_replace" BEFORE INSERT ON "receipt"
WHEN EXISTS (SELECT 1 FROM "receipt" WHERE "id" = NEW."id")
BEGIN
    SELECT RAISE(ABORT, 'a receipt is never replaced');
END
