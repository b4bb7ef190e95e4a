-- A check cannot be changed, and receipts point at the table: so a column with the new check takes the old one's place.
ALTER TABLE "recharge" ADD COLUMN "state_after" VARCHAR(32) NOT NULL DEFAULT 'waiting'
    CHECK ("state_after" IN ('waiting', 'approved', 'rejected', 'withdrawn'))

UPDATE "recharge" SET "state_after" = "state"

DROP INDEX "recharge_state_created_at_id"

ALTER TABLE "recharge" DROP COLUMN "state"

ALTER TABLE "recharge" RENAME COLUMN "state_after" TO "state"

CREATE INDEX "recharge_state_created_at_id" ON "recharge" ("state", "created_at", "id")
