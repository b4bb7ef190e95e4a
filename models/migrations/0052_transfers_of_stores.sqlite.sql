-- Nothing that was posted changes: what its parcel says stands beside it from now on.

DROP TRIGGER "transfer_no_change"

ALTER TABLE "transfer" ADD COLUMN "store_id" INTEGER REFERENCES "store" ("id") ON DELETE RESTRICT

UPDATE "transfer" SET "store_id" = (SELECT "parcel"."store_id" FROM "parcel" WHERE "parcel"."id" = "transfer"."parcel_id") WHERE "parcel_id" IS NOT NULL

CREATE TRIGGER "transfer_no_change" BEFORE UPDATE ON "transfer"
BEGIN
    SELECT RAISE(ABORT, 'a transfer is never changed');
END

CREATE INDEX "transfer_of_store" ON "transfer" ("store_id", "wallet_id", "posted_at", "id", "kind") WHERE ("store_id" IS NOT NULL)
