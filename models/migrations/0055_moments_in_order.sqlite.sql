ALTER TABLE "wallet" ADD COLUMN "moved_at" DATETIME NOT NULL DEFAULT '1970-01-01 00:00:00'

UPDATE "wallet" SET "moved_at" = COALESCE((SELECT MAX("posted_at") FROM "transfer" WHERE "wallet_id" = "wallet"."id"), "moved_at")

DROP INDEX "transfer_wallet_id_id"
